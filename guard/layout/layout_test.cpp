#include "guard/layout/layout.hpp"

#include <gtest/gtest.h>

#include "guard/model/fixture.hpp"

namespace guard {
namespace {

constexpr std::string_view yaml = R"yaml(
read: []
layers: [{name: low, modules: ["low/**"]}, {name: bare, modules: ["bare/**"]}]
modules: [{path: low/a}]
new_module:
  - layers: [low]
    templates: shape
    lines:
      - {file: list.cmake, after: ["module({parent}/", "module("], line: "module({path} {target})"
}
rules: []
)yaml";

class Layout : public ::testing::Test {
 protected:
  Layout() {
    planted.file("shape/{name}.hpp.in", "// {Name} of {layer}: {path}\n").file("shape/README.md.in", "# {name}\n");
    planted.file("list.cmake", "module(low/a low_a)\nmodule(low/b/c low_b_c)\nend()\n");
  }
  std::string refused(std::string_view path) {
    const auto made = lay_out(planted.root, rules, path);
    return made ? "" : made.error().detail;
  }

  Planted planted;
  RulesFile rules = rules_of(yaml);
};

TEST_F(Layout, FilesComeFromTemplatesAndLinesStandAfterTheirNeighbours) {
  const auto made = lay_out(planted.root, rules, "low/badges");
  ASSERT_TRUE(made);
  EXPECT_EQ(*made, "changed  list.cmake\nmade     low/badges/README.md\nmade     low/badges/badges.hpp\n");
  EXPECT_EQ(planted.text("low/badges/badges.hpp"), "// Badges of low: low/badges\n");
  EXPECT_EQ(planted.text("list.cmake"),
            "module(low/a low_a)\nmodule(low/b/c low_b_c)\nmodule(low/badges low_badges)\nend()\n");
}

TEST_F(Layout, WhatCannotBeLaidOutLeavesNothing) {
  planted.file("low/there/x", "").file("bare/x", "");
  EXPECT_EQ(refused("low/there"), "low/there: is there already");
  EXPECT_EQ(refused("bare/fresh"), "layers.yaml: `new_module` has no layout for layer bare");
  EXPECT_EQ(refused("high/fresh"), "layers.yaml: no layer names high/fresh");
  for (const char* path : {"", "low", "low/", "/low/x", "low/../x", "low//x", "low/X"})
    EXPECT_TRUE(refused(path).ends_with("a module is a folder such as platform/badges")) << path;
  for (const char* path : {"low/123", "low/class"})
    EXPECT_TRUE(refused(path).ends_with("the name of no namespace")) << path;
  planted.file("list.cmake", "end()\n");
  EXPECT_EQ(refused("low/fresh"), "list.cmake: there is no line after which the module's is to stand");
  EXPECT_FALSE(std::filesystem::exists(planted.root / "low/fresh"));
}

}  // namespace
}  // namespace guard
