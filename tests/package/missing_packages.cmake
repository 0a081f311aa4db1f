# Someone without the packages is told all of them and the command that
# installs them. Run by ctest as
#   cmake -D SOURCE=... -D WORK=... -P missing_packages.cmake

file(REMOVE_RECURSE ${WORK})
set(ENV{PKG_CONFIG_LIBDIR} ${WORK})
execute_process(
  COMMAND ${CMAKE_COMMAND} -G Ninja -S ${SOURCE} -B ${WORK}
          -D CMAKE_DISABLE_FIND_PACKAGE_DNNL=ON
          -D CMAKE_DISABLE_FIND_PACKAGE_HDF5C=ON
  RESULT_VARIABLE result OUTPUT_QUIET ERROR_VARIABLE output)
if(result EQUAL 0)
  message(FATAL_ERROR "configured without any of its packages")
endif()
set(packages libdnnl-dev libhdf5-dev libhwy-dev libjpeg-dev
    libpng-dev libyaml-cpp-dev nlohmann-json3-dev libfmt-dev libcli11-dev
    libgtest-dev)
list(JOIN packages " " command)
if(NOT output MATCHES "apt-get install ${command}")
  message(FATAL_ERROR "expected \"apt-get install ${command}\", got\n${output}")
endif()
