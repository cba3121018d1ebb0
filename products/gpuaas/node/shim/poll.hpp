// One round of poll(2): who wants which descriptor, for what, and until when. Made anew for each round, so that nothing
// is registered that is no longer wanted.
#pragma once

#include <poll.h>

#include <chrono>
#include <functional>
#include <optional>
#include <vector>

namespace shim {

using Steady = std::chrono::steady_clock::time_point;

class Poll final {
 public:
  explicit Poll(Steady now) : now_(now) {}
  Steady now() const { return now_; }  // of the round's start: what timers are compared with

  void on(int fd, short events, std::function<void(short)> ready) {
    wanted_.push_back({fd, events, 0});
    ready_.push_back(std::move(ready));
  }
  void wake_at(Steady at) { wake_ = wake_ ? std::min(*wake_, at) : at; }

  /// Waits, then calls those whose descriptor is ready. A called one must not destroy another of the round.
  void run() {
    int wait_ms = -1;
    if (wake_) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(*wake_ - now_);
      wait_ms = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
    }
    if (::poll(wanted_.data(), wanted_.size(), wait_ms) <= 0) return;
    for (std::size_t i = 0; i < wanted_.size(); ++i)
      if (wanted_[i].revents != 0) ready_[i](wanted_[i].revents);
  }

 private:
  Steady now_;
  std::vector<pollfd> wanted_;
  std::vector<std::function<void(short)>> ready_;
  std::optional<Steady> wake_;
};

}  // namespace shim
