# Operators: tests/ops/<op>.yaml drives the reference, every device kernel, the minimal profile, Oclgrind, and a sweep over
# every kernel and tunable.
set(op_support support/op_case.c support/op_case_load.c)
ingot_test_program(test_ops_reference test_ops_reference.c ${op_support})
target_link_libraries(test_ops_reference PRIVATE ig_graph)
ingot_test_program(test_ops_device test_ops_device.c ${programs} ${op_support})
target_link_libraries(test_ops_device PRIVATE ig_runtime)
target_link_options(test_ops_device PRIVATE ${wrap_programs})

set(minimal ${CMAKE_SOURCE_DIR}/autotune/devices/min-1.2.yaml)
file(GLOB op_files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/ops/*.yaml)
foreach(file IN LISTS op_files)
  get_filename_component(op ${file} NAME_WE)
  add_test(NAME ops.reference.${op} COMMAND test_ops_reference ${file})
  add_test(NAME ops.device.${op} COMMAND test_ops_device ${file})
  add_test(NAME ops.minimal.${op} COMMAND test_ops_device --profile ${minimal} ${file})
  add_test(NAME ops.sweep.${op} COMMAND test_ops_device --sweep ${file})
  set_tests_properties(ops.sweep.${op} PROPERTIES LABELS slow TIMEOUT 900)
  if(NOT INGOT_SANITIZE)
    add_test(NAME ops.oclgrind.${op} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/support/oclgrind.sh
             $<TARGET_FILE:test_ops_device> --profile ${minimal} --fresh ${file})
    set_tests_properties(ops.oclgrind.${op} PROPERTIES LABELS slow TIMEOUT 900 SKIP_RETURN_CODE 77)
  endif()
endforeach()

# Kernels that call libraries are never the default: one case each under Oclgrind, where libraries take long to build. A
# session warms them with memory that holds nothing yet.
function(ingot_oclgrind_kernel kernel op case)
  add_test(NAME ops.oclgrind.${kernel} COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/support/oclgrind.sh --of ${kernel}
           $<TARGET_FILE:test_ops_device> --profile ${minimal} --kernel ${kernel} --only ${case}
           ${CMAKE_CURRENT_SOURCE_DIR}/ops/${op}.yaml)
  set_tests_properties(ops.oclgrind.${kernel} PROPERTIES LABELS slow TIMEOUT 900 SKIP_RETURN_CODE 77)
endfunction()
if(NOT INGOT_SANITIZE)
  ingot_oclgrind_kernel(conv2d_im2col conv2d reflect_dilated_groups)
  ingot_oclgrind_kernel(conv2d_fft conv2d reflect_7x7)
  ingot_oclgrind_kernel(gaussian_blur_fft gaussian_blur then_leading)
  ingot_oclgrind_kernel(linear_gemm linear rows_then_leading)
  ingot_oclgrind_kernel(matmul_gemm matmul then_trailing)
endif()

# The manual's list of operators is printed from the table itself.
ingot_test_program(gen_operators_md tools/gen_operators_md.c)
target_link_libraries(gen_operators_md PRIVATE ig_graph)
add_test(NAME docs.operators COMMAND sh -c
         "$<TARGET_FILE:gen_operators_md> | diff -u ${CMAKE_SOURCE_DIR}/docs/operators.md -")
