#include "guard/rules/fixture.hpp"

namespace guard {
namespace {

class ReadmesRule : public RuleTest {
 protected:
  static constexpr const char* rule =
      "check: readmes\n"
      "with: {sets: [{modules: ['m/**'], parts: [Owns, Not there yet]}]}\n";
};

TEST_F(ReadmesRule, EachPartIsALineThatBeginsSo) {
  EXPECT_EQ(
      said({{"m/a/README.md", "# a\nOwns: b\n- **Not there yet**: c\n"}, {"n/b/x.cpp", ""}}, {"m/a", "n/b"}, rule), "");
  EXPECT_EQ(said({{"m/a/README.md", "It Owns: b\nOwnsb: c\nNot there yet: d\n"}}, {"m/a"}, rule),
            "m/a/README.md m/a/README.md Owns\n");
  EXPECT_EQ(said({{"m/a/x.cpp", ""}}, {"m/a"}, rule), "m/a m/a/README.md\n");
}

TEST_F(ReadmesRule, APartSaysSomething) {
  for (const std::string fine : {"Owns: nothing", "## Owns\n\nb", "**Owns**:\n- b", "Owns\n## Owns:\n`b`"})
    EXPECT_EQ(said({{"m/a/README.md", fine + "\nNot there yet: c\n"}}, {"m/a"}, rule), "") << fine;
  for (const std::string empty : {"Owns:", "Owns: TODO.", "- **Owns**: …", "## Owns", "## Owns\n## More\nb",
                                  "Owns:\n\nTBD", "<!--\nOwns: b\n-->", "```\nOwns: b\n```", "Owns: <!-- b -->"})
    EXPECT_EQ(said({{"m/a/README.md", empty + "\nNot there yet: c\n"}}, {"m/a"}, rule),
              "m/a/README.md m/a/README.md Owns\n")
        << empty;
}

}  // namespace
}  // namespace guard
