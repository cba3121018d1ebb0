// The GoogleTest tests of a source text, and whether the body of each asserts anything. A report says that a test
// passed; it does not say that there was anything to fail.
//
// A body asserts when it contains EXPECT_…, ASSERT_…, FAIL or ADD_FAILURE that can run and can fail, or calls a
// function that does, of the same sources or of what helps them. SUCCEED asserts nothing, neither does
// EXPECT_TRUE(true), EXPECT_EQ(x, x) or what stands behind a `return;`. Calls are known by name alone: a call through a
// pointer is not seen, of two functions of one name either counts, and a lambda counts for what it stands in, called or
// not.
#pragma once

#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "guard/source/cpp.hpp"

namespace guard::source {

struct TestSource {
  std::string_view path;
  const Lexed* lexed;
};

struct Test {
  std::string suite;
  std::string name;  // without DISABLED_
  std::string file;
  int line = 0;
  bool is_disabled = false;
  bool asserts = false;

  std::string full_name() const { return suite + "." + name; }
};

using FunctionNames = std::set<std::string, std::less<>>;
/// Those of `helpers` that assert.
FunctionNames asserting_functions(std::span<const TestSource> helpers);

/// In the order of the sources; one within a false `#if` is none. `asserting`: functions of no source that assert.
std::vector<Test> tests_of(std::span<const TestSource> sources, const FunctionNames& asserting);

}  // namespace guard::source
