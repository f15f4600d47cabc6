# imgslim_embed_rules(TARGET DIRECTORY): compiles the rule files of a directory into the target.
function(imgslim_embed_rules target directory)
  file(GLOB files CONFIGURE_DEPENDS ${directory}/*.json ${directory}/lists/*.json)
  set(output ${PROJECT_BINARY_DIR}/embedded/embedded_rules.cpp)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -DDIRECTORY=${directory} -DOUTPUT=${output} -P ${PROJECT_SOURCE_DIR}/cmake/embed_rules.cmake
    DEPENDS ${files} ${PROJECT_SOURCE_DIR}/cmake/embed_rules.cmake
    COMMENT "Embedding the rules" VERBATIM)
  target_sources(${target} PRIVATE ${output})
endfunction()
