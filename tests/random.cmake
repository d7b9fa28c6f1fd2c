# Random graphs: with and without the passes they compute the same, in plain C and on the first device; and that a spoilt
# tensor shows.
file(GLOB random_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/random/*.c)
ingot_test_program(test_random_graphs test_random_graphs.c ${programs} ${random_sources})
target_link_libraries(test_random_graphs PRIVATE ig_runtime)
target_link_options(test_random_graphs PRIVATE ${wrap_programs})
add_test(NAME random.reference COMMAND test_random_graphs --device ref --count 2000)
add_test(NAME random.device COMMAND test_random_graphs --device 0 --count 100 --steps 10)
add_test(NAME random.inject COMMAND test_random_graphs --device ref --count 200 --inject)
set_tests_properties(random.reference random.device random.inject PROPERTIES TIMEOUT 900)
set_tests_properties(random.device PROPERTIES LABELS slow)
