// SqliteConnection: one connection to one file, used by one thread at a time; statements are prepared once.
//
// Always true
//   - only a statement that reads is ever interrupted (by the progress handler, past its query's timeout);
//   - after an exception `ended()` tells whether the transaction itself is gone, which is for the store to mend.
//
// Not here: who owns the file, who runs when (sqlite_store.cpp).
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "shared/db/db.hpp"
#include "shared/db/statement.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace db {

class SqliteConnection final {
 public:
  struct Settings {
    std::string path;
    std::string vfs = {};  // empty: the platform's
    std::string synchronous = "FULL";
    bool writes = false;
    Observe observe = {};
  };

  /// Throws `Unavailable`.
  explicit SqliteConnection(const Settings&);
  ~SqliteConnection();
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  /// Several statements without parameters, not kept.
  void script(const std::string& sql);
  /// One statement without parameters or rows, kept: BEGIN, SAVEPOINT, COMMIT. `sql` outlives the connection.
  void control(std::string_view sql);
  /// Rows inserted, updated or deleted.
  int run(const Query&, std::span<const Param>);
  void each(const Query&, std::span<const Param>, const std::function<void(const Row&)>&);

  bool ended() const;

 private:
  struct Prepared;
  class Lease;

  Prepared& prepared(std::string_view sql);
  std::unique_ptr<Prepared> prepare(std::string_view sql);
  void bind(const Query&, Prepared&, std::span<const Param>);
  bool step(const Query&, Prepared&);
  [[noreturn]] void fail(int code, std::string_view what) const;
  static int on_progress(void* self);

  sqlite3* db_ = nullptr;
  Observe observe_;
  std::unordered_map<std::string, std::unique_ptr<Prepared>, TextHash, std::equal_to<>> prepared_;
  std::vector<const Value*> ordered_;
  std::optional<std::chrono::steady_clock::time_point> deadline_;  // of the reading statement that runs
};

}  // namespace db
