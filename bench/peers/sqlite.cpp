// What creating a project writes, in bare SQLite with one commit for each: read the epoch, claim the key, insert the
// scope, its edge and the record, keep the answer. WAL and synchronous=FULL, as the house has it; one connection,
// prepared statements, no HTTP, no JSON, no decision.
//
//   sqlite FILE SECONDS      prints {"changes":N,"rate":R,"p50_ms":A,"p99_ms":B}
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* tables = R"(
  PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 2000; PRAGMA cache_size = -32768;
  CREATE TABLE IF NOT EXISTS authz_epochs (scope_id TEXT PRIMARY KEY, epoch INTEGER NOT NULL) STRICT;
  INSERT OR IGNORE INTO authz_epochs VALUES ('org', 1);
  CREATE TABLE IF NOT EXISTS idempotency_keys (key TEXT PRIMARY KEY, body TEXT NOT NULL, answer TEXT, at INTEGER NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS idempotency_keys_by_age ON idempotency_keys (at);
  CREATE TABLE IF NOT EXISTS scopes (id TEXT PRIMARY KEY, organization_id TEXT NOT NULL, created_at INTEGER NOT NULL, created_by TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS scopes_of_organization ON scopes (organization_id, id);
  CREATE TABLE IF NOT EXISTS scope_edges (scope_id TEXT NOT NULL, parent_id TEXT NOT NULL, name TEXT NOT NULL, valid_from INTEGER NOT NULL,
    valid_to INTEGER, PRIMARY KEY (scope_id, valid_from)) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS scope_edges_one_live ON scope_edges (scope_id) WHERE valid_to IS NULL;
  CREATE UNIQUE INDEX IF NOT EXISTS scope_edges_live_name ON scope_edges (parent_id, name) WHERE valid_to IS NULL;
  CREATE TABLE IF NOT EXISTS log_inbox (seq INTEGER PRIMARY KEY, id TEXT NOT NULL, at INTEGER NOT NULL, path TEXT NOT NULL,
    principal TEXT NOT NULL, action TEXT NOT NULL, outcome TEXT NOT NULL, detail TEXT NOT NULL) STRICT;)";

constexpr const char* statements[] = {
    "SELECT epoch FROM authz_epochs WHERE scope_id = 'org'",
    "INSERT INTO idempotency_keys (key, body, at) VALUES (?1, ?1, ?3) ON CONFLICT DO NOTHING",
    "INSERT INTO scope_edges (scope_id, parent_id, name, valid_from) VALUES (?1, 'dep', ?2, ?3) ON CONFLICT DO NOTHING",
    "INSERT INTO scopes (id, organization_id, created_at, created_by) VALUES (?1, 'org', ?3, 'prn')",
    R"(INSERT INTO log_inbox (id, at, path, principal, action, outcome, detail)
       VALUES (?1, ?3, 'org/dep', 'prn', 'iam.project.create', 'ok', '{}'))",
    "UPDATE idempotency_keys SET answer = ?1 WHERE key = ?1"};

class Database {
 public:
  explicit Database(const char* path) {
    check(sqlite3_open(path, &db_));
    script(tables);
    for (const char* sql : statements) {
      sqlite3_stmt* statement = nullptr;
      check(sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr));
      prepared_.push_back(statement);
    }
  }
  ~Database() {
    for (sqlite3_stmt* each : prepared_) sqlite3_finalize(each);
    sqlite3_close(db_);
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void script(const char* sql) { check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr)); }

  void change(const std::string& id, const std::string& name, std::int64_t at) {
    script("BEGIN IMMEDIATE");
    for (sqlite3_stmt* each : prepared_) {
      const int count = sqlite3_bind_parameter_count(each);
      if (count >= 1) sqlite3_bind_text(each, 1, id.data(), static_cast<int>(id.size()), SQLITE_STATIC);
      if (count >= 2) sqlite3_bind_text(each, 2, name.data(), static_cast<int>(name.size()), SQLITE_STATIC);
      if (count >= 3) sqlite3_bind_int64(each, 3, at);
      while (sqlite3_step(each) == SQLITE_ROW) {
      }
      check(sqlite3_reset(each));
    }
    script("COMMIT");
  }

 private:
  static void check(int code) {
    if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errstr(code));
  }

  sqlite3* db_ = nullptr;
  std::vector<sqlite3_stmt*> prepared_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  Database database{argv[1]};
  const auto begun = Clock::now();
  const auto warm = begun + std::chrono::seconds{1};  // a WAL that is written again costs half of one that grows
  const auto until = warm + std::chrono::seconds{std::atoi(argv[2])};
  std::vector<double> took;
  const auto salt = begun.time_since_epoch().count();
  char id[40];
  for (std::int64_t i = 0;; ++i) {
    const auto before = Clock::now();
    if (before >= until) break;
    std::snprintf(id, sizeof id, "prj_%014llx%012llx", static_cast<unsigned long long>(salt),
                  static_cast<unsigned long long>(i));
    database.change(id, "run-" + std::string{id + 4}, salt + i);
    if (before >= warm) took.push_back(std::chrono::duration<double, std::milli>(Clock::now() - before).count());
  }
  std::sort(took.begin(), took.end());
  const auto at = [&](double part) {
    return took[static_cast<std::size_t>(static_cast<double>(took.size() - 1) * part)];
  };
  std::printf("{\"changes\":%zu,\"rate\":%.1f,\"p50_ms\":%.3f,\"p99_ms\":%.3f}\n", took.size(),
              static_cast<double>(took.size()) / std::chrono::duration<double>(until - warm).count(), at(0.5),
              at(0.99));
}
