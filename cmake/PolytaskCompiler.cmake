# How our own code is compiled; never exported to users of the library.

# As the presets of developers have it. A user's compiler may be newer, and warn
# of what is in order.
option(POLYTASK_WARNINGS_AS_ERRORS "Stop at a warning" OFF)

add_library(polytask_compiler INTERFACE)
target_compile_options(polytask_compiler INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  $<$<BOOL:${POLYTASK_WARNINGS_AS_ERRORS}>:-Werror>
  # g++ 12 warns of string concatenation that is in order (its bug 105329).
  -Wno-restrict
  # Designated initialisers name what differs from the default.
  -Wno-missing-field-initializers
  -fvisibility=hidden -ffp-contract=off)
if(POLYTASK_SANITIZE)
  add_compile_options(-fsanitize=${POLYTASK_SANITIZE}
    -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${POLYTASK_SANITIZE})
endif()

# Parses once what most files of a target include. Not what instantiates much,
# such as JSON: each file would pay for it again. Debug builds do without, so
# that a file which lacks an include is found, and tools see plain commands.
function(polytask_precompile target)
  target_precompile_headers(${target} PRIVATE
    <algorithm> <array> <cmath> <cstdint> <filesystem> <limits> <memory>
    <numeric> <optional> <span> <string> <string_view> <utility> <vector>
    ${ARGN})
endfunction()
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
  set(CMAKE_DISABLE_PRECOMPILE_HEADERS ON)
endif()

# Makes a header of a folder's assets.h.in, in which @NAME@ is the text of the
# file of this name beside it. Sources of the folder find it.
function(polytask_embed folder)
  set(source ${PROJECT_SOURCE_DIR}/src/${folder})
  file(GLOB assets CONFIGURE_DEPENDS ${source}/*.css ${source}/*.html)
  foreach(asset ${assets})
    get_filename_component(name ${asset} NAME)
    file(READ ${asset} "${name}")
  endforeach()
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${assets})
  configure_file(${source}/assets.h.in
                 ${PROJECT_BINARY_DIR}/assets/${folder}/assets.h @ONLY)
  file(GLOB sources CONFIGURE_DEPENDS ${source}/*.cpp)
  set_source_files_properties(${sources} PROPERTIES
    INCLUDE_DIRECTORIES ${PROJECT_BINARY_DIR}/assets)
endfunction()
