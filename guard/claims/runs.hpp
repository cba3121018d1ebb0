// The runs behind proofs: each program once, with the tests of all claims that it serves, and each script once.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>

#include "guard/claims/file.hpp"
#include "guard/claims/look.hpp"
#include "guard/claims/outcome.hpp"

namespace guard::claims {

class Runs {
 public:
  /// Logs and reports go to `keep`.
  Runs(const ClaimsFile& file, std::filesystem::path keep) : file_(&file), keep_(std::move(keep)) {}

  void need(const Proof&, const std::string& program);
  /// One after another; `begins` is told of each before.
  void run_all(const std::function<void(const std::string& program, std::size_t nth, std::size_t of)>& begins);
  /// `looked` holds for what was looked at before; what came of running it is added.
  Verdict judge(const Proof&, const std::string& program, const Verdict& looked) const;

 private:
  struct Run {
    bool is_test = false;
    std::set<std::string> names = {};
    std::vector<Outcome> outcomes = {};
    std::string trouble = {};  // how the whole run went wrong
    double seconds = 0;
    std::string log = {};
  };
  void run(const std::string& program, Run&) const;

  const ClaimsFile* file_;
  std::filesystem::path keep_;
  std::map<std::string, Run> runs_;
};

}  // namespace guard::claims
