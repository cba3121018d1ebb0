#include "guard/rules/run.hpp"

#include <algorithm>

#include "shared/json/json.hpp"

namespace guard {

namespace {

std::string no_such(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Checker& each : checkers()) names.push_back(each.name);
  const std::string_view near = json::nearest(name, names);
  return "there is no check " + std::string{name} + (near.empty() ? "" : ", did you mean " + std::string{near} + "?");
}

}  // namespace

std::vector<Findings> run(const Tree& tree, const RulesFile& rules, const std::function<bool(const Rule&)>& wanted) {
  std::vector<Findings> said;
  for (const Rule& rule : rules.rules) {
    if (!wanted(rule)) continue;
    Findings& findings = said.emplace_back(rules, rule);
    const std::string& name = rule.check.empty() ? rule.id : rule.check;
    const auto checker = std::ranges::find(checkers(), name, &Checker::name);
    if (checker == checkers().end()) {
      findings.cannot(rules.place_of(rule, rule.check.empty() ? "/id" : "/check"), no_such(name));
      continue;
    }
    checker->check(tree, rule, findings);
    findings.close();
  }
  return said;
}

}  // namespace guard
