// What a test program or a script said of itself.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.hpp"

namespace guard::claims {

struct Outcome {
  enum class State : unsigned char { passed, failed, skipped, not_run };

  std::string name;   // On/Suite.Name/sqlite; of a script, the rest of the line
  std::string plain;  // Suite.Name
  State state = State::passed;
  std::string why = {};
  double seconds = 0;
};

/// A report of GoogleTest (--gtest_output=json:FILE), and what it printed: before 1.13 why a test was skipped stands
/// only there. Errors: `invalid`.
base::Result<std::vector<Outcome>> read_report(std::string_view json, std::string_view printed);

/// A script's lines `ok NAME`, `not ok NAME: why` and `skip NAME: why`, and TAP's directives, in whatever case:
/// `ok NAME # SKIP why`, `not ok NAME # TODO why` and the plan `1..0 # SKIP why` skipped something. The rest of what it
/// prints is its own.
std::vector<Outcome> read_lines(std::string_view printed);

}  // namespace guard::claims
