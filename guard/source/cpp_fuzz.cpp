// For libFuzzer (-fsanitize=fuzzer): any bytes are lexed, lines grow, and each view is of the text or of what was made.
#include <cstddef>
#include <cstdint>

#include "guard/source/cpp.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  const guard::source::Lexed lexed = guard::source::lex(text);
  int line = 1;
  std::size_t read = 0;
  for (const auto& token : lexed.tokens) {
    if (token.line < line || token.line > lexed.lines + 1) __builtin_trap();
    line = token.line;
    read += guard::source::value_of(token).size() + token.delimiter().size();
  }
  for (const auto& include : lexed.includes)
    if (include.line < 1 || include.line > lexed.lines + 1) __builtin_trap();
  return read > 8 * size + 8 ? 1 : 0;
}
