// Present: a row as its readers see it, with the names and prices that belong to it.
#pragma once

#include "products/gpuaas/instances/instances.hpp"

namespace instances {

Instance present(db::Snapshot&, const Catalogue&, const Row&, base::Instant now);

}  // namespace instances
