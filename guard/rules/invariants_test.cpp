#include "guard/rules/fixture.hpp"

namespace guard {
namespace {

class InvariantsRule : public RuleTest {
 protected:
  static constexpr const char* rule = "check: invariants\nwith: {page: page.md, headers: ['*.hpp']}\n";
  static constexpr const char* header =
      "// A thing.\n//\n// Always true\n//   - one holds, whatever\n//     happens;\n//   - two holds.\n//\n// - no "
      "sentence\n"
      "#pragma once\n// Always true: three\n// holds. And so on.\nauto a = \"// Always true: no\";\n";

  std::string with(const std::string& first, const std::string& second, const std::string& third,
                   const std::string& more = "") {
    return said(
        {{"a/x.hpp", header},
         {"a/x_test.cpp",
          "TEST(Things, OneHolds) {}\nTEST_P(Things, TwoHolds) {}\nclass Secret {};\n// TEST(Things, Gone)\n"},
         {"a/x_fuzz.cpp", ""},
         {"a/s.sql", "CREATE unique INDEX a;\n"},
         {"page.md", "## `a/x.hpp`\n\n| always | by |\n| --- | --- |\n| one holds, whatever happens | " + first +
                         " |\n| two holds | " + second + " |\n| three holds. And so on | " + third + " |\n" + more}},
        {"a"}, rule);
  }
};

TEST_F(InvariantsRule, HeldSentencesAreFine) {
  EXPECT_EQ(with("Things.OneHolds, .TwoHolds (not `this`, nor that)", "unique index in a/s.sql; `INDEX` in a/s.sql",
                 "the type Secret; x_fuzz, Things.*"),
            "");
}

TEST_F(InvariantsRule, WhatIsNamedIsThere) {
  EXPECT_EQ(with("Things.Gone", "Things.OneHolds, .Gone", "Other.*"),
            "page.md:5 a/x.hpp: one holds, whatever happens | Things.Gone\npage.md:6 a/x.hpp: two holds | Things.Gone\n"
            "page.md:7 a/x.hpp: three holds. And so on | Other.*\n");
  EXPECT_EQ(with("the type Secrets", "trigger in a/s.sql", "y_fuzz"),
            "page.md:5 a/x.hpp: one holds, whatever happens | Secrets\npage.md:6 a/x.hpp: two holds | trigger\n"
            "page.md:7 a/x.hpp: three holds. And so on | y_fuzz\n");
}

TEST_F(InvariantsRule, ACaseAndAStructureAreThere) {
  EXPECT_EQ(
      with("`a/s.sql: create * index`", "structure: Secret::x has no other way, so", "the type a::Secret: it is moved"),
      "");
  EXPECT_EQ(with("`a/s.sql: create, index`", "structure: Secrets::x has no other way", "structure: it is so"),
            "page.md:5 a/x.hpp: one holds, whatever happens | create, index\npage.md:6 a/x.hpp: two holds | Secrets\n"
            "page.md:7 a/x.hpp: three holds. And so on\n");
}

TEST_F(InvariantsRule, NothingAndProseHoldNothing) {
  EXPECT_EQ(with("**nothing yet** (Things.OneHolds once)", "good will", "Things.OneHolds"),
            "page.md:5 a/x.hpp: one holds, whatever happens\npage.md:6 a/x.hpp: two holds\n");
}

TEST_F(InvariantsRule, PageAndHeadersHaveTheSameSentences) {
  EXPECT_EQ(with("Things.OneHolds", "Things.OneHolds", "Things.OneHolds", "| four holds | Things.OneHolds |\n"),
            "page.md:8 a/x.hpp: four holds\n");
  EXPECT_EQ(said({{"a/x.hpp", header}, {"page.md", "# none\n"}}, {"a"}, rule),
            "a/x.hpp:4 a/x.hpp: one holds, whatever happens\na/x.hpp:6 a/x.hpp: two holds\n"
            "a/x.hpp:10 a/x.hpp: three holds. And so on\n");
  EXPECT_EQ(said({{"a/x.hpp", header}}, {"a"}, rule), "layers.yaml:12 cannot tested: there is no page.md\n");
}

}  // namespace
}  // namespace guard
