#include "guard/ask/ask.hpp"

#include <gtest/gtest.h>

#include "guard/model/fixture.hpp"
#include "shared/json/document.hpp"

namespace guard {
namespace {

constexpr std::string_view yaml = R"(
read: ["*.cpp", "*.hpp"]
ignore: ["build/**"]
tests: ["*_test.cpp"]
layers: [{name: top, modules: [a], uses: [low]}, {name: low, modules: [b, c]}]
modules:
  - {path: a}
  - {path: b, test_uses: [c]}
  - {path: c}
rules:
  - {id: layers, why: w, fix: f, allow: [{from: c/*, to: b/b.hpp, reason: the reason}]}
)";

class Ask : public ::testing::Test {
 protected:
  Ask() {
    planted.files({{"a/a.cpp", "#include \"b/b.hpp\"\n"},
                   {"b/b.hpp", "#include \"b/in.hpp\"\n"},
                   {"b/in.hpp", ""},
                   {"b/b.cpp", "#include \"b/b.hpp\"\n"},
                   {"b/b_test.cpp", "#include \"b/b.hpp\"\n"},
                   {"b/schema/1.sql", ""},
                   {"c/c.cpp", "#if X\n#include <gone.hpp>\n#endif\n"},
                   {"c/c_test.cpp", ""},
                   {"top.txt", ""}});
    planted.compiled({{"a/a.cpp", "-I."}});
    planted.linked({{.name = "b", .sources = {"b/b.cpp"}},
                    {.name = "c", .sources = {"c/c.cpp"}},
                    {.name = "a_app", .sources = {"a/a.cpp"}, .reaches = {"b"}, .kind = "EXECUTABLE"},
                    {.name = "b_test", .sources = {"b/b_test.cpp"}, .reaches = {"b"}, .kind = "EXECUTABLE"},
                    {.name = "c_test", .sources = {"c/c_test.cpp"}, .reaches = {"c"}, .kind = "EXECUTABLE"}});
    tree = tree_of(planted, rules);
  }
  std::string why(std::string_view from, std::string_view to) const {
    const auto text = explain(tree, rules, from, to);
    if (!text) return text.error().detail;
    const std::size_t begin = text->find("  ") + 2;
    return text->substr(begin, text->find('\n', begin) - begin);
  }

  Planted planted;
  RulesFile rules = rules_of(yaml);
  Tree tree;
};

TEST_F(Ask, ExplainsWhatMayIncludeWhat) {
  EXPECT_EQ(why("a", "b"), "yes: layer top uses layer low");
  EXPECT_EQ(why("b", "a"), "no: layer low does not use layer top");
  EXPECT_EQ(why("b", "c"), "tests only: b declares that it uses c");
  EXPECT_EQ(why("c/", "b"), "no: c does not declare that it uses b");
  EXPECT_EQ(why("a/a.cpp", "b/in.hpp"), "no: b/in.hpp is no public header of b");
  EXPECT_EQ(why("a/a.cpp", "b/b.hpp"), "yes: layer top uses layer low");
  EXPECT_EQ(why("a", "d"), "d: there is no such file or module");
  EXPECT_EQ(why("a", "top.txt"), "top.txt: lies in no module");
}

TEST_F(Ask, ExplainShowsTheWayThatLeadsThere) {
  EXPECT_TRUE(
      explain(tree, rules, "a", "b/in.hpp")->ends_with("    a/a.cpp:1 -> b/b.hpp\n    b/b.hpp:1 -> b/in.hpp\n"));
  EXPECT_TRUE(explain(tree, rules, "c", "b")->ends_with("  Today nothing leads there.\n"));
}

TEST_F(Ask, ExplainNamesTheExceptions) {
  EXPECT_TRUE(explain(tree, rules, "c/c.cpp", "b/b.hpp")
                  ->contains("layers.yaml:11: an exception of rule layers: the reason\n"));
  EXPECT_FALSE(explain(tree, rules, "b/b.cpp", "b/b.hpp")->contains("exception"));
}

TEST_F(Ask, AChangeTouchesWhatIncludesItAndTheTestsLinkedWithIt) {
  const Affected found = affected(tree, {"b/in.hpp"});
  EXPECT_EQ(found.dependents, (std::vector<std::string>{"a/a.cpp", "b/b.cpp", "b/b.hpp", "b/b_test.cpp"}));
  EXPECT_EQ(found.modules, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(found.tests, (std::vector<std::string>{"b_test"}));
}

TEST_F(Ask, WhatTheCompilerDoesNotSeeCountsForItsModule) {
  EXPECT_EQ(affected(tree, {"b/schema/1.sql"}).tests, (std::vector<std::string>{"b_test"}));
  EXPECT_EQ(affected(tree, {"c/gone.hpp"}).tests, (std::vector<std::string>{"c_test"}));
  EXPECT_TRUE(as_text(affected(tree, {"top.txt"})).ends_with("run every test.\n"));
}

TEST_F(Ask, EdgesAreLinesOfJson) {
  EXPECT_TRUE(edges_as_json(tree).contains(
      "{\"from\":\"c/c.cpp\",\"line\":2,\"written\":\"gone.hpp\",\"to\":\"\",\"condition\":\"X\"}\n"));
  EXPECT_TRUE(json::Document::parse(as_json(affected(tree, {"c/c.cpp"}))));
}

}  // namespace
}  // namespace guard
