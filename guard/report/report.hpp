// How an outcome and a tree are printed. Every format says the same; none has a date or a path of this machine, so that
// two runs over one tree print the same bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "guard/report/boundary.hpp"
#include "guard/report/outcome.hpp"

namespace guard {

/// For a terminal: each finding with its place, its edges, why the rule is there and how to fix it; what could not be
/// checked; then one line for all.
std::string as_text(const Tree&, const Outcome&);

std::string as_json(const Tree&, const Outcome&);

/// SARIF 2.1.0 (OASIS). Covered findings are suppressed results, troubles are notifications of the invocation.
std::string as_sarif(const Tree&, const Outcome&);

/// The boundary report: layers by layers, each module's coupling, and what changed since `before` (null: not said).
std::string as_markdown(const Boundary& now, const Boundary* before);

std::string as_mermaid(const Boundary&);
std::string as_dot(const Boundary&);

}  // namespace guard
