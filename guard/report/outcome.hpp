// A run's outcome: what the rules said, held against their modes and the baseline. Each way of printing it has a
// function in report.hpp.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "guard/model/baseline.hpp"
#include "guard/model/findings.hpp"
#include "guard/model/model.hpp"

namespace guard {

struct Judged {
  Finding finding;
  const Rule* rule = nullptr;
  Mode mode = Mode::enforce;
  const Known* known = nullptr;  // the baseline's entry that covers it
  bool fails = false;
};

struct Ran {
  const Rule* rule;
  Mode mode;
};

struct Outcome {
  std::vector<Judged> judged = {};  // by file, line, rule
  std::vector<Trouble> troubles = {};
  std::vector<Ran> ran = {};  // what was not off

  int failing() const;
  /// 0 clean, 1 violations, 2 could not check.
  int exit_code() const { return !troubles.empty() ? 2 : failing() > 0 ? 1 : 0; }
};

struct Judgement {
  std::optional<Mode> mode = {};  // for every rule that is not off; nothing: each rule's own
  base::Day today = {};
  const Baseline* before = nullptr;  // what the baseline may not have grown over
};

/// `said`: one for each rule that ran, in the order of layers.yaml. Also says of the baseline itself: an entry that has
/// expired (it covers nothing any more), one that matches nothing (`strict`), and one that is new since `before`.
Outcome judge(const Tree&, const Baseline&, const std::vector<Findings>& said, const Judgement&);

/// The mode that a rule runs in.
Mode mode_of(const Rule&, const Judgement&);

}  // namespace guard
