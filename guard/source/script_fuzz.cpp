// For libFuzzer (-fsanitize=fuzzer): any bytes are read as a script, with and without tags.
#include <cstddef>
#include <cstdint>

#include "guard/source/script.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  for (const bool has_tags : {false, true}) {
    const guard::source::Script script = guard::source::read_script(text, has_tags);
    for (const auto& each : script.imports)
      if (each.line < 1 || each.module.size() > size) __builtin_trap();
  }
  return 0;
}
