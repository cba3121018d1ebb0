// For libFuzzer (-fsanitize=fuzzer): whatever page is taken has claims with ids that differ, and is read in bounded
// time.
#include <cstddef>
#include <cstdint>
#include <set>

#include "guard/claims/promises.hpp"
#include "shared/base/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto promises = guard::claims::parse_promises({reinterpret_cast<const char*>(bytes), size}, "f");
  if (!promises) {
    CHECK(promises.error().detail.starts_with("f:"));
    return 0;
  }
  std::set<std::string> ids;
  for (const auto& each : promises->claims) CHECK(!each.text.empty() && ids.insert(each.id).second);
  for (const auto& each : promises->strengths)
    for (const auto& id : each.claims) CHECK(ids.contains(id));
  return 0;
}
