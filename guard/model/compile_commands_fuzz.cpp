// For libFuzzer (-fsanitize=fuzzer): whatever is taken as a compilation database has a search path for each unit.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "guard/model/compile_commands.hpp"
#include "shared/base/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  for (const std::string& each : guard::split_command(text)) CHECK(each.size() <= size);
  const auto commands = guard::parse_compile_commands(text, "f", "/root");
  if (!commands) {
    CHECK(commands.error().detail.starts_with("f: "));
    return 0;
  }
  for (const auto& [unit, path] : commands->units) CHECK(!unit.empty() && path < commands->search_paths.size());
  return 0;
}
