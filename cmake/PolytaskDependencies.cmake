# Debian's and Ubuntu's packages. Everything that is missing is reported at
# once, with the one command that installs it.

find_package(Threads REQUIRED)
find_package(PkgConfig QUIET)
find_package(OpenMP QUIET COMPONENTS CXX)
find_package(DNNL QUIET MODULE)
find_package(HDF5C QUIET MODULE)

set(POLYTASK_MISSING_PACKAGES "")
if(NOT PkgConfig_FOUND)
  list(APPEND POLYTASK_MISSING_PACKAGES pkg-config)
endif()
if(NOT DNNL_FOUND)
  list(APPEND POLYTASK_MISSING_PACKAGES libdnnl-dev)
endif()
if(NOT HDF5C_FOUND)
  list(APPEND POLYTASK_MISSING_PACKAGES libhdf5-dev)
endif()
if(NOT OpenMP_CXX_FOUND)
  list(APPEND POLYTASK_MISSING_PACKAGES g++)
endif()

# pkg-config module, Debian package
function(polytask_require module package)
  if(PkgConfig_FOUND)
    string(MAKE_C_IDENTIFIER ${module} name)
    pkg_check_modules(${name} QUIET IMPORTED_TARGET GLOBAL ${module})
    if(${name}_FOUND)
      set(POLYTASK_DEPENDENCIES ${POLYTASK_DEPENDENCIES} PkgConfig::${name}
          PARENT_SCOPE)
      return()
    endif()
  endif()
  set(POLYTASK_MISSING_PACKAGES ${POLYTASK_MISSING_PACKAGES} ${package}
      PARENT_SCOPE)
endfunction()

set(POLYTASK_DEPENDENCIES "")
polytask_require(libhwy libhwy-dev)
polytask_require(libjpeg libjpeg-dev)
polytask_require(libpng libpng-dev)
polytask_require(yaml-cpp libyaml-cpp-dev)
set(POLYTASK_PRIVATE_DEPENDENCIES ${POLYTASK_DEPENDENCIES} OpenMP::OpenMP_CXX
    DNNL::dnnl HDF5C::hdf5)
polytask_require(nlohmann_json nlohmann-json3-dev)
list(APPEND POLYTASK_PRIVATE_DEPENDENCIES
     $<BUILD_INTERFACE:PkgConfig::nlohmann_json>)
polytask_require(fmt libfmt-dev)  # its headers alone

if(POLYTASK_BUILD_APPS)
  polytask_require(CLI11 libcli11-dev)
endif()
if(POLYTASK_BUILD_TESTS)
  polytask_require(gtest_main libgtest-dev)
endif()

if(POLYTASK_MISSING_PACKAGES)
  list(REMOVE_DUPLICATES POLYTASK_MISSING_PACKAGES)
  list(JOIN POLYTASK_MISSING_PACKAGES " " POLYTASK_MISSING)
  message(FATAL_ERROR
    "polytask needs packages that are not installed here: ${POLYTASK_MISSING}\n"
    "On Debian or Ubuntu, as root:\n"
    "    apt-get install ${POLYTASK_MISSING}\n"
    "Without root, ask your administrator for them, or put them under a prefix "
    "of your own and set CMAKE_PREFIX_PATH and PKG_CONFIG_PATH to it.")
endif()
