// Lineage: the platform in one screen. The steps stand in the order of their causes; a step's further lines are
// indented below it; what is not settled, hidden or not there yet says so in its own line.
#pragma once

#include <string>

#include "shared/json/document.hpp"

namespace cli {

/// `lineage` is the answer of GET /v1/resources/{id}/lineage; `items`: each line's parts below it (-o wide).
std::string lineage_text(const json::Document& lineage, bool items);

}  // namespace cli
