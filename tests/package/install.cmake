# Installs a build and uses it as a stranger would. Run by ctest as
#   cmake -D BUILD=... -D SOURCE=... -D WORK=... -P install.cmake

function(must)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result
                  OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nended with ${result}:\n${output}")
  endif()
endfunction()

file(REMOVE_RECURSE ${WORK})
must(${CMAKE_COMMAND} --install ${BUILD} --prefix ${WORK}/prefix)

# Our own warnings are none of a stranger's business.
file(GLOB_RECURSE exported ${WORK}/prefix/*polytaskTargets*.cmake)
foreach(targets ${exported})
  file(STRINGS ${targets} flags REGEX "polytask_compiler|-W[a-z]|-std=")
  if(flags)
    message(FATAL_ERROR "${targets} exports\n${flags}")
  endif()
endforeach()
must(${CMAKE_COMMAND} -G Ninja -S ${SOURCE}/consumer -B ${WORK}/consumer
     -D CMAKE_BUILD_TYPE=Release -D CMAKE_PREFIX_PATH=${WORK}/prefix)
must(${CMAKE_COMMAND} --build ${WORK}/consumer)
must(${CMAKE_COMMAND} -E chdir ${WORK} ${WORK}/consumer/consumer)
must(${WORK}/prefix/bin/polytask --version)
foreach(page man/man1/polytask.1 bash-completion/completions/polytask
        zsh/site-functions/_polytask)
  file(SIZE ${WORK}/prefix/share/${page} size)
  if(size LESS 1000)
    message(FATAL_ERROR "${page} has ${size} bytes")
  endif()
endforeach()
