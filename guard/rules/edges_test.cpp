// The rules about includes and links: each sees what breaks it, and nothing in a look-alike.
#include <gtest/gtest.h>

#include "guard/rules/cycles.hpp"
#include "guard/rules/fixture.hpp"

namespace guard {
namespace {

constexpr std::string_view house = R"(
read: ["*.cpp", "*.hpp"]
ignore: ["build/**"]
tests: ["*_test.cpp"]
layers:
  - {name: top, modules: ["top/**"], uses: [base], neighbours: declared, groups: [top]}
  - {name: base, modules: ["base/**"]}
modules:
  - {path: top/one/a, uses: [top/one/b]}
  - {path: top/one/b, test_uses: [top/one/a]}
  - {path: top/two/c}
  - {path: base/d, public: [d.hpp, more.hpp]}
rules: [{id: layers, why: w, fix: f}, {id: headers, why: w, fix: f}, {id: cycles, why: w, fix: f}, {id: link, why: w, fix: f}]
)";

class Edges : public ::testing::Test {
 protected:
  Edges() {
    planted.files({{"top/one/a/a.hpp", "#include \"top/one/b/b.hpp\"\n"},
                   {"top/one/a/a.cpp", "#include \"top/one/a/a.hpp\"\n"},
                   {"top/one/b/b.hpp", "#include \"base/d/d.hpp\"\n#include <vector>\n"},
                   {"top/one/b/b_test.cpp", "#include \"top/one/a/a.hpp\"\n"},
                   {"top/two/c/c.hpp", "// #include \"top/one/a/a.hpp\"\n"},
                   {"base/d/d.hpp", "#include \"inside.hpp\"\n"},
                   {"base/d/inside.hpp", ""},
                   {"base/d/more.hpp", "const char* text = \"#include \\\"top/one/a/a.hpp\\\"\";\n"}});
  }

  std::string said(std::string_view id) {
    planted.compiled({{"top/one/a/a.cpp", "-I."}});
    planted.linked(targets);
    rules = rules_of(text);
    tree = tree_of(planted, rules);
    return troubles_of(tree) + to_lines(run(tree, rules, [&](const Rule& rule) { return rule.id == id; }));
  }
  std::string said_with(std::string_view id, const std::string& path, std::string_view source) {
    planted.file(path, source);
    return said(id);
  }
  void replace(std::string_view what, std::string_view by) {
    const std::size_t at = text.find(what);
    ASSERT_NE(at, std::string::npos);
    text.replace(at, what.size(), by);
  }

  Planted planted;
  std::string text{house};
  std::vector<PlantedTarget> targets;
  RulesFile rules;
  Tree tree;
};

TEST_F(Edges, LookAlikesAreFine) {
  for (const char* id : {"layers", "headers", "cycles", "link"}) EXPECT_EQ(said(id), "") << id;
}

TEST_F(Edges, WhatIsForTestsIsIncludedByTestsOnly) {
  planted.file("base/d/world_test.hpp", "");
  replace("\"*_test.cpp\"", "\"*_test.*\"");
  EXPECT_EQ(said_with("layers", "base/d/d_test.cpp", "#include \"base/d/world_test.hpp\"\n"), "");
  EXPECT_EQ(said_with("layers", "base/d/d.cpp", "#include \"base/d/world_test.hpp\"\n"),
            "base/d/d.cpp:1 base/d/d.cpp -> base/d/world_test.hpp\n");
}

TEST_F(Edges, NothingBelowIncludesWhatIsAbove) {
  EXPECT_EQ(said_with("layers", "base/d/d.cpp", "#include \"top/one/b/b.hpp\"\n"),
            "base/d/d.cpp:1 base/d/d.cpp -> top/one/b/b.hpp\n");
}

TEST_F(Edges, ANeighbourIsDeclared) {
  EXPECT_EQ(said_with("layers", "top/one/b/b.cpp", "\n#if 0\n#include \"top/one/a/a.hpp\"\n#endif\n"),
            "top/one/b/b.cpp:3 top/one/b/b.cpp -> top/one/a/a.hpp\n");
}

TEST_F(Edges, GroupsNeverSeeEachOther) {
  replace("{path: top/two/c}", "{path: top/two/c, uses: [top/one/a]}");
  EXPECT_EQ(said_with("layers", "top/two/c/c.cpp", "#include \"top/one/a/a.hpp\"\n"),
            "top/two/c/c.cpp:1 top/two/c/c.cpp -> top/one/a/a.hpp\n");
}

TEST_F(Edges, AFileLiesInAModule) {
  EXPECT_EQ(said_with("layers", "stray.cpp", ""), "stray.cpp stray.cpp\n");
  replace("{id: layers, why: w, fix: f}", "{id: layers, why: w, fix: f, allow: [{from: stray.cpp, reason: r}]}");
  EXPECT_EQ(said("layers"), "");
}

TEST_F(Edges, WhatIsAllowedAndNotUsedIsStrictsToSay) {
  planted.file("top/one/b/b_test.cpp", "").file("top/one/b/b.hpp", "");
  replace("{id: layers, why: w, fix: f}", "{id: layers, why: w, fix: f, allow: [{from: gone.cpp, reason: r}]}");
  EXPECT_EQ(said("layers"),
            "layers.yaml:10 uses top/one/b -> top/one/a (strict)\nlayers.yaml:6 uses layer top -> layer base (strict)\n"
            "layers.yaml:13 allow gone.cpp (strict)\n");
}

TEST_F(Edges, AModuleIsEnteredByItsPublicHeaders) {
  EXPECT_EQ(said_with("headers", "top/one/a/a.cpp", "#include \"base/d/inside.hpp\"\n#include \"base/d/more.hpp\"\n"),
            "top/one/a/a.cpp:1 top/one/a/a.cpp -> base/d/inside.hpp\n");
}

TEST_F(Edges, APublicHeaderThatIsNotThereIsATrouble) {
  replace("more.hpp", "gone.hpp");
  EXPECT_EQ(said("headers"), "layers.yaml:12 cannot headers: no file is named by base/d/gone.hpp\n");
}

TEST_F(Edges, TheShortestRingIsShownWithALineForEachEdge) {
  planted.file("base/d/inside.hpp", "\n#include \"base/d/more.hpp\"\n")
      .file("base/d/more.hpp", "#include \"base/d/far.hpp\"\n#include \"base/d/inside.hpp\"\n");
  planted.file("base/d/far.hpp", "#include \"base/d/inside.hpp\"\n");
  EXPECT_EQ(said("cycles"), "base/d/inside.hpp:2 ring of base/d/inside.hpp, base/d/more.hpp\n");
}

TEST_F(Edges, ModulesFormNoRingAndTestsAreNoPartOfOne) {
  EXPECT_EQ(said_with("cycles", "top/one/b/other.hpp", "#include \"top/one/a/a.hpp\"\n"),
            "top/one/a/a.hpp:1 ring of top/one/a, top/one/b\n");
}

TEST_F(Edges, WhatIsIncludedIsLinkedAndTheOtherWayRound) {
  planted.file("base/d/d.cpp", "")
      .file("top/two/c/c.cpp", "")
      .file("top/one/b/b.cpp", "#include \"top/one/b/b.hpp\"\n");
  targets = {{.name = "a", .sources = {"top/one/a/a.cpp"}, .reaches = {"c"}},
             {.name = "b", .sources = {"top/one/b/b.cpp"}, .reaches = {"d"}},
             {.name = "c", .sources = {"top/two/c/c.cpp"}},
             {.name = "d", .sources = {"base/d/d.cpp"}}};
  EXPECT_EQ(said("link"), "top/one/a/a.hpp:1 a includes top/one/b\nCMakeLists.txt:1 a links c\n");
}

TEST_F(Edges, AModuleOfHeadersIsLinkedByNobodyAndWhatItIncludesIs) {
  planted.file("base/d/d.cpp", "");
  targets = {{.name = "a", .sources = {"top/one/a/a.cpp"}}, {.name = "d", .sources = {"base/d/d.cpp"}}};
  EXPECT_EQ(said("link"), "top/one/b/b.hpp:1 a includes base/d\n");
  targets[0].reaches = {"d"};
  EXPECT_EQ(said("link"), "");
}

TEST_F(Edges, WithoutCMakesReplyLinksCannotBeChecked) {
  planted.compiled({{"top/one/a/a.cpp", "-I."}});
  rules = rules_of(text);
  tree = tree_of(planted, rules);
  const auto found = run(tree, rules, [](const Rule& rule) { return rule.id == "link"; });
  ASSERT_EQ(found.at(0).troubles().size(), 1U);
  EXPECT_EQ(found[0].troubles()[0].next, "Run: cmake -B build -DCMAKE_EXPORT_COMPILE_COMMANDS=ON");
}

TEST_F(Edges, AnUnknownCheckIsATrouble) {
  replace("{id: link, why: w, fix: f}", "{id: link, check: lnk, why: w, fix: f}");
  EXPECT_EQ(said("link"), "layers.yaml:13 cannot link: there is no check lnk, did you mean link?\n");
}

TEST(Rings, OfEachKnotTheShortest) {
  EXPECT_EQ(shortest_rings({}), std::vector<Ring>{});
  EXPECT_EQ(shortest_rings({{1}, {2}, {}}), std::vector<Ring>{});
  EXPECT_EQ(shortest_rings({{0}}), (std::vector<Ring>{{0}}));
  EXPECT_EQ(shortest_rings({{1}, {2, 3}, {0}, {1}}), (std::vector<Ring>{{1, 3}}));
  EXPECT_EQ(shortest_rings({{1}, {0}, {3}, {4}, {2, 0}}), (std::vector<Ring>{{0, 1}, {2, 3, 4}}));
}

TEST(Rings, AChainLongerThanAStackIsFine) {
  std::vector<std::vector<std::size_t>> chain(300'000);
  for (std::size_t i = 0; i + 1 < chain.size(); ++i) chain[i] = {i + 1};
  EXPECT_TRUE(shortest_rings(chain).empty());
}

}  // namespace
}  // namespace guard
