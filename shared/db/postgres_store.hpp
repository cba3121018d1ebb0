// The store on PostgreSQL: connections that run serializable changes, a pool of readers, and the sequencer.
#pragma once

#include "shared/db/open.hpp"

namespace db {

/// Errors: `unavailable` (cannot connect, a migration).
base::Result<Opened> open_postgres(Options);

}  // namespace db
