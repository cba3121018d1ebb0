#include "shared/db/open.hpp"

#include "shared/base/check.hpp"
#include "shared/db/postgres_store.hpp"
#include "shared/db/sqlite_store.hpp"

namespace db {

base::Result<Opened> open(Options options) {
  CHECK(options.clock != nullptr && options.readers > 0 && options.writers > 0);
  if (options.url.starts_with("sqlite:")) return open_sqlite(std::move(options));
  if (options.url.starts_with("postgres://") || options.url.starts_with("postgresql://"))
    return open_postgres(std::move(options));
  return base::Error{base::unavailable, "a database is sqlite:PATH or postgres://USER@HOST:PORT/NAME"};
}

}  // namespace db
