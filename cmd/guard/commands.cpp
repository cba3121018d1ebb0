#include "cmd/guard/commands.hpp"

#include <algorithm>
#include <filesystem>

#include "guard/ask/ask.hpp"
#include "guard/layout/layout.hpp"
#include "guard/model/git.hpp"
#include "guard/report/report.hpp"
#include "guard/report/since.hpp"
#include "guard/rules/run.hpp"

namespace guard {

namespace fs = std::filesystem;
using base::Error;
using base::Result;

namespace {

/// Troubles of the tree, after an answer that was asked for: the answer may lack what could not be read.
Done answer(const Tree& tree, std::string printed) {
  for (const Trouble& each : tree.troubles) printed += to_text(each.place) + ": could not check: " + each.what + "\n";
  return {std::move(printed), tree.troubles.empty() ? 0 : 2};
}

Result<Done> boundary(const Options& options, const RulesFile& rules, const Tree& tree) {
  const Boundary now = boundary_of(tree);
  if (options.format == "mermaid") return answer(tree, as_mermaid(now));
  if (options.format == "dot") return answer(tree, as_dot(now));
  if (options.since.empty()) return answer(tree, as_markdown(now, nullptr));
  const auto before = boundary_since(tree, options.since, options.rules, options.build, rules);
  if (!before) return before.error();
  return answer(tree, as_markdown(now, &*before));
}

Result<std::optional<Baseline>> baseline_before(const Options& options, const RulesFile& rules) {
  if (options.baseline_base.empty()) return std::optional<Baseline>{};
  const auto commit =
      git(options.root, {"rev-parse", "--verify", "--end-of-options", options.baseline_base + "^{commit}"});
  if (!commit) return commit.error();
  const std::string file = commit->substr(0, commit->find('\n')) + ":./" + options.baseline;
  const auto text = git(options.root, {"show", "--end-of-options", file});
  if (!text) return std::optional<Baseline>{};  // it had none: this is the first
  auto before = parse_baseline(*text, options.baseline, rules);
  if (!before) return before.error();
  return std::optional<Baseline>{std::move(*before)};
}

Result<Done> check(const Options& options, const RulesFile& rules, const Tree& tree) {
  if (rules.rules.empty())
    return Error{base::invalid, options.rules + ": has no rule, so that anything would be clean"};
  if (options.baseline != Options{}.baseline && !fs::exists(fs::path{options.root} / options.baseline))
    return Error{base::invalid, options.baseline + ": is not there"};
  const auto baseline = read_baseline(options.root, options.baseline, rules);
  if (!baseline) return baseline.error();
  const auto before = baseline_before(options, rules);
  if (!before) return before.error();
  const auto& earlier = *before;
  for (const std::string& each : options.only)
    if (std::ranges::find(rules.rules, each, &Rule::id) == rules.rules.end())
      return Error{base::invalid, options.rules + ": there is no rule " + each};
  const Judgement how{.mode = options.mode,
                      .today = options.today.value_or(base::day_of(base::WallClock{}.now())),
                      .before = earlier ? &*earlier : nullptr};
  const auto said = run(tree, rules, [&](const Rule& rule) {
    const bool wanted = options.only.empty() || std::ranges::find(options.only, rule.id) != options.only.end();
    return wanted && mode_of(rule, how) != Mode::off;
  });
  const Outcome outcome = judge(tree, *baseline, said, how);
  std::string printed = options.format == "json"    ? as_json(tree, outcome)
                        : options.format == "sarif" ? as_sarif(tree, outcome)
                                                    : as_text(tree, outcome);
  return Done{std::move(printed), outcome.exit_code()};
}

Result<Done> ask(const Options& options, const RulesFile& rules, const Tree& tree) {
  if (options.command == "edges") return answer(tree, edges_as_json(tree));
  if (options.command == "explain") {
    auto text = explain(tree, rules, options.words[0], options.words[1]);
    if (!text) return text.error();
    return answer(tree, std::move(*text));
  }
  const auto changed = changed_since(tree.root, options.words[0]);
  if (!changed) return changed.error();
  if (tree.no_targets)
    return Error{base::invalid,
                 to_text(tree.no_targets->place) + ": " + tree.no_targets->what + ". " + tree.no_targets->next};
  const Affected found = affected(tree, *changed);
  return answer(tree, options.format == "json" ? as_json(found) : as_text(found));
}

}  // namespace

Result<Done> perform(const Options& options) {
  const auto rules = read_rules(options.root, options.rules);
  if (!rules) return rules.error();
  if (options.command == "new-module") {
    auto made = lay_out(options.root, *rules, options.words[0]);
    if (!made) return made.error();
    return Done{std::move(*made), 0};
  }
  const auto tree = load({.root = options.root, .build = options.build}, *rules);
  if (!tree) return tree.error();
  if (options.command != "check") return ask(options, *rules, *tree);
  const bool draws = options.format == "markdown" || options.format == "mermaid" || options.format == "dot";
  return draws ? boundary(options, *rules, *tree) : check(options, *rules, *tree);
}

}  // namespace guard
