// Tail: what the log reads to its listeners and followers. One thread reads each new entry once and gives it to all; a
// follower that begins in the past is brought up to date by another, so that nobody's past delays anybody's news.
//
// Always true
//   - a follower is given each entry after its cursor that touches its topic once, in order, without a gap;
//   - no entry is given before it is durable;
//   - a dropped or refused (`false`) follower is given nothing more, but for an entry that is being given just then.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "platform/log/log.hpp"

namespace logbook {

namespace store {
struct Stored;
}

class Tail final {
 public:
  explicit Tail(request::Names names) : names_(std::move(names)) {}
  ~Tail() { stop(); }

  void start(db::Store&, const base::Clock&);
  void stop();
  void heard(std::int64_t head, base::Instant beat);
  std::int64_t head() const;
  base::Instant beat() const;
  void listen(Log::Listener);
  std::shared_ptr<void> follow(std::string topic, std::int64_t cursor, request::Feed::Give give);

 private:
  struct Follower;
  using Followers = std::vector<std::shared_ptr<Follower>>;
  struct Batch {
    std::int64_t after = 0;
    std::int64_t until = 0;
    Followers followers;
    std::vector<Log::Listener> listeners;
  };

  void tell(const std::stop_token&);
  std::optional<Batch> next_batch(const std::stop_token&);
  void tell(const std::stop_token&, const Batch&);
  void give(db::Snapshot&, const std::vector<store::Stored>&, const Followers&) const;
  void catch_up(const std::stop_token&);
  std::int64_t catch_up(Follower&, std::int64_t until);

  const request::Names names_;
  db::Store* store_ = nullptr;
  const base::Clock* clock_ = nullptr;

  mutable std::mutex mutex_;
  std::condition_variable_any news_;
  std::int64_t head_ = 0;  // heard
  base::Instant beat_{};
  std::int64_t told_ = 0;  // what is live has got, or is being given, everything up to here
  std::vector<Log::Listener> listeners_;
  Followers live_;
  std::deque<std::shared_ptr<Follower>> behind_;

  base::Instant last_heartbeat_{};  // the teller's own
  std::jthread teller_;
  std::jthread catcher_;
};

}  // namespace logbook
