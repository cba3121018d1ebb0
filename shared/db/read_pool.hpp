// ReadPool: a fixed number of connections that snapshots borrow in turn. Whoever waits too long is told so.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "shared/db/trouble.hpp"

namespace db {

inline constexpr std::chrono::seconds reader_wait_max{5};

template <class Connection>
class ReadPool final {
 public:
  void add(std::unique_ptr<Connection> connection) { idle_.push_back(std::move(connection)); }

  /// Throws `Unavailable` after `reader_wait_max`.
  void with(const std::function<void(Connection&)>& use) {
    Borrowed borrowed{*this, take()};
    use(*borrowed.connection);
  }

 private:
  struct Borrowed {
    ReadPool& pool;
    std::unique_ptr<Connection> connection;
    ~Borrowed() { pool.give(std::move(connection)); }
  };

  std::unique_ptr<Connection> take() {
    std::unique_lock lock{mutex_};
    if (!given_.wait_for(lock, reader_wait_max, [&] { return !idle_.empty(); }))
      throw Unavailable("all reading connections are in use");
    auto connection = std::move(idle_.back());
    idle_.pop_back();
    return connection;
  }
  void give(std::unique_ptr<Connection> connection) {
    {
      const std::scoped_lock lock{mutex_};
      idle_.push_back(std::move(connection));
    }
    given_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable given_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace db
