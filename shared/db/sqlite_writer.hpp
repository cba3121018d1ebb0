// SqliteWriter: what the writer thread does with the works that wait: one shared transaction.
//
// BEGIN; for each work a savepoint; the log's step; COMMIT; then every `done`; then `heard`.
//
// Always true
//   - a work's `done` is called once, after the COMMIT that holds it or when nothing of it remains;
//   - a work that ends the transaction of all (a full disk, RAISE(ROLLBACK)) costs the others a second run and no
//     more: it runs last and alone.
//
// Not here: the queue and the thread (sqlite_store.cpp).
#pragma once

#include <cstddef>
#include <mutex>
#include <vector>

#include "shared/base/time.hpp"
#include "shared/db/db.hpp"
#include "shared/db/sequence.hpp"
#include "shared/db/sqlite_connection.hpp"

namespace db {

/// A transaction that is open on a connection, for as long as a function runs.
class SqliteTx final : public Tx {
 public:
  explicit SqliteTx(SqliteConnection& connection) : connection_(connection) {}

 private:
  void each(const Query& query, std::span<const Param> params, const std::function<void(const Row&)>& read) override {
    connection_.each(query, params, read);
  }
  int execute(const Query& query, std::span<const Param> params) override { return connection_.run(query, params); }
  base::Result<void> attempt(const std::function<base::Result<void>()>& part) override;
  void lock(std::string_view, bool) override {}  // the one writer is the lock

  SqliteConnection& connection_;
};

class SqliteWriter final {
 public:
  struct Job {
    Store::Work work;
    Store::Done done;
    base::Result<void> result = {};
  };

  SqliteWriter(const SqliteConnection::Settings&, Sequence, const base::Clock&);

  SqliteConnection& connection() { return connection_; }
  /// Answers each job. Without jobs it takes what waits in the log.
  void run(std::vector<Job> jobs);
  void beat();
  Stats stats() const;

 private:
  enum class Outcome { stands, culprit, refused };  // refused: the COMMIT, or the log's step
  struct Tried {
    Outcome outcome;
    std::size_t culprit = 0;
    base::Error error = {base::unavailable};
  };

  Tried try_together(std::vector<Job>& jobs);
  bool run_one(Job&);
  base::Result<void> call(Job&);
  void run_alone(Job&);
  void take_sequence();
  void roll_back();
  void answer(std::vector<Job>& jobs);
  void count(std::size_t stood, std::size_t again);

  SqliteConnection connection_;
  Sequence sequence_;
  const base::Clock& clock_;
  std::int64_t head_ = 0;
  std::int64_t taken_ = 0;  // the head in the open transaction, not yet durable
  mutable std::mutex stats_mutex_;
  Stats stats_;
};

}  // namespace db
