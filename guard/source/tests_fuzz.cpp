// For libFuzzer (-fsanitize=fuzzer): whatever is taken for C++ has tests with names, each on a line of it.
#include <array>
#include <cstddef>
#include <cstdint>

#include "guard/source/tests.hpp"
#include "shared/base/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const guard::source::Lexed lexed = guard::source::lex({reinterpret_cast<const char*>(bytes), size});
  const std::array<guard::source::TestSource, 1> sources{{{"f", &lexed}}};
  const auto asserting = guard::source::asserting_functions(sources);
  for (const auto& each : guard::source::tests_of(sources, asserting)) CHECK(!each.suite.empty() && each.line > 0);
  return 0;
}
