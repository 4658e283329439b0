# cmake -DSOURCE=... -DBINARY=... -DPRESET=... -DEXPECTED=on|off -P warnings.cmake: whether that preset makes errors of
# warnings. What a user builds with must not: a compiler that is not ours may warn of anything.
set(folder ${BINARY}/warnings-${PRESET})
file(REMOVE_RECURSE ${folder})
execute_process(
  COMMAND ${CMAKE_COMMAND} --preset ${PRESET} -B ${folder} -DSHMPIX_TESTS=OFF
  WORKING_DIRECTORY ${SOURCE} OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
file(READ ${folder}/compile_commands.json commands)
file(REMOVE_RECURSE ${folder})
if(NOT commands MATCHES "-Wall")
  message(FATAL_ERROR "The preset ${PRESET} compiles without warnings.")
endif()
if(commands MATCHES "-Werror")
  set(found on)
else()
  set(found off)
endif()
if(NOT found STREQUAL EXPECTED)
  message(FATAL_ERROR "Warnings as errors in the preset ${PRESET}: ${found}; expected: ${EXPECTED}.")
endif()
