#include "guard/report/outcome.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace guard {

namespace {

bool fails(Mode mode, const Finding& finding) {
  return mode == Mode::strict || (mode == Mode::enforce && !finding.only_strict);
}

class Judge {
 public:
  Judge(const Baseline& baseline, const Judgement& how) : baseline_(baseline), how_(how) {}

  void take(const Findings& said) {
    const Rule& rule = said.rule();
    const Mode mode = mode_of(rule, how_);
    outcome.ran.push_back({&rule, mode});
    outcome.troubles.insert(outcome.troubles.end(), said.troubles().begin(), said.troubles().end());
    for (const Finding& each : said.found()) {
      if (each.only_strict && mode != Mode::strict) continue;
      const Known* known = baseline_.find(each);
      if (known != nullptr) needed_.insert(known);
      if (known != nullptr && known->expires < how_.today) known = nullptr;
      outcome.judged.push_back({each, &rule, mode, known, known == nullptr && fails(mode, each)});
    }
  }

  /// What the baseline itself has wrong, as a finding of the rule that the entry is of.
  void baseline() {
    for (std::size_t i = 0; i < baseline_.entries.size(); ++i) {
      const Known& each = baseline_.entries[i];
      const auto ran = std::ranges::find(outcome.ran, each.rule, [](const Ran& at) { return at.rule->id; });
      if (ran == outcome.ran.end()) continue;
      if (each.expires < how_.today)
        say(*ran, i, "the baseline's entry for " + each.subject + " has expired on " + base::to_text(each.expires));
      else if (!needed_.contains(&each))
        say(*ran, i, "the baseline's entry for " + each.subject + " matches nothing", true);
    }
    if (how_.before == nullptr) return;
    for (const std::size_t i : grown(*how_.before, baseline_)) {
      const auto ran =
          std::ranges::find(outcome.ran, baseline_.entries[i].rule, [](const Ran& at) { return at.rule->id; });
      if (ran != outcome.ran.end()) say(*ran, i, "the baseline has grown by " + baseline_.entries[i].subject);
    }
  }

  Outcome outcome;

 private:
  void say(const Ran& ran, std::size_t entry, std::string what, bool only_strict = false) {
    if (only_strict && ran.mode != Mode::strict) return;
    Finding finding{.rule = ran.rule->id,
                    .place = baseline_.place_of(entry),
                    .subject = "baseline " + baseline_.entries[entry].subject,
                    .what = std::move(what),
                    .only_strict = only_strict};
    const bool is_failure = fails(ran.mode, finding);
    outcome.judged.push_back({std::move(finding), ran.rule, ran.mode, nullptr, is_failure});
  }

  const Baseline& baseline_;
  const Judgement& how_;
  std::set<const Known*> needed_;
};

}  // namespace

int Outcome::failing() const { return static_cast<int>(std::ranges::count_if(judged, &Judged::fails)); }

Mode mode_of(const Rule& rule, const Judgement& how) {
  return rule.mode == Mode::off ? Mode::off : how.mode.value_or(rule.mode);
}

Outcome judge(const Tree& tree, const Baseline& baseline, const std::vector<Findings>& said, const Judgement& how) {
  Judge judge{baseline, how};
  judge.outcome.troubles = tree.troubles;
  for (const Findings& each : said) judge.take(each);
  judge.baseline();
  std::ranges::sort(judge.outcome.judged, {}, [](const Judged& each) {
    return std::tie(each.finding.place, each.finding.rule, each.finding.subject);
  });
  return std::move(judge.outcome);
}

}  // namespace guard
