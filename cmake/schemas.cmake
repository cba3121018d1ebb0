# Puts every module's migrations into the program, so that a server needs no source tree.
file(GLOB_RECURSE HOUSE_SCHEMAS CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}
     ${CMAKE_SOURCE_DIR}/platform/*.sql ${CMAKE_SOURCE_DIR}/products/*.sql)
set(text "// Made by cmake/schemas.cmake of the modules' schema/*.sql.\n#include \"cmd/house/schemas.hpp\"\n\nnamespace house {\n\nconst std::vector<Schema>& schemas() {\n  static const std::vector<Schema> all{\n")
foreach(file ${HOUSE_SCHEMAS})
  file(READ ${CMAKE_SOURCE_DIR}/${file} sql)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/${file})
  string(REGEX REPLACE "/schema/.*" "" module ${file})
  get_filename_component(name ${file} NAME_WE)
  string(APPEND text "      {\"${module}\", \"${name}\", R\"__sql__(${sql})__sql__\"},\n")
endforeach()
string(APPEND text "  };\n  return all;\n}\n\n}  // namespace house\n")
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/schemas.cpp CONTENT "@text@" @ONLY)
