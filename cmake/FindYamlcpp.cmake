# yaml-cpp: the library's own package knows the shared one only.
find_path(YAMLCPP_INCLUDE_DIR yaml-cpp/yaml.h)
find_library(YAMLCPP_LIBRARY yaml-cpp)
mark_as_advanced(YAMLCPP_INCLUDE_DIR YAMLCPP_LIBRARY)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Yamlcpp REQUIRED_VARS YAMLCPP_LIBRARY YAMLCPP_INCLUDE_DIR)
if(Yamlcpp_FOUND AND NOT TARGET yamlcpp::yamlcpp)
  add_library(yamlcpp::yamlcpp UNKNOWN IMPORTED)
  set_target_properties(yamlcpp::yamlcpp PROPERTIES
    IMPORTED_LOCATION ${YAMLCPP_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${YAMLCPP_INCLUDE_DIR})
endif()
