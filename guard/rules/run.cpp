#include "guard/rules/run.hpp"

#include <algorithm>
#include <optional>

#include "guard/model/glob.hpp"
#include "guard/rules/rules.hpp"
#include "shared/json/json.hpp"

namespace guard {

namespace {

std::string no_such(std::string_view name) {
  std::vector<std::string_view> names;
  for (const Checker& each : checkers()) names.push_back(each.name);
  const std::string_view near = json::nearest(name, names);
  return "there is no check " + std::string{name} + (near.empty() ? "" : ", did you mean " + std::string{near} + "?");
}

/// Why these globs give a rule nothing to look at; nothing: they name a file that is read.
std::optional<std::string_view> lack(const Tree& tree, const std::vector<std::string>& globs,
                                     const std::vector<std::string>& except = {}) {
  bool is_there = false;
  for (const File& each : tree.files) {
    if (!is_named(globs, except, each.path)) continue;
    if (each.was_read) return {};
    is_there = true;
  }
  return is_there ? "no file is read that is named" : "no file is named";
}

}  // namespace

void rules::needs_any_file(const Tree& tree, const std::vector<std::string>& globs, const std::string& below,
                           Findings& findings, const std::vector<std::string>& except) {
  if (const auto why = lack(tree, globs, except))
    findings.cannot(findings.rules().place_of(findings.rule(), below), std::string{*why});
}

void rules::needs_files(const Tree& tree, const std::vector<std::string>& globs, const std::string& below,
                        Findings& findings) {
  if (globs.empty()) findings.cannot(findings.rules().place_of(findings.rule(), below), "no file is named");
  for (std::size_t i = 0; i < globs.size(); ++i)
    if (const auto why = lack(tree, {globs[i]}))
      findings.cannot(findings.rules().place_of(findings.rule(), below + "/" + std::to_string(i)),
                      std::string{*why} + " by " + globs[i]);
}

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
