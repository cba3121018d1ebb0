// Runs the rules of layers.yaml over a tree.
#pragma once

#include <functional>
#include <vector>

#include "guard/rules/rules.hpp"

namespace guard {

/// One for each rule that `wanted` names, in the order of layers.yaml. A rule whose check there is none of says so as a
/// trouble.
std::vector<Findings> run(const Tree&, const RulesFile&, const std::function<bool(const Rule&)>& wanted);

}  // namespace guard
