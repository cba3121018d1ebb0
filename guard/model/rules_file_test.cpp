#include <gtest/gtest.h>

#include <utility>

#include "guard/model/compile_commands.hpp"
#include "guard/model/fixture.hpp"
#include "guard/model/glob.hpp"

namespace guard {
namespace {

constexpr std::string_view head = "read: ['*.cpp']\n";

/// What is wrong with a rule set that begins with `head`.
std::string wrong_with(std::string_view yaml) {
  const auto rules = parse_rules(std::string{head} + std::string{yaml}, "layers.yaml");
  return rules ? "" : rules.error().detail;
}

TEST(RulesFile, NamesThatNothingHasAreRefusedWithTheirLine) {
  EXPECT_EQ(wrong_with("layers: [{name: a, modules: [a], uses: [b]}]\nmodules: []\nrules: []\n"),
            "layers.yaml:2: there is no layer b");
  EXPECT_EQ(wrong_with("layers: [{name: a, modules: [a]}]\nmodules:\n  - {path: a, uses: [x]}\nrules: []\n"),
            "layers.yaml:4: there is no module x");
  EXPECT_EQ(wrong_with("layers: [{name: a, modules: [a]}]\nmodules:\n  - {path: b}\nrules: []\n"),
            "layers.yaml:4: no layer names module b");
}

TEST(RulesFile, WhatContradictsItselfIsRefused) {
  EXPECT_EQ(
      wrong_with(
          "layers: [{name: a, modules: [a], uses: [b]}, {name: b, modules: [b], uses: [a]}]\nmodules: []\nrules: []\n"),
      "layers.yaml:2: layers use each other: a -> b -> a");
  EXPECT_EQ(
      wrong_with(
          "layers: [{name: a, modules: ['*']}]\nmodules: [{path: x, uses: [y]}, {path: y, uses: [x]}]\nrules: []\n"),
      "layers.yaml:3: modules use each other: x -> y -> x");
  EXPECT_EQ(
      wrong_with("layers: [{name: a, modules: [x]}, {name: b, modules: ['*']}]\nmodules: [{path: x}]\nrules: []\n"),
      "layers.yaml:3: more than one layer names module x");
  EXPECT_EQ(wrong_with("layers: [{name: a, modules: [x]}, {name: b, modules: [y]}]\nmodules: [{path: x, uses: [y]}, "
                       "{path: y}]\nrules: []\n"),
            "layers.yaml:3: x and y lie in different layers: the layers' `uses` decides");
  EXPECT_EQ(wrong_with("layers: [{name: a, modules: ['*'], neighbours: all}]\nmodules: [{path: x, uses: [y]}, {path: "
                       "y}]\nrules: []\n"),
            "layers.yaml:3: layer a does not ask for declared neighbours");
}

TEST(RulesFile, NothingStandsThereTwice) {
  EXPECT_EQ(wrong_with("layers: []\nmodules: []\nrules:\n  - {id: a, why: w, fix: f}\n  - {id: a, why: w, fix: f}\n"),
            "layers.yaml:6: rule a stands here twice");
  EXPECT_EQ(wrong_with("layers: [{name: a, modules: [x]}]\nmodules: [{path: x}, {path: x}]\nrules: []\n"),
            "layers.yaml:3: module x stands here twice");
}

TEST(RulesFile, AnExceptionHasAReasonAndAKeyIsKnown) {
  EXPECT_TRUE(wrong_with("layers: []\nmodules: []\nrules:\n  - {id: a, why: w, fix: f, allow: [{from: x}]}\n")
                  .contains("layers.yaml:5"));
  EXPECT_EQ(
      wrong_with("layers: []\nmodules: []\nrules:\n  - {id: a, why: w, fix: f, allow: [{from: x, reason: ' '}]}\n"),
      "layers.yaml:5: an exception has a reason");
  EXPECT_TRUE(wrong_with("layers: []\nmodules: []\nrules:\n  - {id: a, why: w, fix: f, mod: warn}\n")
                  .contains("did you mean `mode`"));
  EXPECT_TRUE(wrong_with("layers: []\nmodules: []\nrules:\n  - {id: a, why: w, fix: f, mode: loud}\n")
                  .contains("layers.yaml:5"));
}

TEST(Glob, StarsStayInTheirFolder) {
  const std::pair<const char*, const char*> yes[] = {{"*.cpp", "a/b.cpp"},
                                                     {"a/*.cpp", "a/b.cpp"},
                                                     {"a/**", "a"},
                                                     {"a/**", "a/b/c"},
                                                     {"**/c", "c"},
                                                     {"**/c", "a/b/c"},
                                                     {"a/**/c.hpp", "a/c.hpp"},
                                                     {"a/b?.cpp", "a/b1.cpp"},
                                                     {"**", "a/b"},
                                                     {"a/*_test.cpp", "a/x_test.cpp"}};
  const std::pair<const char*, const char*> no[] = {{"a/*.cpp", "a/b/c.cpp"}, {"a/**", "ab"},       {"a/**", "b/a/c"},
                                                    {"a?b", "a/b"},           {"*.cpp", "a.cpp/b"}, {"a", "a/b"}};
  for (const auto& [pattern, path] : yes) EXPECT_TRUE(matches(pattern, path)) << pattern << " " << path;
  for (const auto& [pattern, path] : no) EXPECT_FALSE(matches(pattern, path)) << pattern << " " << path;
}

TEST(CompileCommands, ACommandIsSplitAsAShellWould) {
  EXPECT_EQ(split_command(R"(c++ -DX=\"a b\" '-I/a b' "-Dq=\"1\" \$x" a\ b ''  )"),
            (std::vector<std::string>{"c++", R"(-DX="a)", R"(b")", "-I/a b", R"(-Dq="1" \$x)", "a b", ""}));
}

}  // namespace
}  // namespace guard
