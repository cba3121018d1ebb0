// What a product's manifest says about permissions and routes. Inner to guard/rules.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "guard/model/model.hpp"
#include "shared/base/result.hpp"

namespace guard::rules {

struct ManifestRoute {
  std::string permission;
  std::string method;
  std::string path;
  Place place;
};

struct Manifest {
  std::string product;
  std::vector<std::pair<std::string, Place>> permissions;
  std::vector<std::pair<std::string, Place>> in_roles;  // what its `roles` hold
  std::vector<ManifestRoute> routes;
  Place place;
};

/// Only what is about routes is read. Errors: `invalid` with file and line.
base::Result<Manifest> manifest_of(const File& yaml);

}  // namespace guard::rules
