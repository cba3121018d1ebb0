// For tests of rules: a small tree on disk, one rule over it, and what the rule said as text.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "guard/model/fixture.hpp"
#include "guard/rules/run.hpp"

namespace guard {

using Files = std::map<std::string, std::string>;

/// `file:line subject` for each finding, `file:line cannot …` for each trouble, `(strict)` for what only strict says.
inline std::string to_lines(const std::vector<Findings>& all) {
  std::string out;
  for (const Findings& each : all) {
    for (const Finding& found : each.found())
      out += to_text(found.place) + " " + found.subject + (found.only_strict ? " (strict)\n" : "\n");
    for (const Trouble& trouble : each.troubles()) out += to_text(trouble.place) + " cannot " + trouble.what + "\n";
  }
  return out;
}

class RuleTest : public ::testing::Test {
 protected:
  /// `modules`: their paths; `rule`: its YAML without id, why and fix.
  static std::string said(const Files& files, const std::vector<std::string>& modules, const std::string& rule) {
    Planted planted;
    planted.files(files);
    std::string yaml =
        "read: ['**']\ntests: ['*_test.cpp']\nlayers:\n  - {name: all, modules: ['**'], neighbours: all}\n"
        "modules:\n";
    for (const std::string& each : modules) yaml += "  - {path: " + each + "}\n";
    yaml += "rules:\n  - id: tested\n    why: w\n    fix: f\n" + indented(rule);
    const RulesFile rules = rules_of(yaml);
    return to_lines(run(tree_of(planted, rules), rules, [](const Rule&) { return true; }));
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
};

}  // namespace guard
