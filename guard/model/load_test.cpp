#include "guard/model/fixture.hpp"

namespace guard {
namespace {

constexpr std::string_view plain = R"(
read: ["*.cpp", "*.hpp", "*.h"]
ignore: ["build/**"]
tests: ["*_test.cpp"]
layers: [{name: all, modules: ["**"], neighbours: all}]
modules: [{path: .}]
rules: []
)";

class Load : public ::testing::Test {
 protected:
  std::string edges() {
    tree_ = tree_of(planted, rules);
    return edges_of(tree_);
  }
  std::string troubles() {
    tree_ = tree_of(planted, rules);
    return troubles_of(tree_);
  }

  Planted planted;
  RulesFile rules = rules_of(plain);

 private:
  Tree tree_;
};

TEST_F(Load, QuotesLookBesideTheFileFirstAndBracketsNever) {
  planted.files({{"a/x.hpp", ""},
                 {"inc/x.hpp", ""},
                 {"a/m.cpp", "#include \"x.hpp\"\n#include <x.hpp>\n#include <vector>\n#include \"gone.hpp\"\n"}});
  planted.compiled({{"a/m.cpp", "-I inc"}});
  EXPECT_EQ(edges(), "a/m.cpp:1 -> a/x.hpp\na/m.cpp:2 -> inc/x.hpp\na/m.cpp:3 -> <vector>\na/m.cpp:4 -> <gone.hpp>\n");
}

TEST_F(Load, FoldersAreSearchedInTheCompilersOrder) {
  planted.files({{"quote/x.hpp", ""}, {"one/x.hpp", ""}, {"system/x.hpp", ""}, {"system/y.hpp", ""}});
  planted.file("m.cpp", "#include \"x.hpp\"\n#include <x.hpp>\n#include <y.hpp>\n");
  planted.compiled({{"m.cpp", "-isystem system -iquote quote -Ione"}});
  EXPECT_EQ(edges(), "m.cpp:1 -> quote/x.hpp\nm.cpp:2 -> one/x.hpp\nm.cpp:3 -> system/y.hpp\n");
}

TEST_F(Load, AHeaderIsReadUnderTheSearchPathOfEachUnit) {
  planted.files({{"one/x.hpp", ""}, {"two/x.hpp", ""}, {"h.hpp", "#include <x.hpp>\n"}});
  planted.files({{"m.cpp", "#include \"h.hpp\"\n"}, {"n.cpp", "#include \"h.hpp\"\n"}});
  planted.compiled({{"m.cpp", "-Ione"}, {"n.cpp", "-Itwo"}});
  EXPECT_EQ(edges(), "h.hpp:1 -> one/x.hpp\nh.hpp:1 -> two/x.hpp\nm.cpp:1 -> h.hpp\nn.cpp:1 -> h.hpp\n");
}

TEST_F(Load, AGeneratedHeaderHidesOneOfTheTree) {
  planted.files({{"build/gen/x.hpp", ""}, {"inc/x.hpp", ""}, {"m.cpp", "#include <x.hpp>\n"}});
  planted.compiled({{"m.cpp", "-Ibuild/gen -Iinc"}});
  EXPECT_EQ(edges(), "m.cpp:1 -> <x.hpp>\n");
}

TEST_F(Load, AFileOfNoUnitIsSearchedForEverywhere) {
  planted.files({{"inc/x.hpp", ""}, {"m.cpp", ""}, {"other.cpp", "#include <x.hpp>\n"}});
  planted.compiled({{"m.cpp", "-Iinc"}});
  EXPECT_EQ(edges(), "other.cpp:1 -> inc/x.hpp\n");
}

TEST_F(Load, WhatStandsUnderAFalseIfIsListedWithIt) {
  planted.files({{"x.hpp", "#ifndef X\n#define X\n#include <map>\n#endif\n"},
                 {"m.cpp", "#if 0\n#include \"x.hpp\"\n#endif\n// #include \"no.hpp\"\n"}});
  planted.compiled({{"m.cpp", ""}});
  EXPECT_EQ(edges(), "m.cpp:2 -> x.hpp if 0\nx.hpp:3 -> <map>\n");
}

TEST_F(Load, AMacroThatSaysWhatIsIncludedIsATrouble) {
  planted.file("m.cpp", "\n#include WHAT\n").compiled({{"m.cpp", ""}});
  EXPECT_EQ(troubles(), "m.cpp:2: includes what the macro `WHAT` says\n");
  rules = rules_of(std::string{plain} + "macro_includes: [{from: m.cpp, to: WHAT, reason: r}]\n");
  EXPECT_EQ(troubles(), "");
}

TEST_F(Load, ALineThatIsNoUtf8IsNamed) {
  planted.file("m.cpp", "// \xC3\xBC\n\n// \xFF\n").compiled({{"m.cpp", ""}});
  EXPECT_EQ(troubles(), "m.cpp:3: is not UTF-8\n");
}

TEST_F(Load, LinksThatLeadUpOrNowhereAreTroubles) {
  planted.file("m.cpp", "").file("a/n.cpp", "").compiled({{"m.cpp", ""}});
  std::filesystem::create_directory_symlink("..", planted.root / "a/up");
  std::filesystem::create_directory_symlink("a", planted.root / "side");
  std::filesystem::create_symlink("self.cpp", planted.root / "self.cpp");
  std::filesystem::create_symlink("gone.cpp", planted.root / "z.cpp");
  std::filesystem::create_symlink("m.cpp", planted.root / "fine.cpp");
  EXPECT_EQ(
      troubles(),
      "a/up: is a symbolic link to a folder that it lies in\nself.cpp: is a symbolic link to itself\n"
      "side: is a symbolic link to a folder: what lies there was not read\nz.cpp: is a symbolic link to nothing\n");
}

TEST_F(Load, ABrokenFileIsATroubleWithItsLine) {
  planted.file("m.cpp", "#if 1\n").compiled({{"m.cpp", ""}});
  EXPECT_EQ(troubles().substr(0, 8), "m.cpp:1:");
}

TEST_F(Load, WithoutACompilationDatabaseItSaysWhatToRun) {
  planted.file("m.cpp", "");
  const Tree tree = tree_of(planted, rules);
  ASSERT_EQ(tree.troubles.size(), 1U);
  EXPECT_EQ(to_text(tree.troubles[0].place), "build/compile_commands.json");
  EXPECT_EQ(tree.troubles[0].next, "Run: cmake -B build -DCMAKE_EXPORT_COMPILE_COMMANDS=ON");
  ASSERT_TRUE(tree.no_targets);
  EXPECT_TRUE(std::filesystem::exists(planted.root / "build/.cmake/api/v1/query/codemodel-v2"));
}

TEST_F(Load, ABrokenDatabaseOrReplyIsATrouble) {
  planted.file("m.cpp", "").file("build/compile_commands.json", "[{\"file\":1}]");
  planted.file("build/.cmake/api/v1/reply/index-1.json", "{");
  const Tree tree = tree_of(planted, rules);
  ASSERT_EQ(tree.troubles.size(), 1U);
  EXPECT_EQ(tree.troubles[0].what, "is no compilation database");
  ASSERT_TRUE(tree.no_targets);
  EXPECT_TRUE(tree.no_targets->what.starts_with("is no JSON"));
}

TEST_F(Load, AReplyOlderThanAListFileIsNotBelieved) {
  planted.file("m.cpp", "").file("x.cmake", "").compiled({}).linked({});
  const auto now = std::filesystem::last_write_time(planted.root / "x.cmake");
  EXPECT_FALSE(tree_of(planted, rules).no_targets);
  std::filesystem::last_write_time(planted.root / "x.cmake", now + std::chrono::hours{1});
  const Tree tree = tree_of(planted, rules);
  ASSERT_TRUE(tree.no_targets);
  EXPECT_EQ(tree.no_targets->what, "CMake's reply is older than x.cmake");
}

TEST_F(Load, RulesThatReadNothingAreATrouble) {
  planted.file("m.cc", "").compiled({});
  EXPECT_EQ(troubles(),
            "layers.yaml:2: no file of the tree is named by `read`\n"
            "m.cc: is C++, and `read` does not name it: no rule looks at it\n");
}

TEST_F(Load, WhatIsIncludedAndNotReadIsATrouble) {
  rules = rules_of(R"(
read: ["*.cpp"]
layers: [{name: all, modules: ["**"], neighbours: all}]
modules: [{path: a}]
rules: []
)");
  planted.files({{"a/table.def", ""}, {"a/m.cpp", "#include \"table.def\"\n#include \"a/gone.hpp\"\n"}});
  planted.file("a/fine.cpp",
               "#include <a/gone.hpp>\n#include \"b/gone.hpp\"\n#ifdef X\n#include \"a/gone.hpp\"\n#endif\n");
  planted.compiled({{"a/m.cpp", "-I."}, {"a/fine.cpp", "-I."}});
  EXPECT_EQ(troubles(),
            "a/m.cpp:1: includes a/table.def, which `read` does not name\n"
            "a/m.cpp:2: includes a/gone.hpp, which is not there\n");
}

TEST_F(Load, AnIncludeIsFoundHoweverItsPathIsWritten) {
  planted.file("a/x.hpp", "");
  planted.file("m.cpp", "#include \"a//x.hpp\"\n#include \"" + (planted.root / "a/x.hpp").string() + "\"\n");
  planted.file("n.cpp", "#include \"x.hpp\"\n");
  planted.compiled({{"m.cpp", "-I."}, {"n.cpp", "--include-directory=a -Xclang -include -Xclang a/x.hpp"}});
  EXPECT_EQ(edges(), "m.cpp:1 -> a/x.hpp\nm.cpp:2 -> a/x.hpp\nn.cpp:0 -> a/x.hpp\nn.cpp:1 -> a/x.hpp\n");
}

TEST_F(Load, ACommandThatLeavesArgumentsToAFileIsATrouble) {
  planted.file("m.cpp", "").compiled({{"m.cpp", "@flags.rsp"}});
  EXPECT_EQ(troubles(), "build/compile_commands.json: leaves arguments of m.cpp to a response file\n");
}

TEST_F(Load, AFileBelongsToTheDeepestModuleAbove) {
  rules = rules_of(R"(
read: ["*.cpp"]
layers: [{name: all, modules: ["**"]}, {name: later, modules: [later/**], planned: true}]
modules: [{path: a}, {path: a/b}, {path: empty}]
rules: []
)");
  planted.files({{"a/x.cpp", ""}, {"a/b/c/y.cpp", ""}, {"z.cpp", ""}}).compiled({});
  const Tree tree = tree_of(planted, rules);
  EXPECT_EQ(tree.file("a/x.cpp")->module->path, "a");
  EXPECT_EQ(tree.file("a/b/c/y.cpp")->module->path, "a/b");
  EXPECT_EQ(tree.file("z.cpp")->module, nullptr);
  EXPECT_EQ(troubles_of(tree), "layers.yaml:4: module empty has no file\n");
}

TEST_F(Load, ATargetLinksItselfWhatNothingElseBrings) {
  planted.files({{"a.cpp", ""}, {"b.cpp", ""}, {"c_test.cpp", ""}}).compiled({});
  planted.linked({{.name = "a", .sources = {"a.cpp"}},
                  {.name = "b", .sources = {"b.cpp"}, .reaches = {"a"}},
                  {.name = "c", .sources = {"c_test.cpp"}, .reaches = {"a", "b"}, .kind = "EXECUTABLE"}});
  const Tree tree = tree_of(planted, rules);
  ASSERT_EQ(tree.targets.size(), 3U);
  const Target& c = tree.targets[2];
  EXPECT_TRUE(c.is_test);
  EXPECT_EQ(to_text(c.place), "CMakeLists.txt:3");
  EXPECT_EQ(c.reaches, (std::vector{&tree.targets[0], &tree.targets[1]}));
  EXPECT_EQ(c.links, (std::vector{&tree.targets[1]}));
}

}  // namespace
}  // namespace guard
