#include "cmd/guard/claims.hpp"

#include <algorithm>
#include <iostream>
#include <map>

#include "guard/claims/claims.hpp"
#include "guard/model/baseline.hpp"
#include "guard/report/outcome.hpp"
#include "guard/rules/run.hpp"
#include "shared/base/time.hpp"

namespace guard {

using base::Error;
using base::Result;
using claims::RuleState;

namespace {

struct Asked {
  std::string command;
  claims::ProveOptions prove = {};
  bool only_check = false;
  std::string rules = "guard/layers.yaml";
  std::string baseline = "guard/baseline.yaml";
  bool help = false;
};

std::optional<Error> set(Asked& asked, const std::string& flag, const std::string& value) {
  if (flag == "--root") {
    asked.prove.root = value;
  } else if (flag == "--record") {
    asked.prove.record = value;
  } else if (flag == "--keep") {
    asked.prove.keep = value;
  } else if (flag == "--fact") {
    const auto equals = value.find('=');
    if (equals == std::string::npos) return Error{base::invalid, "--fact is NAME=TEXT"};
    asked.prove.facts.emplace_back(value.substr(0, equals), value.substr(equals + 1));
  } else {
    const std::map<std::string, std::string*> texts{{"--claims", &asked.prove.file},
                                                    {"--commit", &asked.prove.commit},
                                                    {"--rules", &asked.rules},
                                                    {"--baseline", &asked.baseline}};
    const auto at = texts.find(flag);
    if (at == texts.end()) return Error{base::invalid, "there is no flag " + flag};
    *at->second = value;
  }
  return {};
}

Result<Asked> parse(const std::vector<std::string>& arguments) {
  Asked asked{.command = arguments.front()};
  for (std::size_t i = 1; i < arguments.size(); ++i) {
    const std::string& each = arguments[i];
    if (each == "--help" || each == "-h") {
      asked.help = true;
    } else if (each == "--check") {
      asked.only_check = true;
    } else if (!each.starts_with("--")) {
      asked.prove.claims.push_back(each);
    } else if (i + 1 == arguments.size()) {
      return Error{base::invalid, each + " has no value"};
    } else if (auto wrong = set(asked, each, arguments[++i])) {
      return *std::move(wrong);
    }
  }
  if (asked.command == "pages" && !asked.prove.claims.empty())
    return Error{base::invalid, "pages takes no claims: each page is made of all of them"};
  return asked;
}

std::vector<RuleState> modes_of(const RulesFile& rules) {
  std::vector<RuleState> states;
  for (const Rule& each : rules.rules)
    states.push_back({.id = each.id, .is_enforced = each.mode == Mode::enforce || each.mode == Mode::strict});
  return states;
}

// What the rules say of themselves: a page must be the same before the tree was built and after. A violation that the
// baseline covers is forgiven, which proves nothing.
Result<std::vector<RuleState>> as_said(const Asked& asked) {
  const auto rules = read_rules(asked.prove.root, asked.rules);
  if (!rules) return rules.error();
  const auto baseline = read_baseline(asked.prove.root, asked.baseline, *rules);
  if (!baseline) return baseline.error();
  std::vector<RuleState> states = modes_of(*rules);
  for (RuleState& state : states)
    for (const Known& each : baseline->entries)
      if (each.rule == state.id && state.finding.empty()) state.finding = each.subject + " (" + asked.baseline + ")";
  return states;
}

// What they find in the tree as it was built.
Result<std::vector<RuleState>> as_found(const Asked& asked) {
  const auto rules = read_rules(asked.prove.root, asked.rules);
  if (!rules) return rules.error();
  const auto tree = load({.root = asked.prove.root}, *rules);
  if (!tree) return tree.error();
  const auto baseline = read_baseline(asked.prove.root, asked.baseline, *rules);
  if (!baseline) return baseline.error();
  const Judgement how{.today = base::day_of(base::WallClock{}.now())};
  const auto said = run(*tree, *rules, [&](const Rule& rule) { return mode_of(rule, how) != Mode::off; });
  const Outcome outcome = judge(*tree, *baseline, said, how);
  if (!outcome.troubles.empty())
    return Error{base::invalid, to_text(outcome.troubles[0].place) + ": could not check: " + outcome.troubles[0].what};
  std::vector<RuleState> states = modes_of(*rules);
  for (const Judged& each : outcome.judged) {
    const auto state = std::ranges::find(states, each.finding.rule, &RuleState::id);
    if (state == states.end() || !state->finding.empty() || (!each.fails && each.known == nullptr)) continue;
    state->finding = to_text(each.finding.place) + ": " + each.finding.what;
  }
  return states;
}

}  // namespace

bool is_about_claims(const std::vector<std::string>& arguments) {
  return !arguments.empty() && (arguments.front() == "prove" || arguments.front() == "pages");
}

int perform_claims(const std::vector<std::string>& arguments) {
  auto asked = parse(arguments);
  if (!asked) {
    std::cerr << "guard: " << asked.error().detail << "\n\n" << claims_usage;
    return 2;
  }
  if (asked->help) {
    std::cout << claims_usage;
    return 0;
  }
  if (asked->command == "pages")
    return claims::pages({.root = asked->prove.root,
                          .file = asked->prove.file,
                          .only_check = asked->only_check,
                          .rules = [&] { return as_said(*asked); }},
                         std::cout);
  asked->prove.rules = [&] { return as_found(*asked); };
  return claims::prove(asked->prove, std::cout, std::cerr);
}

}  // namespace guard
