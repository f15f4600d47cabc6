# Installs the program, the library with its public headers, and a CMake package: find_package(imgslim), imgslim::imgslim.
include(CMakePackageConfigHelpers)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/imgslim)

if(TARGET imgslim)
  install(TARGETS imgslim RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(TARGETS libimgslim imgslim_inflate EXPORT imgslimTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/imgslim DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN *.h)
# The scripts of the CI recipes, for container images of runners.
install(DIRECTORY ${PROJECT_SOURCE_DIR}/ci/github ${PROJECT_SOURCE_DIR}/ci/gitlab
  DESTINATION ${CMAKE_INSTALL_DATADIR}/imgslim/ci USE_SOURCE_PERMISSIONS)
install(PROGRAMS ${PROJECT_SOURCE_DIR}/ci/sticky-comment.sh DESTINATION ${CMAKE_INSTALL_DATADIR}/imgslim/ci)
install(EXPORT imgslimTargets NAMESPACE imgslim:: DESTINATION ${package_dir})

# A static library leaves its own dependencies to whoever links it, so the package finds them again with our find modules.
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/imgslimConfig.cmake.in
  ${PROJECT_BINARY_DIR}/imgslimConfig.cmake INSTALL_DESTINATION ${package_dir})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/imgslimConfigVersion.cmake COMPATIBILITY SameMinorVersion)
file(GLOB find_modules CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/Find*.cmake)
install(FILES ${PROJECT_BINARY_DIR}/imgslimConfig.cmake ${PROJECT_BINARY_DIR}/imgslimConfigVersion.cmake ${find_modules}
  DESTINATION ${package_dir})
