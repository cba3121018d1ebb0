#include "guard/source/tests.hpp"

#include <gtest/gtest.h>

#include <array>

namespace guard::source {
namespace {

/// `S.N`, with `!` for a test that asserts nothing and `-` for a disabled one, in order.
std::string seen(std::string_view text, std::string_view helper = {}) {
  const Lexed lexed = lex(text), helping = lex(helper);
  const std::array<TestSource, 1> sources{{{"a_test.cpp", &lexed}}}, helpers{{{"helper.hpp", &helping}}};
  std::string out;
  for (const Test& each : tests_of(sources, asserting_functions(helpers)))
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

TEST(Asserts, WhatHoldsOfAnythingCannotFail) {
  EXPECT_EQ(seen("TEST(S, A) { int x = f(); EXPECT_EQ(x, x); ASSERT_GE(a[1].b, a[1].b) << x; }"), "S.A!");
  EXPECT_EQ(seen("TEST(S, A) { EXPECT_TRUE(f() || true); EXPECT_FALSE((f() && !1)); EXPECT_TRUE(x == x); }"), "S.A!");
  EXPECT_EQ(seen("TEST(S, A) { EXPECT_TRUE((f(), true)); }"), "S.A!");
  EXPECT_EQ(seen("TEST(S, A) { EXPECT_EQ(x, y); }\nTEST(S, B) { EXPECT_NE(x, x); }"), "S.A S.B");
  EXPECT_EQ(seen("TEST(S, A) { EXPECT_EQ(draw(seed), draw(seed)); }"), "S.A");  // the same each time
  EXPECT_EQ(seen("TEST(S, A) { EXPECT_TRUE(f() || x); }\nTEST(S, B) { EXPECT_FALSE(x || true); }"), "S.A S.B");
}

TEST(Asserts, WhatNeverRunsCannotFail) {
  EXPECT_EQ(seen("TEST(S, A) {\n#if 0\n EXPECT_EQ(x, 1);\n#endif\n}"), "S.A!");
  EXPECT_EQ(seen("TEST(S, A) {\n#if 1\n f();\n#else\n EXPECT_EQ(x, 1);\n#endif\n}"), "S.A!");
  EXPECT_EQ(seen("TEST(S, A) { if (false) EXPECT_EQ(x, 1); while (x && 0) { FAIL(); } }"), "S.A!");
  EXPECT_EQ(seen("TEST(S, A) { if (true) { f(); } else { EXPECT_EQ(x, 1); } }"), "S.A!");
  EXPECT_EQ(seen("TEST(S, A) { f(); return; EXPECT_EQ(x, 1); }"), "S.A!");
  EXPECT_EQ(seen("TEST(S, A) { GTEST_SKIP() << \"later\"; EXPECT_EQ(x, 1); }"), "S.A!");
  EXPECT_EQ(seen("#if 0\nTEST(S, A) { EXPECT_EQ(x, 1); }\n#endif\n"), "");
}

TEST(Asserts, WhatMayRunCanFail) {
  EXPECT_EQ(seen("TEST(S, A) {\n#if 0\n f();\n#else\n EXPECT_EQ(x, 1);\n#endif\n}"), "S.A");
  EXPECT_EQ(seen("TEST(S, A) {\n#ifdef X\n GTEST_SKIP();\n#endif\n EXPECT_EQ(x, 1);\n}"), "S.A");
  EXPECT_EQ(seen("TEST(S, A) {\n#if X\n f();\n#elif 1\n return;\n#endif\n EXPECT_EQ(x, 1);\n}"), "S.A");
  EXPECT_EQ(seen("TEST(S, A) { if (!open()) return; EXPECT_EQ(x, 1); }"), "S.A");
  EXPECT_EQ(seen("TEST(S, A) { if (!open()) { f(); return; } else { GTEST_SKIP(); } EXPECT_EQ(x, 1); }"), "S.A");
  EXPECT_EQ(seen("TEST(S, A) { switch (f()) { case 1: g(); return; default: FAIL(); } }"), "S.A");
  EXPECT_EQ(seen("TEST(S, A) { if (false) f(); else EXPECT_EQ(x, 1); }"), "S.A");
  EXPECT_EQ(seen("TEST(S, A) { if (false) for (;;) { f(); } EXPECT_EQ(x, 1); }"), "S.A");
  EXPECT_EQ(seen("TEST(S, A) { do { f(); } while (false); EXPECT_EQ(x, 1); }"), "S.A");
}

}  // namespace
}  // namespace guard::source
