# Whole networks: golden values of the specifications and parity with PyTorch, on the reference and on the first device.
ingot_test_program(test_models test_models.c support/golden.c ${programs})
target_link_libraries(test_models PRIVATE ig_runtime)
target_link_options(test_models PRIVATE ${wrap_programs})
set(goldens ${CMAKE_CURRENT_SOURCE_DIR}/models/goldens.yaml)
file(GLOB parity_files CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/models/parity/*.yaml)
foreach(device ref 0)
  foreach(file IN LISTS parity_files)
    get_filename_component(family ${file} NAME_WE)
    add_test(NAME models.parity.${family}.${device} COMMAND test_models --device ${device} ${file})
    set_tests_properties(models.parity.${family}.${device} PROPERTIES TIMEOUT 1800)
    # The papers' input sizes take many minutes in plain C: `make test-full` (ctest -C full) runs them on the device.
    if(NOT device STREQUAL ref)
      add_test(NAME models.parity.full.${family} COMMAND test_models --device ${device} --large ${file} CONFIGURATIONS full)
      set_tests_properties(models.parity.full.${family} PROPERTIES LABELS slow TIMEOUT 3600)
    endif()
  endforeach()
  # A chain is a program of its own, while single steps share their programs with other networks: so only these few.
  add_test(NAME models.goldens.${device} COMMAND test_models --chains --device ${device} ${goldens})
  add_test(NAME models.goldens.large.${device} COMMAND test_models --chains --device ${device} --large ${goldens})
  set_tests_properties(models.goldens.large.${device} PROPERTIES LABELS slow TIMEOUT 1200)
endforeach()

# Weights under which the input, or a branch, does not matter would make all of this blind.
ingot_test_program(test_signal test_signal.c)
target_link_libraries(test_signal PRIVATE ig_graph)
set(counts ${CMAKE_CURRENT_SOURCE_DIR}/models/counts.yaml)
add_test(NAME models.signal COMMAND test_signal ${counts})
add_test(NAME models.signal.full COMMAND test_signal --drop 12 ${counts} CONFIGURATIONS full)
set_tests_properties(models.signal PROPERTIES TIMEOUT 1800)
set_tests_properties(models.signal.full PROPERTIES LABELS slow TIMEOUT 7200)

# Allocation failures, one by one, from model text to a run on a device.
ingot_test_program(test_alloc fault/test_alloc.c)
target_link_libraries(test_alloc PRIVATE ig_runtime ig_image)
target_link_options(test_alloc PRIVATE -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc)
add_test(NAME fault.alloc COMMAND test_alloc)

# Every OpenCL call of a stream fails once.
ingot_test_program(test_stream_faults fault/test_stream_faults.c)
target_link_libraries(test_stream_faults PRIVATE ig_runtime)
foreach(call CreateBuffer CreateKernel CreateCommandQueue SetKernelArg EnqueueNDRangeKernel EnqueueMapBuffer
        EnqueueUnmapMemObject EnqueueWriteBuffer EnqueueReadBuffer EnqueueMarkerWithWaitList
        EnqueueBarrierWithWaitList Flush WaitForEvents)
  target_link_options(test_stream_faults PRIVATE -Wl,--wrap=cl${call})
endforeach()
add_test(NAME fault.stream COMMAND test_stream_faults)

# A program outside the tree, through pkg-config and find_package.
if(NOT INGOT_SANITIZE AND NOT INGOT_COVERAGE)
  add_test(NAME install COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/install/test_install.sh ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
endif()
