// Rings of a graph, of whatever: nodes are numbers, and each has the list of those that it leads to.
#pragma once

#include <cstddef>
#include <vector>

namespace guard {

using Ring = std::vector<std::size_t>;  // each leads to the next, the last to the first

/// Of each knot (strongly connected component: Tarjan 1972) with an edge within, one of its shortest rings, which
/// begins at the knot's lowest number that lies on it. A node that leads to itself is a ring of one.
std::vector<Ring> shortest_rings(const std::vector<std::vector<std::size_t>>& leads_to);

}  // namespace guard
