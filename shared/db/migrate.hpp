// Migrations: forward-only files, written once in PostgreSQL's form, applied in order and in one transaction.
//
//   @id                   a typed id: text that sorts bytewise (PostgreSQL `text COLLATE "C"`, SQLite `TEXT`)
//   @int                  64 bits: `bigint`, `INTEGER`
//   @serial               64 bits that the database counts up where none is given; write `id @serial PRIMARY KEY`
//   @txid                 the number of the writing transaction, where none is given; SQLite, whose writer is alone,
//   has 0
//   @strict               after a table's `)`: SQLite `STRICT`, on PostgreSQL nothing, which is strict by itself
//   @append_only(table);  the database itself refuses UPDATE, DELETE and TRUNCATE of `table`
//
// Always true
//   - a file's first line is `-- expand` (the release before can run on it) or `-- contract` (it cannot);
//   - an applied file never changes: its SHA-256 is kept, and a store does not open on another;
//   - either all that was missing is applied, or nothing.
//
// Not here: going back. A database that is ahead of the binary opens, because only `-- contract` files break it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/time.hpp"
#include "shared/db/db.hpp"
#include "shared/db/open.hpp"
#include "shared/db/statement.hpp"

namespace db {

/// The text that the engine is given. Errors: `invalid` (an unknown macro).
base::Result<std::string> expand_macros(std::string_view sql, Dialect);

/// Inside a transaction of the caller, who also holds the lock that makes it alone. `script` runs several statements.
/// Errors: `unavailable` (an applied file changed, a statement failed), `invalid` (a macro, a first line).
base::Result<int> migrate(Tx&, Dialect, const std::vector<Migration>&, base::Instant now,
                          const std::function<void(const std::string&)>& script);

}  // namespace db
