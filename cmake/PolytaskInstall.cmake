# An install tree that find_package(polytask) understands.

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

install(TARGETS polytask polytask_worlds EXPORT polytaskTargets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/polytask DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT polytaskTargets NAMESPACE polytask::
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/polytask)
configure_package_config_file(
  cmake/polytaskConfig.cmake.in polytaskConfig.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/polytask)
write_basic_package_version_file(polytaskConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/polytaskConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/polytaskConfigVersion.cmake
              cmake/FindDNNL.cmake
              cmake/FindHDF5C.cmake
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/polytask)
