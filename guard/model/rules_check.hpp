// What is wrong with a rule set that reads well: names that nothing has, and rules that contradict one another.
#pragma once

#include <optional>
#include <string_view>

#include "guard/model/rules_file.hpp"

namespace guard {

/// The first thing that is wrong, with its file and line.
std::optional<base::Error> contradiction(const RulesFile&);

/// Whether nothing is said: an exception needs a reason that a person can read.
bool is_blank(std::string_view text);

}  // namespace guard
