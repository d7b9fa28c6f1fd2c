# The command from outside: its contract, and bad input.
foreach(topic contract bad_input papers answers plans stream compare peers roofs report)
  add_test(NAME cli.${topic}
           COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/cli/test_${topic}.py
           WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
  set_tests_properties(cli.${topic} PROPERTIES ENVIRONMENT "INGOT=$<TARGET_FILE:ingot_cli>;PYTHONDONTWRITEBYTECODE=1"
                       TIMEOUT 600)
endforeach()

# The trained classifier on real pictures, where they are at hand.
add_test(NAME cli.accuracy COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/cli/test_accuracy.py)
set_tests_properties(cli.accuracy PROPERTIES
                     ENVIRONMENT "INGOT=$<TARGET_FILE:ingot_cli>;INGOT_SOURCE=${CMAKE_SOURCE_DIR};PYTHONDONTWRITEBYTECODE=1"
                     SKIP_RETURN_CODE 77 TIMEOUT 600)

# The how-to page, followed.
add_test(NAME cli.howto COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/cli/test_howto.py)
set_tests_properties(cli.howto PROPERTIES
                     ENVIRONMENT "INGOT=$<TARGET_FILE:ingot_cli>;INGOT_SOURCE=${CMAKE_SOURCE_DIR};PYTHONDONTWRITEBYTECODE=1"
                     TIMEOUT 600)

# The whole zoo: every network loads, prints and plans at its own size. The plain C reference behind `verify` takes many
# minutes for the larger ones, so that comparison waits for `make test-full`, as does that of small pictures with each pass
# left out.
set(zoo_environment "INGOT=$<TARGET_FILE:ingot_cli>;INGOT_MODELS=${CMAKE_SOURCE_DIR}/models;PYTHONDONTWRITEBYTECODE=1")
set(zoo_driver ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/cli/verify_zoo.py)
add_test(NAME zoo.summary COMMAND ${zoo_driver} --summary --jobs 2)
set_tests_properties(zoo.summary PROPERTIES ENVIRONMENT "${zoo_environment}" PROCESSORS 2 TIMEOUT 900)
add_test(NAME zoo.verify COMMAND ${zoo_driver} CONFIGURATIONS full)
set_tests_properties(zoo.verify PROPERTIES ENVIRONMENT "${zoo_environment}" LABELS slow PROCESSORS 2 TIMEOUT 28800)
add_test(NAME zoo.passes COMMAND ${zoo_driver} --each-pass --side 64 CONFIGURATIONS full)
set_tests_properties(zoo.passes PROPERTIES ENVIRONMENT "${zoo_environment}" LABELS slow PROCESSORS 2 TIMEOUT 14400)

# The manual's list of networks is what the command lists.
add_test(NAME docs.models COMMAND sh -c
         "${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/tools/gen_models_md.py | diff -u ${CMAKE_SOURCE_DIR}/docs/models.md -")
set_tests_properties(docs.models PROPERTIES ENVIRONMENT "${zoo_environment}")

# What the planner decides, held as text: six networks on every device profile.
add_test(NAME plans.golden COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/tools/golden_plans.py --check)
set_tests_properties(plans.golden PROPERTIES ENVIRONMENT "INGOT=$<TARGET_FILE:ingot_cli>;PYTHONDONTWRITEBYTECODE=1"
                     TIMEOUT 600)

# Drivers that misbehave: a shim between the command and the loader.
if(NOT INGOT_SANITIZE)
  add_library(opencl_faults MODULE fault/opencl_faults.c)
  target_compile_options(opencl_faults PRIVATE -Wno-deprecated-declarations)
  target_link_libraries(opencl_faults PRIVATE OpenCL::OpenCL ${CMAKE_DL_LIBS})
  set(driver_shim "INGOT_FAULTS=$<TARGET_FILE:opencl_faults>")
  add_test(NAME cli.driver_faults COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/cli/test_driver_faults.py)
  set_tests_properties(cli.driver_faults PROPERTIES TIMEOUT 600 ENVIRONMENT
                       "INGOT=$<TARGET_FILE:ingot_cli>;${driver_shim};PYTHONDONTWRITEBYTECODE=1")
endif()

# Tuning: where the shim is at hand with candidates that hang, crash or miscompute, too.
add_test(NAME cli.tune COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/cli/test_tune.py)
set_tests_properties(cli.tune PROPERTIES TIMEOUT 900 ENVIRONMENT
                     "INGOT=$<TARGET_FILE:ingot_cli>;${driver_shim};PYTHONDONTWRITEBYTECODE=1")
