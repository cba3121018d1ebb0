// What can be said of a proof without running it: that what it names is there, is not disabled, and asserts something;
// that a rule is enforced; that a contract says what it is said to say. The pages are made of this, so that they are
// the same in every checkout; `prove` runs what this does not find wanting.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "guard/claims/file.hpp"
#include "guard/source/tests.hpp"

namespace guard::claims {

struct Verdict {
  bool holds = false;
  std::string why = {};              // it does not; one sentence
  int parts = 0;                     // tests, cases, facts or rows that it stands on
  std::set<std::string> tests = {};  // `Suite.Name` of each test that was looked at
  double seconds = 0;                // of what was run for it
};

enum class Status : unsigned char { planned, partial, implemented };
std::string_view word_of(Status);

/// `verdicts`: of the claim's proofs, in their order. Implemented: each holds and nothing is missing; planned: none
/// holds.
Status status_of(const Claim&, const std::vector<Verdict>& verdicts);

/// What the checks of layers.yaml came to, for proofs that name a rule.
struct RuleState {
  std::string id;
  bool is_enforced = false;  // mode enforce or strict
  std::string finding = {};  // the first one; empty: none
};
using RuleStates = std::function<base::Result<std::vector<RuleState>>()>;

/// Looks at proofs; files and rules are read once, when a proof first needs them.
class Looker {
 public:
  Looker(const ClaimsFile& file, RuleStates rules) : file_(&file), rules_(std::move(rules)) {}

  Verdict look(const Proof&);
  /// The program of a `test` proof, from the root.
  std::string program_of(const Proof&) const;

 private:
  Verdict tests(const Proof&);
  Verdict script(const Proof&) const;
  Verdict rule(const Proof&);
  Verdict contract(const Proof&) const;
  Verdict bench(const Proof&) const;
  const base::Result<std::vector<source::Test>>& tests_in(const std::string& folder);

  const ClaimsFile* file_;
  RuleStates rules_;
  std::map<std::string, base::Result<std::vector<source::Test>>> tests_;
  std::optional<base::Result<std::vector<RuleState>>> states_;
};

/// `NAME` of `{name}` in a path of claims.yaml.
std::string filled(std::string text, std::string_view place, std::string_view with);

}  // namespace guard::claims
