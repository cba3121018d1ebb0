#include "guard/rules/fixture.hpp"

namespace guard {
namespace {

class SizeRule : public RuleTest {
 protected:
  static constexpr const char* rule =
      "check: size\n"
      "with:\n"
      "  limits:\n"
      "    - {in: ['*_test.cpp'], file_lines: 9}\n"
      "    - {in: ['a/**'], file_lines: 6, function_lines: 3, parameters: 2}\n"
      "  exported: 2\n";
  const Files files{
      {"a/a.hpp", "int f(int a, int b);\nint g();\nnamespace detail { int h(); }\n"},
      {"a/x.cpp", "int f(int a, int b) {\n  return 1;\n}\nint v[] = {1,\n  2,\n  3};\n"},
      {"a/x_test.cpp", "void f(int a, int b, int c) {\n\n\n\n\n\n}\n"},
  };

  std::string with(const std::string& path, const std::string& text) {
    Files all = files;
    all[path] += text;
    return said(all, {"a"}, rule);
  }
};

TEST_F(SizeRule, WhatIsAtItsLimitIsFine) { EXPECT_EQ(said(files, {"a"}, rule), ""); }

TEST_F(SizeRule, EachLimitIsHeld) {
  EXPECT_EQ(with("a/x.cpp", "\n"), "a/x.cpp a/x.cpp lines\n");
  EXPECT_EQ(with("a/x_test.cpp", "\n\n\n"), "a/x_test.cpp a/x_test.cpp lines\n");
  EXPECT_EQ(with("a/y.cpp", "\nint g(int a, int b,\n  int c) {\n}\nint h() {\n\n\n}"),
            "a/y.cpp a/y.cpp lines\na/y.cpp:2 a/y.cpp g parameters\na/y.cpp:5 a/y.cpp h lines\n");
  EXPECT_EQ(with("a/a.hpp", "int i();\n"), "a a exported\n");
}

}  // namespace
}  // namespace guard
