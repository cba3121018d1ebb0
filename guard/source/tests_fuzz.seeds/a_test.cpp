class W { public: W() : a_(1), b_{2} {} auto see() const noexcept -> int { EXPECT_TRUE(a_); return 1; } };
TEST_P(S, DISABLED_A) { W w; if (w.see()) FAIL() << R"x(})x"; }
TEST(T, B) { SUCCEED(); EXPECT_EQ(1, 1); }
