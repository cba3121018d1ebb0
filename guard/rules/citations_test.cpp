#include "guard/rules/fixture.hpp"

namespace guard {
namespace {

class CitationsRule : public RuleTest {
 protected:
  static constexpr const char* rule =
      "check: citations\n"
      "with: {documents: ['*.md'], names: [cpp], elsewhere: ['build/**'], placeholders: [NAME]}\n";

  std::string with(const std::string& text) {
    return said({{"m/a/x.cpp", ""}, {"m/a/y.hpp", ""}, {"m/b/x.cpp", ""}, {"m/doc.md", text}, {"build/z", ""}}, {"m"},
                rule);
  }
};

TEST_F(CitationsRule, WhatIsThereIsFine) {
  EXPECT_EQ(with("`m/a/x.cpp`, `m/a/`, `m/{a,b}/x.cpp`, `m/*/x.cpp:12`, `a/y.hpp`, [b](b/x.cpp#part), `x.cpp`, "
                 "`m/NAME/x.cpp`\n"),
            "");
}

TEST_F(CitationsRule, WordsWithASlashAndCodeAreNoPaths) {
  EXPECT_EQ(
      with("`and/or` `application/json` `/v1/m/gone` `https://m/gone` `m/a --flag` `build/gone` m/gone.cpp `gone.txt`\n"
           "```\n`m/gone.cpp`\n```\n"),
      "");
}

TEST_F(CitationsRule, WhatIsGoneIsSaid) {
  EXPECT_EQ(with("`m/a/gone.cpp`\n"), "m/doc.md:1 m/doc.md cites m/a/gone.cpp\n");
  EXPECT_EQ(with("\n`m/{a,c}/x.cpp`\n"), "m/doc.md:2 m/doc.md cites m/c/x.cpp\n");
  EXPECT_EQ(with("[b](../n/x.cpp)\n"), "m/doc.md:1 m/doc.md cites ../n/x.cpp\n");
  EXPECT_EQ(with("`gone.cpp`\n"), "m/doc.md:1 m/doc.md cites gone.cpp\n");
  EXPECT_EQ(with("`m/*/gone.cpp`\n"), "m/doc.md:1 m/doc.md cites m/*/gone.cpp\n");
}

}  // namespace
}  // namespace guard
