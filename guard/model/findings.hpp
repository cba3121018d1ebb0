// What a rule found. A finding names its place, the thing it is about (by which a baseline knows it again, so without
// lines) and, where an edge is meant, the edges that lead there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "guard/model/model.hpp"

namespace guard {

/// One edge of a path: at `place`, `from` names `to`.
struct Step {
  Place place;
  std::string from;
  std::string to;
};

struct Finding {
  std::string rule = {};  // its id; set by Findings
  Place place;
  /// What it is about, the same in every run and after lines moved: `platform/jobs -> platform/log`.
  std::string subject;
  /// One sentence, without full stop.
  std::string what;
  std::vector<Step> path = {};
  bool only_strict = false;  // fails in `strict` only: an exception that nobody needs, an edge that nobody uses
};

/// Takes what one rule says. Exceptions that the rule allows are asked for here, so that one that nobody needs is seen.
class Findings {
 public:
  Findings(const RulesFile& rules, const Rule& rule);

  void add(Finding);
  void add(Place place, std::string subject, std::string what) {
    add(Finding{.place = std::move(place), .subject = std::move(subject), .what = std::move(what)});
  }
  /// The rule could not look at `place`; the run exits with 2.
  void cannot(Place place, std::string what, std::string next = {});

  /// Whether an `allow` entry names this: `from` and `to` are globs (an empty `to` is any). Marks the entry as needed.
  bool allows(std::string_view from, std::string_view to = {});

  /// Says `what` is allowed and needed by nobody, for each entry that no `allows` marked. Called after the rule.
  void close();

  const RulesFile& rules() const { return *rules_; }
  const Rule& rule() const { return *rule_; }
  const std::vector<Finding>& found() const { return found_; }
  const std::vector<Trouble>& troubles() const { return troubles_; }

 private:
  const RulesFile* rules_;
  const Rule* rule_;
  std::vector<bool> needed_;
  std::vector<Finding> found_;
  std::vector<Trouble> troubles_;
};

}  // namespace guard
