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
          "TEST(Things, OneHolds) { EXPECT_EQ(one(), 1); }\nTEST_P(Things, TwoHolds) { look(); }\n"
          "class Secret {};\n// TEST(Things, Gone)\n#if 0\nTEST(Things, Gone) { FAIL(); }\n#endif\n"
          "TEST(Things, Says) { say(); }\nTEST(Things, Skips) { GTEST_SKIP(); EXPECT_EQ(one(), 1); }\n"
          "TEST(Things, DISABLED_Sleeps) { EXPECT_EQ(one(), 1); }\nTEST(DISABLED_Beds, Sleep) { FAIL(); }\n"},
         {"b/helps_test.cpp", "void look() { EXPECT_EQ(two(), 2); }\n"},
         {"a/x_fuzz.cpp", ""},
         {"a/s.sql", "CREATE unique INDEX a;\n"},
         {"page.md", "## `a/x.hpp`\n\n| always | by |\n| --- | --- |\n| one holds, whatever happens | " + first +
                         " |\n| two holds | " + second + " |\n| three holds. And so on | " + third + " |\n" + more}},
        {"a"}, rule);
  }
};

TEST_F(InvariantsRule, HeldSentencesAreFine) {
  EXPECT_EQ(with("Things.OneHolds, .TwoHolds (not `this`, nor that)",
                 "unique index in a/s.sql; `Unique INDEX` in a/s.sql", "the type Secret; x_fuzz, Things.*"),
            "");
}

TEST_F(InvariantsRule, WhatIsNamedIsThere) {
  EXPECT_EQ(with("Things.Gone", "Things.OneHolds, .Gone", "Other.*"),
            "page.md:5 a/x.hpp: one holds, whatever happens | Things.Gone\npage.md:6 a/x.hpp: two holds | Things.Gone\n"
            "page.md:7 a/x.hpp: three holds. And so on | Other.*\n");
  EXPECT_EQ(with("the type Secrets", "a trigger in a/s.sql", "y_fuzz"),
            "page.md:5 a/x.hpp: one holds, whatever happens | Secrets\npage.md:6 a/x.hpp: two holds | a trigger\n"
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

TEST_F(InvariantsRule, ATestThatCannotFailHoldsNothing) {
  EXPECT_EQ(
      with("Things.Says", "Things.Skips, .OneHolds", "Things.Sleeps"),
      "page.md:5 a/x.hpp: one holds, whatever happens | Things.Says\npage.md:6 a/x.hpp: two holds | Things.Skips\n"
      "page.md:7 a/x.hpp: three holds. And so on | Things.Sleeps\n");
  EXPECT_EQ(with("Beds.*", "*.*", "*.OneHolds, Things.S*"),
            "page.md:5 a/x.hpp: one holds, whatever happens | Beds.*\npage.md:6 a/x.hpp: two holds | *.*\n"
            "page.md:7 a/x.hpp: three holds. And so on | *.OneHolds\n"
            "page.md:7 a/x.hpp: three holds. And so on | Things.S*\n");
  EXPECT_EQ(with("Things.*", "Things.One*", "Things.*Holds"), "");
}

TEST_F(InvariantsRule, AWordThatStandsAnywhereHoldsNothing) {
  EXPECT_EQ(with("index in a/s.sql", "`a/s.sql: *`", "`I * N * X` in a/s.sql"),
            "page.md:5 a/x.hpp: one holds, whatever happens | index\npage.md:6 a/x.hpp: two holds | *\n"
            "page.md:7 a/x.hpp: three holds. And so on | I * N * X\n");
}

TEST_F(InvariantsRule, WhatSaysItDoesNotHoldIt) {
  EXPECT_EQ(with("one holds, whatever in a/x.hpp", "`two holds` in a/x.hpp", "`a/x.hpp: three * holds`"),
            "page.md:5 a/x.hpp: one holds, whatever happens | a/x.hpp\npage.md:6 a/x.hpp: two holds | a/x.hpp\n"
            "page.md:7 a/x.hpp: three holds. And so on | a/x.hpp\n");
}

TEST_F(InvariantsRule, AMarkerWithoutASentenceIsTold) {
  const std::string page = "# none\n";
  EXPECT_EQ(said({{"a/x.hpp", "// Always true that it holds.\n"}, {"page.md", page}}, {"a"}, rule),
            "a/x.hpp:1 a/x.hpp: Always true\n");
  EXPECT_EQ(said({{"a/x.hpp", "// What is\n// always true stands elsewhere.\n"}, {"page.md", page}}, {"a"}, rule), "");
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
