// Present: a row as its readers see it, with the names and prices that belong to it.
#pragma once

#include "products/gpuaas/instances/instances.hpp"

namespace instances {

Instance present(db::Snapshot&, const inventory::Catalogue&, const Row&, base::Instant now);
std::string path_ids(const std::vector<request::Scope>& path);
std::vector<request::Scope> path_scopes(std::string_view ids);

}  // namespace instances
