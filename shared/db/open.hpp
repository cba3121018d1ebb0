// Opening a database: by URL, with its migrations applied. main and the tests' world call this, modules never.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/random.hpp"
#include "shared/base/time.hpp"
#include "shared/db/db.hpp"
#include "shared/db/sequence.hpp"

namespace db {

inline constexpr base::Reason in_use{"data_in_use", base::Kind::unavailable,
                                     "Stop the process that holds it, or use another file."};

struct Migration {
  std::string module;  // "platform/badges"
  std::string name;    // "0001_badges"
  std::string sql;     // PostgreSQL's form with the macros of migrate.hpp
};

/// All of `DIR/schema/*.sql` in order. Errors: `invalid` (unreadable, no `-- expand` or `-- contract` first line).
base::Result<std::vector<Migration>> read_migrations(const std::filesystem::path& root, std::string_view module);

struct Options {
  std::string url;                                 // sqlite:PATH or postgres://…
  std::vector<Migration> migrations;               // modules in the order of their dependence
  Sequence sequence;                               // empty step: none
  int readers = 4;                                 // snapshots at once
  int writers = 8;                                 // PostgreSQL's connections for changes
  const base::Clock* clock = nullptr;              // for beats; required
  Observe observe;                                 // metrics and the slow log; may be empty
  std::function<void(const std::string&)> report;  // trouble that no caller hears of; any thread; may be empty
  std::string sqlite_vfs;                          // the simulator's file layer; empty: the real one
  std::string sqlite_synchronous = "FULL";         // OFF only to show that the simulator notices
  bool own_thread = true;                          // SQLite: false for the simulator, which calls `Store::run_waiting`
};

struct Opened {
  std::unique_ptr<Store> store;
  int migrations_applied = 0;
};

/// Errors: `unavailable` (cannot connect, locked by another process, a migration changed after it was applied).
base::Result<Opened> open(Options);

}  // namespace db
