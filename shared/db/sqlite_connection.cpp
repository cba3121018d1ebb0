#include "shared/db/sqlite_connection.hpp"

#include <sqlite3.h>

#include "shared/base/check.hpp"
#include "shared/db/trouble.hpp"

namespace db {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int progress_steps = 4096;  // of the virtual machine between two looks at the clock: some 50 us
constexpr int busy_timeout_ms = 5000;

// PostgreSQL's number of the transaction. Here one writer follows another, so rows are in order by themselves.
void no_transaction_number(sqlite3_context* context, int, sqlite3_value**) { sqlite3_result_int64(context, 0); }

// SQLite counts its memory under one mutex that all connections share, and Debian's build allocates all of it that way:
// readers waited there for the writer. Only heeded before SQLite's first use in the process, harmless after it.
void count_no_memory() {
  static const int asked = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(asked);
}

Value value_of(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_NULL:
      return {};
    case SQLITE_INTEGER:
      return static_cast<std::int64_t>(sqlite3_column_int64(statement, column));
    default: {  // text; a real or a blob is read as its text, as from PostgreSQL
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      return std::string(text == nullptr ? "" : text,
                         static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
    }
  }
}

}  // namespace

struct SqliteConnection::Prepared {
  sqlite3_stmt* statement = nullptr;
  std::vector<std::string> names;
  std::vector<std::string> columns;
  bool reads = false;
  bool in_use = false;
  Steady::time_point deadline;  // of this run, where it reads

  Prepared() = default;
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;
  ~Prepared() { sqlite3_finalize(statement); }
};

/// A prepared statement while it runs: the kept one, or one of its own where a row's reader asks the same again.
class SqliteConnection::Lease {
 public:
  Lease(SqliteConnection& connection, std::string_view sql) : kept_(&connection.prepared(sql)) {
    if (kept_->in_use) {
      own_ = connection.prepare(sql);
      kept_ = own_.get();
    }
    kept_->in_use = true;
  }
  ~Lease() {
    sqlite3_reset(kept_->statement);
    kept_->in_use = false;
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  Prepared& operator*() { return *kept_; }

 private:
  Prepared* kept_;
  std::unique_ptr<Prepared> own_;
};

namespace {

class SqliteRow final : public Row {
 public:
  SqliteRow(sqlite3_stmt* statement, const std::vector<std::string>& columns)
      : statement_(statement), columns_(columns) {}

 private:
  Value value(std::string_view column) const override {
    for (std::size_t i = 0; i < columns_.size(); ++i)
      if (columns_[i] == column) return value_of(statement_, static_cast<int>(i));
    CHECK(!"the statement has such a column");
    return {};
  }
  Value first() const override { return value_of(statement_, 0); }

  sqlite3_stmt* statement_;
  const std::vector<std::string>& columns_;
};

}  // namespace

SqliteConnection::SqliteConnection(const Settings& settings) : observe_(settings.observe) {
  count_no_memory();
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (settings.writes ? SQLITE_OPEN_CREATE : 0);
  const int code =
      sqlite3_open_v2(settings.path.c_str(), &db_, flags, settings.vfs.empty() ? nullptr : settings.vfs.c_str());
  if (code != SQLITE_OK) {
    const std::string why = db_ == nullptr ? "no memory" : sqlite3_errmsg(db_);
    sqlite3_close_v2(db_);
    throw Unavailable("cannot open " + settings.path + ": " + why);
  }
  sqlite3_extended_result_codes(db_, 1);
  sqlite3_busy_timeout(db_, busy_timeout_ms);
  sqlite3_progress_handler(db_, progress_steps, &SqliteConnection::on_progress, this);
  sqlite3_create_function(db_, "pg_current_xact_id", 0, SQLITE_UTF8, nullptr, no_transaction_number, nullptr, nullptr);
  try {
    // recursive_triggers: without it INSERT OR REPLACE deletes rows of an append-only table unseen.
    script(
        "PRAGMA foreign_keys = ON; PRAGMA recursive_triggers = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = "
        "-32768");
    if (settings.writes) {
      script("PRAGMA journal_mode = WAL; PRAGMA synchronous = " + settings.synchronous +
             "; PRAGMA wal_autocheckpoint = 2000; "
             "PRAGMA journal_size_limit = 67108864");
    } else {
      script("PRAGMA query_only = ON");
    }
  } catch (...) {
    sqlite3_close_v2(db_);
    throw;
  }
}

SqliteConnection::~SqliteConnection() {
  prepared_.clear();
  sqlite3_close_v2(db_);
}

void SqliteConnection::script(const std::string& sql) {
  const int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code, "script");
}

void SqliteConnection::control(std::string_view sql) {
  Lease lease{*this, sql};
  const int code = sqlite3_step((*lease).statement);
  if (code != SQLITE_DONE) fail(code, sql);
}

int SqliteConnection::run(const Query& query, std::span<const Param> params) {
  const Timed timed{observe_, query};
  Lease lease{*this, query.sql};
  bind(query, *lease, params);
  while (step(query, *lease)) {
  }
  return (*lease).reads ? 0 : sqlite3_changes(db_);
}

void SqliteConnection::each(const Query& query, std::span<const Param> params,
                            const std::function<void(const Row&)>& read) {
  const Timed timed{observe_, query};
  Lease lease{*this, query.sql};
  bind(query, *lease, params);
  const SqliteRow row{(*lease).statement, (*lease).columns};
  while (step(query, *lease)) read(row);
}

bool SqliteConnection::ended() const { return sqlite3_get_autocommit(db_) != 0; }

SqliteConnection::Prepared& SqliteConnection::prepared(std::string_view sql) {
  if (const auto found = prepared_.find(sql); found != prepared_.end()) return *found->second;
  return *prepared_.emplace(std::string{sql}, prepare(sql)).first->second;
}

std::unique_ptr<SqliteConnection::Prepared> SqliteConnection::prepare(std::string_view sql) {
  Statement parsed = parse(sql, Dialect::sqlite);
  auto made = std::make_unique<Prepared>();
  made->names = std::move(parsed.names);
  const int code = sqlite3_prepare_v3(db_, parsed.sql.data(), static_cast<int>(parsed.sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &made->statement, nullptr);
  if (code != SQLITE_OK) fail(code, sql);
  made->reads = sqlite3_stmt_readonly(made->statement) != 0;
  for (int i = 0; i < sqlite3_column_count(made->statement); ++i)
    made->columns.emplace_back(sqlite3_column_name(made->statement, i));
  return made;
}

// The arguments outlive the statement's run, so their text is not copied.
void SqliteConnection::bind(const Query& query, Prepared& prepared, std::span<const Param> params) {
  in_order(query, prepared.names, params, ordered_);
  if (prepared.reads) prepared.deadline = Steady::now() + query.timeout;
  for (std::size_t i = 0; i < ordered_.size(); ++i) {
    const int number = static_cast<int>(i) + 1;
    int code = SQLITE_OK;
    if (const auto* text = std::get_if<std::string>(ordered_[i])) {
      code = sqlite3_bind_text(prepared.statement, number, text->data(), static_cast<int>(text->size()), SQLITE_STATIC);
    } else if (const auto* integer = std::get_if<std::int64_t>(ordered_[i])) {
      code = sqlite3_bind_int64(prepared.statement, number, *integer);
    } else {
      code = sqlite3_bind_null(prepared.statement, number);
    }
    if (code != SQLITE_OK) fail(code, query.name);
  }
}

// True: there is a row.
bool SqliteConnection::step(const Query& query, Prepared& prepared) {
  const auto outer = deadline_;  // of a statement whose row's reader asks this one
  if (prepared.reads) deadline_ = prepared.deadline;
  const int code = sqlite3_step(prepared.statement);
  deadline_ = outer;
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  if (code == SQLITE_INTERRUPT)
    throw Unavailable(std::string{query.name} + ": took longer than " + std::to_string(query.timeout.count()) + " ms");
  fail(code, query.name);
}

void SqliteConnection::fail(int code, std::string_view what) const {
  const std::string detail = std::string{what} + ": " + sqlite3_errmsg(db_) + " (" + std::to_string(code) + ")";
  switch (code & 0xff) {
    case SQLITE_ERROR:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
    case SQLITE_RANGE:
      throw Refused(detail);
    case SQLITE_MISUSE:
      CHECK(!"SQLite's interface is used as it asks");
      break;
    default:
      break;
  }
  throw Unavailable(detail);
}

int SqliteConnection::on_progress(void* self) {
  const auto& deadline = static_cast<SqliteConnection*>(self)->deadline_;
  return deadline && Steady::now() > *deadline ? 1 : 0;
}

}  // namespace db
