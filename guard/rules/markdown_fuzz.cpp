// For libFuzzer (-fsanitize=fuzzer): any bytes are read as Markdown, and what is found has a line of theirs.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "guard/rules/markdown.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  const int lines = 1 + static_cast<int>(std::ranges::count(text, '\n'));
  for (const auto& span : guard::rules::spans_of(text))
    if (span.line < 1 || span.line > lines) __builtin_trap();
  for (const auto& section : guard::rules::sections_of(text))
    for (const auto& row : section.rows)
      if (row.line <= section.line || row.line > lines) __builtin_trap();
  return 0;
}
