// Sequence: what one leader does for all replicas, in the database's own terms.
//
// The log gives dense indexes to what committed. On SQLite its step runs inside each shared COMMIT, on the writer; on
// PostgreSQL one replica leads (a session advisory lock on the connection that does the writing) and runs the step in
// READ COMMITTED transactions of that connection, whenever something was committed and at least ten times a second.
//
// Always true
//   - at any time at most one connection runs the step, and what it writes is lost with its lock;
//   - every replica hears of each batch (`Heard`) after it is durable, and a beat at least every 100 ms while a leader
//   lives;
//   - a leader whose beat is more than a second old is deposed: its backend is ended, with what it had open.
#pragma once

#include <cstdint>
#include <functional>

#include "shared/db/db.hpp"

namespace db {

/// What the log asks of the engine. Given once, before the store takes its first change.
struct Sequence {
  /// Takes what waits, in order, and returns the newest index; called again at once while `more`.
  struct Batch {
    std::int64_t head = 0;
    bool more = false;
  };
  std::function<Batch(Tx&)> step;
  /// On a thread of the engine: the log's head as far as this process knows it, and when a leader said so. Never
  /// blocks.
  std::function<void(std::int64_t head, base::Instant beat)> heard;
};

}  // namespace db
