# cmake -DOUTPUT=x.c -DPREFIX=name -DFILES="a;b" -P EmbedText.cmake
# Bytes as hexadecimal: no escaping to get wrong, and no limit on the length of a string literal.
set(arrays "")
set(rows "")
set(index 0)
foreach(file IN LISTS FILES)
  get_filename_component(name ${file} NAME)
  file(READ ${file} hex HEX)
  string(LENGTH "${hex}" digits)
  math(EXPR length "${digits} / 2")
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  string(APPEND arrays "static const char text_${index}[] = {${bytes}0};\n")
  string(APPEND rows "    {\"${name}\", text_${index}, ${length}},\n")
  math(EXPR index "${index} + 1")
endforeach()
file(WRITE ${OUTPUT}.tmp
     "#include \"base/embed.h\"\n\n${arrays}\nconst ig_embedded ${PREFIX}[] = {\n${rows}    {NULL, NULL, 0}};\nconst int ${PREFIX}_count = ${index};\n")
file(RENAME ${OUTPUT}.tmp ${OUTPUT})
