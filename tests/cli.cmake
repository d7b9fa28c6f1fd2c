# The command from outside: its contract, and bad input.
foreach(topic contract bad_input)
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

# Drivers that misbehave: a shim between the command and the loader.
if(NOT INGOT_SANITIZE)
  add_library(opencl_faults MODULE fault/opencl_faults.c)
  target_compile_options(opencl_faults PRIVATE -Wno-deprecated-declarations)
  target_link_libraries(opencl_faults PRIVATE OpenCL::OpenCL ${CMAKE_DL_LIBS})
  add_test(NAME cli.driver_faults COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_SOURCE_DIR}/cli/test_driver_faults.py)
  set_tests_properties(cli.driver_faults PROPERTIES TIMEOUT 600 ENVIRONMENT
                       "INGOT=$<TARGET_FILE:ingot_cli>;INGOT_FAULTS=$<TARGET_FILE:opencl_faults>;PYTHONDONTWRITEBYTECODE=1")
endif()
