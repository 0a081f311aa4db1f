# HDF5's C library, as HDF5C::hdf5: for programs the static one, where it can be
# linked. Debian's shared one opens files on other machines, too, and for that
# brings thirty libraries that nothing here uses into every process. Its static
# one is not position independent, so shared libraries get the shared one.

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

set(HDF5C_NEEDED sz z ${CMAKE_DL_LIBS})  # by the static one
if(HDF5C_INCLUDE_DIR AND HDF5C_STATIC_LIBRARY)
  cmake_push_check_state(RESET)
  set(CMAKE_REQUIRED_INCLUDES ${HDF5C_INCLUDE_DIR})
  set(CMAKE_REQUIRED_LIBRARIES ${HDF5C_STATIC_LIBRARY} ${HDF5C_NEEDED})
  set(CMAKE_REQUIRED_QUIET TRUE)
  check_cxx_source_compiles("
    #include <hdf5.h>
    int main() { return H5open() < 0 || H5Fis_hdf5(\"x\") > 0; }"
    HDF5C_STATIC_LINKS)
  cmake_pop_check_state()
endif()

find_package_handle_standard_args(HDF5C REQUIRED_VARS HDF5C_SHARED_LIBRARY
                                  HDF5C_INCLUDE_DIR)
if(HDF5C_FOUND AND NOT TARGET HDF5C::hdf5)
  add_library(HDF5C::hdf5 INTERFACE IMPORTED GLOBAL)
  target_include_directories(HDF5C::hdf5 INTERFACE ${HDF5C_INCLUDE_DIR})
  if(HDF5C_STATIC_LINKS)
    set(program $<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>)
    foreach(library ${HDF5C_STATIC_LIBRARY} ${HDF5C_NEEDED})
      target_link_libraries(HDF5C::hdf5 INTERFACE $<${program}:${library}>)
    endforeach()
    target_link_libraries(HDF5C::hdf5
      INTERFACE $<$<NOT:${program}>:${HDF5C_SHARED_LIBRARY}>)
  else()
    target_link_libraries(HDF5C::hdf5 INTERFACE ${HDF5C_SHARED_LIBRARY})
  endif()
endif()
mark_as_advanced(HDF5C_INCLUDE_DIR HDF5C_SHARED_LIBRARY HDF5C_STATIC_LIBRARY)
