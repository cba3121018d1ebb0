// For libFuzzer (-fsanitize=fuzzer): any bytes are searched for functions and names, and each function lies within
// them.
#include <cstddef>
#include <cstdint>

#include "guard/source/functions.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const guard::source::Lexed lexed = guard::source::lex({reinterpret_cast<const char*>(bytes), size});
  for (const auto& each : guard::source::functions(lexed))
    if (each.line < 1 || each.lines < 1 || each.line + each.lines > lexed.lines + 2) __builtin_trap();
  (void)guard::source::declared_names(lexed);
  return 0;
}
