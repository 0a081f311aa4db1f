# HDF5's C library, as HDF5C::hdf5: for programs the static one, where it can be
# linked. Debian's shared one opens files on other machines, too, and for that
# brings thirty libraries that nothing here uses into every process. Its static
# one is not position independent, so shared libraries get the shared one.
#
# Where the static one wants libraries of the network (Debian 13), only programs
# that have the property HDF5C_WITHOUT_NETWORK and link hdf5_without_network.cpp
# get it: what is defined there would answer other users of libcurl, too.

include(CheckCXXSourceCompiles)
include(CMakePushCheckState)
include(FindPackageHandleStandardArgs)

find_package(PkgConfig QUIET)
if(PkgConfig_FOUND)
  pkg_check_modules(HDF5C_HINT QUIET hdf5)
endif()
find_path(HDF5C_INCLUDE_DIR hdf5.h HINTS ${HDF5C_HINT_INCLUDE_DIRS})
find_library(HDF5C_SHARED_LIBRARY hdf5 HINTS ${HDF5C_HINT_LIBRARY_DIRS})
find_library(HDF5C_STATIC_LIBRARY libhdf5.a HINTS ${HDF5C_HINT_LIBRARY_DIRS})

# The old names of what version 1.12 named anew are in every version.
set(HDF5C_DEFINITIONS "")
if(HDF5C_INCLUDE_DIR)
  file(STRINGS ${HDF5C_INCLUDE_DIR}/H5public.h HDF5C_MINOR
       REGEX "^#define H5_VERS_MINOR")
  string(REGEX MATCH "[0-9]+$" HDF5C_MINOR "${HDF5C_MINOR}")
  if(HDF5C_MINOR GREATER_EQUAL 12)
    set(HDF5C_DEFINITIONS H5_USE_110_API)
  endif()
endif()

set(HDF5C_NEEDED sz z ${CMAKE_DL_LIBS})  # by the static one
if(HDF5C_INCLUDE_DIR AND HDF5C_STATIC_LIBRARY)
  cmake_push_check_state(RESET)
  set(CMAKE_REQUIRED_INCLUDES ${HDF5C_INCLUDE_DIR})
  set(CMAKE_REQUIRED_LIBRARIES ${HDF5C_STATIC_LIBRARY} ${HDF5C_NEEDED})
  set(CMAKE_REQUIRED_QUIET TRUE)
  set(HDF5C_PROGRAM "
    #include <hdf5.h>
    int main() { return H5open() < 0 || H5Fis_hdf5(\"x\") > 0; }")
  check_cxx_source_compiles("${HDF5C_PROGRAM}" HDF5C_STATIC_LINKS)
  set(HDF5C_STUBS ${CMAKE_CURRENT_LIST_DIR}/hdf5_without_network.cpp)
  if(NOT HDF5C_STATIC_LINKS AND EXISTS ${HDF5C_STUBS})
    check_cxx_source_compiles("#include \"${HDF5C_STUBS}\"\n${HDF5C_PROGRAM}"
      HDF5C_STATIC_LINKS_WITHOUT_NETWORK)
  endif()
  cmake_pop_check_state()
endif()

find_package_handle_standard_args(HDF5C REQUIRED_VARS HDF5C_SHARED_LIBRARY
                                  HDF5C_INCLUDE_DIR)
if(HDF5C_FOUND AND NOT TARGET HDF5C::hdf5)
  add_library(HDF5C::hdf5 INTERFACE IMPORTED GLOBAL)
  target_include_directories(HDF5C::hdf5 INTERFACE ${HDF5C_INCLUDE_DIR})
  target_compile_definitions(HDF5C::hdf5 INTERFACE ${HDF5C_DEFINITIONS})
  set(static 0)
  set(program $<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>)
  if(HDF5C_STATIC_LINKS)
    set(static ${program})
  elseif(HDF5C_STATIC_LINKS_WITHOUT_NETWORK)
    set(static
      $<AND:${program},$<BOOL:$<TARGET_PROPERTY:HDF5C_WITHOUT_NETWORK>>>)
  endif()
  foreach(library ${HDF5C_STATIC_LIBRARY} ${HDF5C_NEEDED})
    target_link_libraries(HDF5C::hdf5 INTERFACE $<${static}:${library}>)
  endforeach()
  target_link_libraries(HDF5C::hdf5
    INTERFACE $<$<NOT:${static}>:${HDF5C_SHARED_LIBRARY}>)
endif()
mark_as_advanced(HDF5C_INCLUDE_DIR HDF5C_SHARED_LIBRARY HDF5C_STATIC_LIBRARY)
