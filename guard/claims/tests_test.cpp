#include "guard/claims/tests.hpp"

#include <gtest/gtest.h>

namespace guard::claims {
namespace {

/// `S.N`, with `!` for a test that asserts nothing and `-` for a disabled one, in order.
std::string seen(std::string text, std::string helper = {}) {
  const std::vector<SourceText> sources{{"a_test.cpp", std::move(text)}}, helpers{{"helper.hpp", std::move(helper)}};
  const auto tests = tests_of(sources, helpers);
  if (!tests) return tests.error().detail;
  std::string out;
  for (const Test& each : *tests)
    out += (out.empty() ? "" : " ") + each.full_name() + (each.asserts ? "" : "!") + (each.is_disabled ? "-" : "");
  return out;
}

TEST(Asserts, WhatCanFail) {
  EXPECT_EQ(seen("TEST(S, A) { EXPECT_EQ(f(), 1); }"), "S.A");
  EXPECT_EQ(seen("TEST_F(S, A) { if (!f()) FAIL() << 1; }"), "S.A");
  EXPECT_EQ(seen("TEST_P(S, A) {\n  for (int i : all) { ASSERT_TRUE(i) << i; }\n}"), "S.A");
  EXPECT_EQ(seen("TEST(S, A) { racing(2, [](int i) { EXPECT_GT(i, 0); }); }"), "S.A");
}

TEST(Asserts, WhatCannotFail) {
  EXPECT_EQ(seen("TEST(S, A) {}"), "S.A!");
  EXPECT_EQ(seen("TEST(S, A) { f(); SUCCEED(); }"), "S.A!");
  EXPECT_EQ(seen("TEST(S, A) { EXPECT_TRUE(true); EXPECT_EQ(1, 1); }"), "S.A!");
  EXPECT_EQ(seen("TEST(S, A) { GTEST_SKIP() << \"later\"; }"), "S.A!");
}

TEST(Asserts, NeitherCommentsNorTextsDo) {
  EXPECT_EQ(seen("TEST(S, A) { // EXPECT_EQ(f(), 1);\n /* FAIL() */ say(\"EXPECT_EQ(f(), 1)\"); say(R\"(FAIL())\"); }"),
            "S.A!");
  EXPECT_EQ(seen("// TEST(S, A) { EXPECT_EQ(f(), 1); }"), "");
  EXPECT_EQ(seen("#define X EXPECT_EQ(f(), 1)\nTEST(S, A) { }"), "S.A!");
}

TEST(Asserts, AFunctionThatDoesCountsForWhoCallsIt) {
  EXPECT_EQ(seen("void look(int i) { EXPECT_EQ(i, 1); }\nTEST(S, A) { look(1); }\nTEST(S, B) { see(1); }"), "S.A S.B!");
  EXPECT_EQ(
      seen(
          "void look(int i);\nvoid both() { look(1); }\nTEST(S, A) { both(); }\nvoid look(int i) { EXPECT_EQ(i, 1); }"),
      "S.A");
  EXPECT_EQ(seen("TEST(S, A) { play(); }",
                 "class W { public: W() : a_(1), b_{2} {}\n auto play() const noexcept -> int { EXPECT_TRUE(a_); "
                 "return 1; } };"),
            "S.A");
}

TEST(Asserts, DisabledOnesAreTold) {
  EXPECT_EQ(seen("TEST(S, DISABLED_A) { EXPECT_EQ(f(), 1); }\nTEST(DISABLED_S, B) { EXPECT_EQ(f(), 1); }"),
            "S.A- S.B-");
}

TEST(Asserts, WhatIsNoCppIsNamed) { EXPECT_TRUE(seen("TEST(S, A) {\n/* }").starts_with("a_test.cpp:2: ")); }

}  // namespace
}  // namespace guard::claims
