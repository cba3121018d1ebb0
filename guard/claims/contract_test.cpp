#include "guard/claims/contract.hpp"

#include <gtest/gtest.h>

namespace guard::claims {
namespace {

constexpr std::string_view api =
    R"({"paths":{"/a":{"get":{"who":"x","tags":["p","q"]}},"/b":{"get":{"who":"x","tags":[]}}}})";

std::string facts(std::string_view pointer, const std::optional<std::string>& is = {}) {
  const auto found = count_facts(api, pointer, is);
  return found ? std::to_string(*found) : found.error().detail;
}

TEST(Facts, AStarIsEachMemberAndEachItem) {
  EXPECT_EQ(facts("/paths/*/get/who"), "2");
  EXPECT_EQ(facts("/paths/*/*/tags/*"), "2");
  EXPECT_EQ(facts("/paths/~1a/get/tags/1", "q"), "1");
}

TEST(Facts, TheFirstThatIsOtherwiseIsNamed) {
  EXPECT_EQ(facts("/paths/*/get/when"), "there is no /paths/~1a/get/when");
  EXPECT_EQ(facts("/paths/*/get/who", "y"), "/paths/~1a/get/who is `x`, not `y`");
  EXPECT_EQ(facts("/paths/~1a/get/tags/7"), "there is no /paths/~1a/get/tags/7");
  EXPECT_EQ(facts("/paths/~1b/get/tags/*"), "nothing stands at /paths/~1b/get/tags/*");
  EXPECT_EQ(facts("/paths/~1a/get/who/deeper"), "there is no /paths/~1a/get/who/deeper");
}

TEST(Lines, EachPatternHasOne) {
  EXPECT_EQ(*count_lines("viewer GET /a => allow\nviewer POST /a => deny\n", {"viewer * => deny", "viewer GET*"}), 2U);
  EXPECT_EQ(count_lines("viewer GET /a => allow\n", {"viewer * => deny"}).error().detail,
            "there is no line like `viewer * => deny`");
}

TEST(Facts, WhatIsEmptySaysNothing) {
  EXPECT_EQ(facts("/paths/*/get/tags"), "/paths/~1b/get/tags is empty");
  EXPECT_EQ(facts("/paths/~1b/get/tags", "[]"), "1");
  EXPECT_EQ(count_facts(R"({"a":{"b":""},"c":{"b":null}})", "/a/b", {}).error().detail, "/a/b is empty");
}

std::string measured(std::string_view row, std::string_view condition) {
  const auto fulfilled = row_fulfils(
      R"([{"row":"one","ours":12.5,"ratio":null,"met":true,"target":"< 20","commit":"c"},{"row":"two","ours":1,"met":false,"target":"< 1","commit":"c"}])",
      row, condition, "c");
  return fulfilled ? "yes" : fulfilled.error().detail;
}

TEST(Rows, FulfilTheirConditionOrSayWhyNot) {
  EXPECT_EQ(measured("one", "met"), "yes");
  EXPECT_EQ(measured("two", "met"), "its target, < 1, was not met");
  EXPECT_EQ(measured("one", "ours <= 12.5"), "yes");
  EXPECT_EQ(measured("one", "ours > 12.5"), "ours was 12.5, not ours > 12.5");
  EXPECT_EQ(measured("one", "ratio >= 1"), "nothing was measured: `ratio` is null");
  EXPECT_EQ(measured("three", "met"), "there is no row `three`");
  for (const char* none : {"", "ours", "ours < many", "ours is 3"})
    EXPECT_EQ(measured("one", none), "`" + std::string{none} + "` is no condition: `met`, or `ours < 1000`");
}

TEST(Rows, AConditionThatEveryFigureMeetsIsNone) {
  for (const char* always : {"ours >= 0", "ours > -1", "ours >= -0.5", "ours < 1e18"})
    EXPECT_EQ(measured("one", always), "`" + std::string{always} + "` is met by every figure");
  for (const char* none : {"ours < inf", "ours < nan", "ours > -inf"})
    EXPECT_EQ(measured("one", none), "`" + std::string{none} + "` is no condition: `met`, or `ours < 1000`");
  EXPECT_EQ(measured("one", "ours > 0"), "yes");
}

TEST(Rows, AFigureIsFiniteAndOfACommit) {
  EXPECT_EQ(row_fulfils(R"([{"row":"a","ours":"inf","commit":"c"}])", "a", "ours > 1", "c").error().detail,
            "nothing was measured: `ours` is \"inf\"");
  for (const char* current : {"c", ""})
    EXPECT_EQ(row_fulfils(R"([{"row":"a","ours":2}])", "a", "ours > 1", current).error().detail,
              "it does not say at which commit it was measured");
}

}  // namespace
}  // namespace guard::claims
