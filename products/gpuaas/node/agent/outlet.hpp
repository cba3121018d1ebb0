// Outlet: messages into a mux stream that may be full for a while. What does not fit waits here, and the source is held
// until it does; the relays' ticker tries again.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "shared/mux/messages.hpp"
#include "shared/mux/mux.hpp"

namespace agent {

class Outlet final {
 public:
  Outlet(std::shared_ptr<mux::Stream> stream, std::function<void(bool)> hold)
      : stream_(std::move(stream)), hold_(std::move(hold)) {}

  void send(std::string_view message, bool binary) { put(mux::message_text(message, binary)); }
  /// After all that was sent.
  void end() {
    const std::lock_guard lock{mutex_};
    ended_ = true;
    flush();
  }
  /// False once nothing is left to do for it.
  bool tick() {
    const std::lock_guard lock{mutex_};
    flush();
    return !closed_;
  }
  void close() {
    const std::lock_guard lock{mutex_};
    closed_ = true;
    waiting_.clear();
  }

 private:
  void put(std::string bytes) {
    const std::lock_guard lock{mutex_};
    if (closed_) return;
    waiting_.push_back(std::move(bytes));
    flush();
  }
  void flush() {
    while (!waiting_.empty() && stream_->write(waiting_.front())) waiting_.pop_front();
    const bool full = !waiting_.empty();
    if (full != held_ && !closed_) hold_(held_ = full);
    if (ended_ && !full && !closed_) {
      stream_->end();
      closed_ = true;
    }
  }

  const std::shared_ptr<mux::Stream> stream_;
  const std::function<void(bool)> hold_;
  std::mutex mutex_;
  std::deque<std::string> waiting_;
  bool held_ = false, ended_ = false, closed_ = false;
};

}  // namespace agent
