// Running one program to its end, or to the end of our patience, in a session of its own: what it left running there
// ends with it.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "shared/base/result.hpp"

namespace guard::claims {

struct Ended {
  std::optional<int> code;  // nothing: by a signal, or by us
  std::string how = {};     // `exit 1`, `ended by SIGSEGV`, `did not end within 600 s`; empty: exit 0
  double seconds = 0;
};

/// Standard output and error go to `log`, input is empty. Errors: `invalid` (it could not be started).
base::Result<Ended> run(const std::vector<std::string>& command, const std::filesystem::path& folder,
                        const std::filesystem::path& log, std::chrono::seconds limit);

}  // namespace guard::claims
