# A plain build of a user warns and goes on: a newer compiler finds more to warn
# of. Run by ctest as
#   cmake -D SOURCE=... -D WORK=... -P plain_build.cmake

file(REMOVE_RECURSE ${WORK})
execute_process(
  COMMAND ${CMAKE_COMMAND} -G Ninja -S ${SOURCE} -B ${WORK}
          -D CMAKE_BUILD_TYPE=Release -D CMAKE_EXPORT_COMPILE_COMMANDS=ON
          -D POLYTASK_BUILD_TESTS=OFF -D POLYTASK_BUILD_BENCHMARKS=OFF
  RESULT_VARIABLE result OUTPUT_QUIET ERROR_VARIABLE output)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${output}")
endif()
file(READ ${WORK}/compile_commands.json commands)
if(NOT commands MATCHES "-Wall" OR commands MATCHES "-Werror")
  message(FATAL_ERROR "expected -Wall without -Werror, got\n${commands}")
endif()
