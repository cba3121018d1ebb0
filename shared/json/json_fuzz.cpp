// For libFuzzer (-fsanitize=fuzzer): whatever is accepted has one canonical text, which is accepted again.
#include <cstddef>
#include <cstdint>

#include "shared/base/check.hpp"
#include "shared/json/json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(bytes), size};
  if (const auto once = json::canonical(text)) {
    const auto twice = json::canonical(once->text);
    CHECK(twice && twice->text == once->text);
  }
  (void)json::decode<base::Cursor>(text);
  (void)json::decode<base::Money>(text);
  (void)json::member_text(text, "id");
  return 0;
}
