// For libFuzzer (-fsanitize=fuzzer): whatever is taken as a rule set has no contradiction; what is refused names its
// line.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "guard/model/rules_check.hpp"
#include "guard/model/rules_file.hpp"
#include "shared/base/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  const auto rules = guard::parse_rules(text, "f");
  if (!rules) {
    CHECK(rules.error().detail.starts_with("f:"));
    return 0;
  }
  CHECK(!guard::contradiction(*rules));
  for (const guard::Rule& each : rules->rules) CHECK(rules->place_of(each, "/id").file == "f");
  return 0;
}
