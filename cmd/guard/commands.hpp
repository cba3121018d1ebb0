// The guard's commands: each loads what it needs and says what it found.
#pragma once

#include <string>

#include "cmd/guard/options.hpp"

namespace guard {

struct Done {
  std::string printed;
  int exit_code = 0;
};

/// Errors: `invalid`: what left nothing to say, such as rules that cannot be read.
base::Result<Done> perform(const Options&);

}  // namespace guard
