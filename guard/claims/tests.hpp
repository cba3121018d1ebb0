// The GoogleTest tests of a source text, and whether the body of each asserts anything. A report says that a test
// passed; it does not say that there was anything to fail.
//
// A body asserts when it contains EXPECT_…, ASSERT_…, FAIL or ADD_FAILURE of something that is not a mere literal, or
// calls a function that does, of the same sources or of what helps them. SUCCEED asserts nothing, neither does
// EXPECT_TRUE(true). Calls are known by name alone: a call through a pointer is not seen, and of two functions of one
// name either counts.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.hpp"

namespace guard::claims {

struct SourceText {
  std::string path;
  std::string text;
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

/// In the order of the sources. Errors: `invalid` with the file and line that could not be read as C++.
base::Result<std::vector<Test>> tests_of(std::span<const SourceText> sources, std::span<const SourceText> helpers);

}  // namespace guard::claims
