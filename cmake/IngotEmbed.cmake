# Device code, tuning records and device profiles are files in the source tree; the library carries them as text, so that it needs no
# installed data. One generated .c file each: name, text and length of every file, and their number.
function(ingot_embed target prefix folder pattern)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${folder}/${pattern})
  set(output ${CMAKE_BINARY_DIR}/generated/${prefix}_embedded.c)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DOUTPUT=${output} -DPREFIX=${prefix} "-DFILES=${files}"
            -P ${CMAKE_SOURCE_DIR}/cmake/EmbedText.cmake
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/EmbedText.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()

function(ingot_embed_kernels room)
  ingot_embed(ig_${room} ig_kernel_text cl/kernels "*.cl*")
endfunction()

function(ingot_embed_papers target)
  ingot_embed(${target} ig_paper_text bench/papers "*.yaml")
endfunction()

function(ingot_embed_tuning room)
  ingot_embed(ig_${room} ig_tuning_text autotune/db "*.tune")
endfunction()

function(ingot_embed_profiles room)
  ingot_embed(ig_${room} ig_profile_text autotune/devices "*.yaml")
endfunction()

function(ingot_embed_probe room)
  ingot_embed(ig_${room} ig_probe_text autotune "probe.cl")
endfunction()
