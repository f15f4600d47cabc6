# isal::isal, from the library isal and its header isa-l/igzip_lib.h (no CMake config exists for it).
# The static library (ci/build-isal) is preferred: Debian's libisal-dev holds only the shared one.
find_path(ISAL_INCLUDE_DIR isa-l/igzip_lib.h)
find_library(ISAL_LIBRARY NAMES libisal.a isal)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Isal DEFAULT_MSG ISAL_LIBRARY ISAL_INCLUDE_DIR)
mark_as_advanced(ISAL_INCLUDE_DIR ISAL_LIBRARY)
if(Isal_FOUND AND NOT TARGET isal::isal)
  add_library(isal::isal UNKNOWN IMPORTED)
  set_target_properties(isal::isal PROPERTIES
    IMPORTED_LOCATION "${ISAL_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${ISAL_INCLUDE_DIR}")
endif()
