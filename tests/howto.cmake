# The program of docs/howto/stream-frames.md, as it stands there. Its frames alternate between two pictures, so every
# second line must repeat the number before last.
set(page ${CMAKE_SOURCE_DIR}/docs/howto/stream-frames.md)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${page})
file(READ ${page} text)
if(NOT text MATCHES "```c\n(.*)```\n$")
  message(FATAL_ERROR "${page} has no program")
endif()
file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/howto_stream.c CONTENT "${CMAKE_MATCH_1}" @ONLY)
ingot_test_program(howto_stream ${CMAKE_CURRENT_BINARY_DIR}/howto_stream.c)
target_link_libraries(howto_stream PRIVATE ingot Threads::Threads)
string(CONCAT check "{ bad += $2 != NR - 1 || (NR > 2 && $3 != was[NR % 2]) } { was[NR % 2] = $3 } "
       "END { exit bad > 0 || NR != 20 || was[0] == was[1] }")
add_test(NAME docs.howto_stream COMMAND sh -c
         "$<TARGET_FILE:howto_stream> ${CMAKE_SOURCE_DIR}/models | awk -F '[ :]+' '${check}'")
