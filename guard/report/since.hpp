// The boundaries of a tree as they were in an earlier commit.
#pragma once

#include <string>

#include "guard/report/boundary.hpp"

namespace guard {

/// Read with the rules of that commit, or with `rules` where it has none, and with the include folders of today's
/// build. Errors: `invalid`: Git, or a disk without room.
base::Result<Boundary> boundary_since(const Tree& now, const std::string& commit, const std::string& rules_path,
                                      const std::string& build, const RulesFile& rules);

}  // namespace guard
