// PostgresSequencer: the log's step on PostgreSQL, done by one of all replicas, and heard by every one.
//
// A replica has one connection for it, which listens for beats. Every 100 ms it tries for the leader's advisory lock;
// who has it runs the step on that very connection. A beat is a NOTIFY: the head, the time by the leader's clock, the
// time by the database's clock, and which backend the leader is.
//
// The inbox is looked at as soon as a change of this process commits (`poke`), and for the others' changes every 1 ms
// while there is something, falling back to every 20 ms: a NOTIFY from each change would serialize all commits.
//
// Always true
//   - the step runs only while this connection holds the lock; with the connection both are gone, and what it had open;
//   - a leader is ended only if it still holds the lock and its beat is more than a second old by the database's own
//     clock, after everything that had arrived was heard; one statement checks and does it.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "shared/base/time.hpp"
#include "shared/db/postgres_connection.hpp"
#include "shared/db/sequence.hpp"

namespace db {

class PostgresSequencer final {
 public:
  /// `report` may be empty.
  PostgresSequencer(const std::string& url, Sequence, const base::Clock&,
                    std::function<void(const std::string&)> report);
  ~PostgresSequencer();
  PostgresSequencer(const PostgresSequencer&) = delete;
  PostgresSequencer& operator=(const PostgresSequencer&) = delete;

  /// Something was committed. Costs a load where this process does not lead or is awake already.
  void poke();

 private:
  using Steady = std::chrono::steady_clock;
  struct Leader {
    std::int64_t backend = 0;
    std::int64_t started = 0;  // microseconds, the database's clock, as `beat`
    std::int64_t beat = 0;
  };

  void serve();
  void follow();
  void lead();
  bool lead_once(std::int64_t started, Steady::time_point& last_beat);
  void report(const std::string& trouble);
  bool try_lock();
  void hear();
  void depose();
  void wait(std::chrono::milliseconds, bool and_notices);

  Sequence sequence_;
  const base::Clock& clock_;
  std::function<void(const std::string&)> report_;
  std::string reported_;
  PostgresConnection connection_;
  std::int64_t head_ = 0;
  Leader leader_;  // as last heard of or seen
  Steady::time_point heard_at_;
  int wake_ = -1;  // eventfd
  std::atomic<bool> leading_ = false;
  std::atomic<bool> poked_ = false;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace db
