#include "shared/http/flow.hpp"

namespace http {

Flow::Written Flow::write(std::string bytes) {
  const std::scoped_lock lock{mutex_};
  if (closed_ || ended_) return {};
  if (waiting_.size() + outgoing_ + bytes.size() > stream_unsent_max) {
    overflowed_ = true;
    return {};
  }
  if (waiting_.empty())
    waiting_ = std::move(bytes);
  else
    waiting_ += bytes;
  return {.taken = true, .wake = !std::exchange(told_, true)};
}

bool Flow::finish(bool whole) {
  const std::scoped_lock lock{mutex_};
  if (std::exchange(closed_, true) || ended_) return false;
  whole_ = whole && !overflowed_;
  return !std::exchange(told_, true) || overflowed_;
}

void Flow::on_close(std::function<void()> handler) {
  {
    const std::scoped_lock lock{mutex_};
    if (!ended_) {
      on_close_ = std::move(handler);
      return;
    }
  }
  handler();
}

Flow::Taken Flow::take() {
  const std::scoped_lock lock{mutex_};
  told_ = false;
  outgoing_ += waiting_.size();
  return {.bytes = std::exchange(waiting_, {}), .last = closed_, .whole = whole_, .slow = closed_ && overflowed_};
}

void Flow::outgoing(std::size_t bytes) {
  const std::scoped_lock lock{mutex_};
  outgoing_ = bytes;
}

void Flow::end() {
  std::function<void()> handler;
  {
    const std::scoped_lock lock{mutex_};
    if (std::exchange(ended_, true)) return;
    waiting_.clear();
    handler = std::exchange(on_close_, nullptr);
  }
  if (handler) handler();
}

}  // namespace http
