// Denials: the records of denied reads. The reader was answered already, so they are written a little later, several
// to a change; when too many wait they are counted, not written.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "platform/log/log.hpp"

namespace logbook {

/// What a denial is recorded as: filed under the caller's home, what was asked for where only operators see it.
Entry denial_entry(const request::Caller&, const request::Permission&, const request::Target&, base::Reason);

class Denials final {
 public:
  ~Denials() { stop(); }
  void start(db::Store&, base::Random::Key dice);
  /// Writes what waits, then ends.
  void stop();
  /// Any thread; never waits for the database.
  void add(Entry, base::Instant now);
  std::int64_t lost() const;

 private:
  struct Waiting {
    Entry entry;
    base::Instant at;
  };
  void serve(const std::stop_token&);
  void write(const std::vector<Waiting>&);

  db::Store* store_ = nullptr;
  base::Random::Key dice_{};
  std::uint64_t batches_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable_any news_;
  std::deque<Waiting> waiting_;
  std::int64_t lost_ = 0;
  std::jthread writer_;
};

}  // namespace logbook
