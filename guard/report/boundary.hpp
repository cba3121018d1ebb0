// The boundaries of a tree: which module includes which, tests left out, and what follows from that.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "guard/model/model.hpp"

namespace guard {

/// Two modules of which one includes the other.
using Edge = std::pair<std::string, std::string>;

struct Coupling {
  int incoming = 0;  // modules that include it (afferent, R. C. Martin 1994)
  int outgoing = 0;  // modules that it includes (efferent)

  /// Outgoing of all, in percent: 100 leans on others only, 0 is leaned on only. 0 for one that stands alone.
  int instability() const { return incoming + outgoing == 0 ? 0 : (100 * outgoing) / (incoming + outgoing); }
};

struct Boundary {
  std::vector<std::string> layers = {};                           // as in layers.yaml
  std::vector<std::pair<std::string, std::string>> modules = {};  // path and layer, by path
  std::map<Edge, int> edges = {};                                 // with how many includes

  std::map<std::string, Coupling> coupling() const;
  /// How many module edges lead from one layer to another.
  std::map<Edge, int> between_layers() const;
};

Boundary boundary_of(const Tree&);

}  // namespace guard
