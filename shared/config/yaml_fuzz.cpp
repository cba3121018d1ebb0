// For libFuzzer (-fsanitize=fuzzer): whatever YAML is taken becomes JSON that has an origin for each of its values.
#include <cstddef>
#include <cstdint>

#include "shared/base/check.hpp"
#include "shared/config/config.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  const auto translated = config::yaml_to_json(text, "f");
  if (!translated) {
    CHECK(translated.error().detail.starts_with("f:"));
    return 0;
  }
  CHECK(translated->origins.contains(""));
  if (const auto any = json::decode<json::Json>(translated->json); !any)
    CHECK(!config::located(*translated, any.error()).detail.empty());
  return 0;
}
