# Where a fresh root cannot be made, scripts/test_in_root says so in a word and
# ends well. Run by ctest as
#   cmake -D SOURCE=... -D WORK=... -P root_skipped.cmake

file(REMOVE_RECURSE ${WORK})
file(MAKE_DIRECTORY ${WORK})
foreach(tool bash dirname head id)
  find_program(tool_path ${tool} REQUIRED NO_CACHE)
  file(CREATE_LINK ${tool_path} ${WORK}/${tool} SYMBOLIC)
  unset(tool_path)
endforeach()

function(expect code text)
  execute_process(
    COMMAND ${CMAKE_COMMAND} -E env PATH=${WORK}
            ${WORK}/bash ${SOURCE}/scripts/test_in_root ${ARGN}
    RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL ${code} OR NOT output MATCHES "^test_in_root: ${text}\n$")
    message(FATAL_ERROR "expected ${code} and \"${text}\", got ${result} and "
            "\n${output}")
  endif()
endfunction()

set(why "(this needs root|there is no mmdebstrap here)")
expect(0 "trixie skipped: ${why}" trixie)
expect(0 "noble skipped: ${why}" noble)
expect(2 "expected bookworm, trixie or noble, got \"sid\"" sid)
expect(2 "expected bookworm, trixie or noble, got \"\"")
