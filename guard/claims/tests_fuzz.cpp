// For libFuzzer (-fsanitize=fuzzer): whatever is taken for C++ has tests with names, each on a line of it.
#include <cstddef>
#include <cstdint>

#include "guard/claims/tests.hpp"
#include "shared/base/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::vector<guard::claims::SourceText> sources{{"f", {reinterpret_cast<const char*>(bytes), size}}};
  const auto tests = guard::claims::tests_of(sources, {});
  if (!tests) {
    CHECK(tests.error().detail.starts_with("f:"));
    return 0;
  }
  for (const auto& each : *tests) CHECK(!each.suite.empty() && each.line > 0);
  return 0;
}
