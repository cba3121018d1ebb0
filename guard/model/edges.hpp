// Whether one module may include another, and why: the one place that decides it, for the rule, `explain` and the
// report alike.
#pragma once

#include <string>

#include "guard/model/model.hpp"

namespace guard {

struct Verdict {
  bool allowed = false;
  std::string why;  // one sentence, without full stop
};

/// `test`: a file that tests asks.
Verdict may_include(const Module& from, const Module& to, bool test);

/// As above, for files: also whether `to` is a public header of its module.
Verdict may_include(const File& from, const File& to);

}  // namespace guard
