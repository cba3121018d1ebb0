// For tests of rules: a small tree on disk, one rule over it, and what the rule said as text.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <string_view>

#include "guard/rules/run.hpp"

namespace guard {

using Files = std::map<std::string, std::string>;

class RuleTest : public ::testing::Test {
 protected:
  RuleTest() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    root_ = std::filesystem::path{::testing::TempDir()} /
            (std::string{"guard_"} + test->test_suite_name() + "_" + test->name());
  }
  ~RuleTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
  }

  /// `file:line subject` for each finding, `file:line cannot …` for each trouble, `(strict)` for what only strict says.
  /// `modules`: their paths; `rule`: its YAML without id, why and fix.
  std::string said(const Files& files, const std::vector<std::string>& modules, const std::string& rule) {
    std::filesystem::remove_all(root_);
    for (const auto& [path, text] : files) {
      std::filesystem::create_directories((root_ / path).parent_path());
      std::ofstream{root_ / path} << text;
    }
    std::string yaml =
        "read: ['**']\ntests: ['*_test.cpp']\nlayers:\n  - {name: all, modules: ['**'], neighbours: all}\n"
        "modules:\n";
    for (const std::string& each : modules) yaml += "  - {path: " + each + "}\n";
    yaml += "rules:\n  - id: tested\n    why: w\n    fix: f\n" + indented(rule);
    const auto rules = parse_rules(yaml, "layers.yaml");
    if (!rules) return "layers.yaml is refused: " + rules.error().detail;
    const auto tree = load({.root = root_}, *rules);
    if (!tree) return "no tree: " + tree.error().detail;
    std::string out;
    for (const Findings& each : run(*tree, *rules, [](const Rule&) { return true; })) {
      for (const Finding& found : each.found())
        out += to_text(found.place) + " " + found.subject + (found.only_strict ? " (strict)\n" : "\n");
      for (const Trouble& trouble : each.troubles()) out += to_text(trouble.place) + " cannot " + trouble.what + "\n";
    }
    return out;
  }

 private:
  static std::string indented(std::string_view yaml) {
    std::string out;
    while (!yaml.empty()) {
      const std::size_t end = std::min(yaml.find('\n'), yaml.size());
      out += "    " + std::string{yaml.substr(0, end)} + "\n";
      yaml.remove_prefix(std::min(end + 1, yaml.size()));
    }
    return out;
  }

  std::filesystem::path root_;
};

}  // namespace guard
