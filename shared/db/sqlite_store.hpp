// The store on SQLite: one writer thread whose waiting works share one COMMIT, and a pool of readers.
#pragma once

#include "shared/db/open.hpp"

namespace db {

/// Errors: `unavailable` (locked by another process, unreadable, a migration).
base::Result<Opened> open_sqlite(Options);

}  // namespace db
