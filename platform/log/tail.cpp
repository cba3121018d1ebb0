#include "platform/log/tail.hpp"

#include <algorithm>
#include <atomic>

#include "platform/log/present.hpp"
#include "shared/base/check.hpp"
#include "shared/db/trouble.hpp"

namespace logbook {
namespace {

constexpr std::int64_t batch_size = 512;
constexpr std::chrono::milliseconds pause_after_trouble{50};

bool touches(const store::Stored& entry, std::string_view topic) {
  return entry.entry.resource == topic || entry.path.find(topic) != std::string::npos;
}

request::Feed::Entry event_of(db::Snapshot& snapshot, const request::Names& names, const store::Stored& entry) {
  return {.index = entry.index, .event = entry.entry.action, .data = json::encode(present(snapshot, names, entry))};
}

}  // namespace

struct Tail::Follower {
  std::string topic;
  std::int64_t cursor;  // of who is behind: only the catcher's; of who is live: what it need not be given
  request::Feed::Give give;
  std::atomic<bool> ended = false;

  void take(const request::Feed::Entry& entry) {
    if (!ended && !give(entry)) ended = true;
  }
};

void Tail::start(db::Store& store, const base::Clock& clock) {
  store_ = &store;
  clock_ = &clock;
  const std::int64_t stands = store.read([](db::Snapshot& snapshot) { return store::head(snapshot); });
  const std::lock_guard lock{mutex_};
  head_ = std::max(head_, stands);
  told_ = stands;
  last_heartbeat_ = clock.now();
  teller_ = std::jthread{[this](const std::stop_token& stop) { tell(stop); }};
  catcher_ = std::jthread{[this](const std::stop_token& stop) { catch_up(stop); }};
}

void Tail::stop() {
  for (std::jthread* thread : {&teller_, &catcher_}) {
    if (!thread->joinable()) continue;
    thread->request_stop();
    thread->join();
  }
  const std::lock_guard lock{mutex_};
  live_.clear();
  behind_.clear();
}

void Tail::heard(std::int64_t head, base::Instant beat) {
  const std::lock_guard lock{mutex_};
  head_ = std::max(head_, head);
  beat_ = std::max(beat_, beat);
  news_.notify_all();
}

std::int64_t Tail::head() const {
  const std::lock_guard lock{mutex_};
  return head_;
}

base::Instant Tail::beat() const {
  const std::lock_guard lock{mutex_};
  return beat_;
}

void Tail::listen(Log::Listener listener) {
  const std::lock_guard lock{mutex_};
  listeners_.push_back(std::move(listener));
}

std::shared_ptr<void> Tail::follow(std::string topic, std::int64_t cursor, request::Feed::Give give) {
  auto follower = std::make_shared<Follower>(std::move(topic), cursor, std::move(give));
  {
    const std::lock_guard lock{mutex_};
    if (cursor < 0 || cursor >= told_) {  // a cursor ahead of us was another replica's
      live_.push_back(follower);
    } else {
      behind_.push_back(follower);
      news_.notify_all();
    }
  }
  // The caller's handle: ends the follower when dropped, whoever else still holds it.
  return {follower.get(), [follower](void*) { follower->ended = true; }};
}

void Tail::tell(const std::stop_token& stop) {
  while (const auto batch = next_batch(stop)) {
    tell(stop, *batch);
    if (clock_->now() - last_heartbeat_ < heartbeat_every) continue;
    for (const auto& follower : batch->followers) follower->take({.index = -1, .event = {}, .data = {}});
    last_heartbeat_ = clock_->now();
  }
}

// Waits for news, or for the time of a heartbeat. Whoever is live now is given this batch; who joins later joins after
// it, because `told_` says so already. Nothing: asked to stop.
std::optional<Tail::Batch> Tail::next_batch(const std::stop_token& stop) {
  std::unique_lock lock{mutex_};
  const bool due =
      news_.wait(lock, stop, [this] { return head_ > told_ || clock_->now() - last_heartbeat_ >= heartbeat_every; });
  if (!due || stop.stop_requested()) return {};
  std::erase_if(live_, [](const auto& each) { return each->ended.load(); });
  Batch batch{
      .after = told_, .until = std::min(head_, told_ + batch_size), .followers = live_, .listeners = listeners_};
  told_ = std::max(told_, batch.until);
  return batch;
}

void Tail::tell(const std::stop_token& stop, const Batch& batch) {
  if (batch.until <= batch.after || (batch.followers.empty() && batch.listeners.empty())) return;
  std::vector<store::Stored> stored;
  while (!stop.stop_requested()) {
    try {
      store_->read([&](db::Snapshot& snapshot) {
        stored = store::range(snapshot, batch.after, batch.until);
        give(snapshot, stored, batch.followers);
      });
      break;
    } catch (const db::Unavailable&) {  // the followers' cursors know what they have got of it
      std::this_thread::sleep_for(pause_after_trouble);
    }
  }
  if (stop.stop_requested()) return;
  std::vector<Entry> entries;
  entries.reserve(stored.size());
  for (auto& each : stored) entries.push_back(std::move(each.entry));
  for (const auto& listener : batch.listeners) listener(entries, batch.until);
}

void Tail::give(db::Snapshot& snapshot, const std::vector<store::Stored>& entries, const Followers& followers) const {
  if (followers.empty()) return;
  for (const auto& entry : entries) {
    std::optional<request::Feed::Entry> event;  // made once, and only if somebody wants it
    for (const auto& follower : followers) {
      if (entry.index <= follower->cursor || follower->ended || !touches(entry, follower->topic)) continue;
      if (!event) event = event_of(snapshot, names_, entry);
      follower->cursor = entry.index;
      follower->take(*event);
    }
  }
}

void Tail::catch_up(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::shared_ptr<Follower> follower;
    std::int64_t until = 0;
    {
      std::unique_lock lock{mutex_};
      if (!news_.wait(lock, stop, [this] { return !behind_.empty(); })) return;
      follower = behind_.front();
      behind_.pop_front();
      if (follower->ended) continue;
      if (follower->cursor >= told_) {  // up to date: from here the teller goes on
        live_.push_back(follower);
        continue;
      }
      until = told_;
    }
    try {
      const std::int64_t reached = catch_up(*follower, until);
      const std::lock_guard lock{mutex_};
      follower->cursor = reached;
    } catch (const db::Unavailable&) {
      std::this_thread::sleep_for(pause_after_trouble);
    }
    const std::lock_guard lock{mutex_};
    behind_.push_back(std::move(follower));  // one page each in turn
  }
}

std::int64_t Tail::catch_up(Follower& follower, std::int64_t until) {
  bool full = false;
  store_->read([&](db::Snapshot& snapshot) {
    const auto page = store::of_topic(snapshot, follower.topic, follower.cursor, until, batch_size);
    full = page.size() == batch_size;
    for (const auto& entry : page) {
      if (follower.ended) return;
      follower.cursor = entry.index;
      follower.take(event_of(snapshot, names_, entry));
    }
  });
  return full ? follower.cursor : until;
}

}  // namespace logbook
