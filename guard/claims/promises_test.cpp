#include "guard/claims/promises.hpp"

#include <gtest/gtest.h>

namespace guard::claims {
namespace {

std::string read(std::string_view markdown) {
  const auto promises = parse_promises(markdown, "p.md");
  if (!promises) return promises.error().detail;
  std::string out;
  for (const auto& each : promises->claims) out += each.id + "=" + each.text + ";";
  for (const auto& each : promises->strengths) {
    out += each.name + ":";
    for (const auto& id : each.claims) out += " " + id;
  }
  return out;
}

constexpr std::string_view claims =
    "| id | claim | proof |\n| --- | --- | --- |\n| `a.b` | one | x |\n| `e.r`, `.u` | two | y |\n";

TEST(Promises, SeveralIdsMayShareALine) { EXPECT_EQ(read(claims), "a.b=one;e.r=two;e.u=two;"); }

TEST(Promises, StrengthsAreResolved) {
  EXPECT_EQ(read("text\n\n| strength | claims |\n| :-: | --- |\n| Good | `e.*`, `a.b` |\n\n" + std::string{claims}),
            "a.b=one;e.r=two;e.u=two;Good: e.r e.u a.b");
}

TEST(Promises, ABarInCodeOrAfterABackslashIsNoCell) {
  EXPECT_EQ(read("| id | claim |\n| - | - |\n| `a` | b `|` c \\| d |\n"), "a=b `|` c \\| d;");
}

TEST(Promises, MistakesHaveTheirLine) {
  EXPECT_EQ(read("nothing"), "p.md: there is no table of claims: its first column is called `id`");
  EXPECT_EQ(read(std::string{claims} + "| `a.b` | again | z |\n"), "p.md:5: the claim `a.b` stands here twice");
  EXPECT_EQ(read(std::string{claims} + "| a.c | no id | z |\n"),
            "p.md:5: a line of the table of claims has no id between backticks");
  EXPECT_EQ(read(std::string{claims} + "| `a.c` | | z |\n"), "p.md:5: the claim says nothing");
  EXPECT_EQ(read(std::string{claims} + "\n| strength | claims |\n| Bad | `x.*` |\n"),
            "p.md:7: the strength names `x.*`, which is no claim");
}

TEST(Like, AStarIsAnyText) {
  EXPECT_TRUE(like("a*c", "abbc"));
  EXPECT_TRUE(like("a*", "a"));
  EXPECT_TRUE(like("*b*b*", "abcbd"));
  EXPECT_TRUE(like("a*b", "abab"));
  EXPECT_FALSE(like("a*b", "abac"));
  EXPECT_FALSE(like("ab*ba", "aba"));
  EXPECT_FALSE(like("a", "ab"));
}

}  // namespace
}  // namespace guard::claims
