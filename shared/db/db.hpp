// Db: one way to speak SQL, with two engines behind it, SQLite and PostgreSQL.
//
// A module writes each statement once, in PostgreSQL's form, and binds and reads by name. A Snapshot reads, only a
// Tx writes; a module neither makes, keeps nor commits one: both are lent to a function for as long as it runs.
//
// Always true
//   - a function sees the database as if it were alone in it: SQLite's writer takes one after another, PostgreSQL
//     is SERIALIZABLE and runs the function again when that could not be kept;
//   - when a function returns an error, nothing that it changed remains (its refusal can still be recorded: `attempt`);
//   - a statement's parameters and the names that it is given are the same set.
//
// Changes that wait for SQLite's writer share one COMMIT, so a change has two savepoints. The outer is the store's:
// idempotency key, commit, audit record and stored answer stand or fall together, and leave the others alone. The inner
// is the runner's (`attempt`): the commit alone, so that a refusal undoes it and keeps its record.
//
// A query's timeout interrupts only a statement that reads. Nobody interrupts one that writes: on SQLite this ends the
// transaction of all. Where it ends all the same (a full disk), the others run again, and the culprit last and alone.
// PostgreSQL's server may end a change (contention, `lock_timeout`), and no other with it.
//
// Not here: migrations (migrate.hpp), and locks that are taken before a transaction begins (sequence.hpp).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "shared/base/check.hpp"
#include "shared/base/page.hpp"
#include "shared/base/result.hpp"
#include "shared/db/value.hpp"

namespace db {

/// A statement with a name, constexpr in the store that owns it. `:name` is a parameter; it may stand more than once.
struct Query {
  std::string_view name;  // "badges.insert": in metrics, traces and the slow log
  std::string_view sql;
  std::chrono::milliseconds timeout{1000};  // of a statement that reads
};

/// One named argument. `T` is an id, integer, text, Day, Instant or described enum, or an optional of one.
struct Param {
  template <class T>
  Param(std::string_view param, const T& from) : name(param), value(to_value(from)) {}

  std::string_view name;
  Value value;
};
using Params = std::initializer_list<Param>;

/// A row while it is being read. A column that is not there, or does not hold a `T`, is a bug and crashes.
class Row {
 public:
  template <class T>
  T get(std::string_view column) const {
    return from_value<T>(value(column));
  }

 protected:
  ~Row() = default;
  virtual Value value(std::string_view column) const = 0;
  virtual Value first() const = 0;  // the first column, by which a page is ordered
  friend class Snapshot;
};

/// The database at one moment. `read` makes a domain value of a row: `T read(const Row&)`.
class Snapshot {
 public:
  Snapshot(const Snapshot&) = delete;
  Snapshot& operator=(const Snapshot&) = delete;

  /// The row, or nothing; two rows are a bug.
  template <class Read, class T = std::invoke_result_t<Read, const Row&>>
  std::optional<T> one(const Query& query, Params params, Read read) {
    std::optional<T> found;
    each(query, list(params), [&](const Row& row) {
      CHECK(!found);
      found.emplace(read(row));
    });
    return found;
  }

  /// The row that is always there; none, or two, are a bug.
  template <class Read, class T = std::invoke_result_t<Read, const Row&>>
  T only(const Query& query, Params params, Read read) {
    std::optional<T> found = one(query, params, read);
    CHECK(found.has_value());
    return std::move(*found);
  }

  /// All rows, for an answer that the statement itself bounds.
  template <class Read, class T = std::invoke_result_t<Read, const Row&>>
  std::vector<T> all(const Query& query, Params params, Read read) {
    std::vector<T> found;
    each(query, list(params), [&](const Row& row) { found.push_back(read(row)); });
    return found;
  }

  /// One page. The statement orders by its first column, which is unique, and uses `:after` and `:limit`, bound here.
  /// `:after` is text; where the first column is a number the statement compares `CAST(:after AS bigint)`, and an empty
  /// cursor is bound as NULL-safe text: "" for text columns, "0" where `numbered` (ids and dense indexes begin at 1).
  template <class Read, class T = std::invoke_result_t<Read, const Row&>>
  base::Page<T> page(const Query& query, const base::Cursor& cursor, Params params, Read read) {
    const int limit = cursor.limit < 1 ? 1 : cursor.limit > base::page_size_max ? base::page_size_max : cursor.limit;
    std::vector<Param> bound{params};
    bound.emplace_back("after", cursor.after);
    bound.emplace_back("limit", limit + 1);  // one more tells whether there is a next page
    base::Page<T> page;
    std::string last;
    each(query, bound, [&](const Row& row) {
      if (page.items.size() == static_cast<std::size_t>(limit)) {
        page.next = last;
        return;
      }
      const Value key = row.first();
      last = std::holds_alternative<std::string>(key) ? std::get<std::string>(key)
                                                      : std::to_string(std::get<std::int64_t>(key));
      page.items.push_back(read(row));
    });
    return page;
  }

 protected:
  Snapshot() = default;
  ~Snapshot() = default;
  virtual void each(const Query&, std::span<const Param>, const std::function<void(const Row&)>&) = 0;

  static std::span<const Param> list(Params params) { return {params.begin(), params.size()}; }
};

/// A snapshot that can be changed. An engine's trouble (contention, a lost connection, a full disk) unwinds through
/// the function to the store, which runs it again or gives up; a module catches none of it. A violated constraint
/// for which the statement made no provision is a bug of the module.
class Tx : public Snapshot {
 public:
  /// Returns how many rows it inserted, updated or deleted.
  int run(const Query& query, Params params) { return execute(query, list(params)); }

  /// The same where nobody asks how many. PostgreSQL: it travels with the next statement that answers, or with the
  /// COMMIT, and that is what throws if it failed; so a change waits only for what it has to read.
  void put(const Query& query, Params params) { execute_later(query, list(params), false); }

  /// The same where it is one row, always; another number is a bug and crashes.
  void put_one(const Query& query, Params params) { execute_later(query, list(params), true); }

  /// Runs `part` in a savepoint, so that its error undoes what it did and no more. The runner calls a commit through
  /// this, and then records in the same transaction what came of it.
  virtual base::Result<void> attempt(const std::function<base::Result<void>()>& part) = 0;

  /// PostgreSQL: waits for the transaction-scoped advisory lock `key` (shared or exclusive) and holds it to the end; it
  /// travels with the next statement, which is the one that throws `LockTimeout` where it was waited for too long.
  /// SQLite: nothing, its one writer is the lock.
  virtual void lock(std::string_view key, bool shared) = 0;

 protected:
  ~Tx() = default;
  virtual int execute(const Query&, std::span<const Param>) = 0;
  virtual void execute_later(const Query& query, std::span<const Param> params, bool one_row) {
    const int rows = execute(query, params);
    CHECK(!one_row || rows == 1);
  }
};

/// Opens short snapshots around what is slow: `prepare` reads a password's hash, and verifies it with none open.
class Reader {
 public:
  /// Returns what `look` returned of a snapshot of its own. It may be outdated by then: a commit looks again.
  template <class Look, class T = std::invoke_result_t<Look, Snapshot&>>
  T read(Look look) const {
    if constexpr (std::is_void_v<T>) {
      open([&](Snapshot& snapshot) { look(snapshot); });
    } else {
      std::optional<T> result;
      open([&](Snapshot& snapshot) { result.emplace(look(snapshot)); });
      CHECK(result.has_value());
      return std::move(*result);
    }
  }

 protected:
  ~Reader() = default;
  /// Throws `db::Unavailable` (trouble.hpp) when no snapshot can be had or the engine fails while reading.
  virtual void open(const std::function<void(Snapshot&)>&) const = 0;
};

/// Hears how long each statement took, its rows' reading included; on the statement's thread, and so must be quick.
using Observe = std::function<void(const Query&, std::chrono::microseconds)>;

/// What a store did since it was opened; for metrics and tests.
struct Stats {
  std::int64_t changes = 0;      // works that stand
  std::int64_t commits = 0;      // COMMITs that made works durable
  std::int64_t shared_most = 0;  // the most works that shared one COMMIT
  std::int64_t again = 0;        // works that were run again, for whatever reason
};

/// One database: opened by main, used by the runners of requests and jobs, never by a module.
class Store : public Reader {
 public:
  using Work = std::move_only_function<base::Result<void>(Tx&)>;
  using Done = std::move_only_function<void(base::Result<void>)>;

  virtual ~Store() = default;

  /// Blocks nobody. `work` runs on the engine's thread, and again until it stands, five times at most. `done` is called
  /// once, there too: what `work` did is durable, or nothing of it remains (its own error, `contended`, `unavailable`;
  /// `internal` where the database refused a statement). Where 4,096 wait already, `done` is called by the caller.
  virtual void change(Work work, Done done) = 0;

  /// The same for works that belong to one `turn`, such as the batches of one organization's books: they follow one
  /// another, whichever replica they come from, and none runs again because of another. Each statement sees what was
  /// committed before it (PostgreSQL: READ COMMITTED under a lock of the turn, in a key space of its own), so what such
  /// a work decides by must change only in its own turn. SQLite's writer is one turn for all.
  virtual void change_in_turn(std::string turn, Work work, Done done) = 0;

  /// Only of a store opened with `own_thread = false`: runs what waits, up to one shared commit, on the caller's
  /// thread, and returns how many works that were; where none waits, it beats.
  virtual int run_waiting() { return 0; }

  virtual Stats stats() const = 0;
  virtual std::string engine() const = 0;  // "sqlite" or "postgres"
};

}  // namespace db
