# Writes a C++ file that holds contract/openapi.json, for a client that derives words from it:
#   cmake -DCONTRACT=FILE -DOUT=FILE -P cmake/contract.cmake
file(READ ${CONTRACT} text)
string(LENGTH "${text}" left)
set(at 0)
set(pieces "")
while(at LESS left)
  string(SUBSTRING "${text}" ${at} 60000 piece)  # a literal may have 65536 bytes
  string(APPEND pieces "    R\"__json__(${piece})__json__\"sv,\n")
  math(EXPR at "${at} + 60000")
endwhile()
file(WRITE ${OUT} "// Made by cmake/contract.cmake of contract/openapi.json.\n#include \"cmd/cli/words/contract.hpp\"\n\nnamespace cli {\n\nstd::string_view contract_text() {\n  using std::literals::operator\"\"sv;\n  static const std::string text = [] {\n    std::string joined;\n    for (const std::string_view piece : {\n${pieces}    }) joined += piece;\n    return joined;\n  }();\n  return text;\n}\n\n}  // namespace cli\n")
