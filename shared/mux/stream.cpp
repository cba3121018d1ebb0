#include "shared/mux/core.hpp"

namespace mux {

bool MuxStream::write(std::string_view bytes) {
  const std::scoped_lock lock{core_->mutex_};
  if (ended_ || gone_ || unsent_.size() - unsent_at_ > unsent_max) return false;
  if (bytes.empty()) return true;
  if (unsent_at_ > unsent_max) unsent_.erase(0, std::exchange(unsent_at_, 0));
  unsent_.append(bytes);
  core_->turn(shared_from_this());
  return true;
}

void MuxStream::end() {
  const std::scoped_lock lock{core_->mutex_};
  if (ended_ || gone_) return;
  ended_ = true;
  core_->turn(shared_from_this());
}

void MuxStream::reset(std::string_view reason) {
  Handlers let_go;
  std::deque<Arrived> unheard;
  const std::scoped_lock lock{core_->mutex_};
  if (gone_) return;
  reset_due_ = true;
  reset_reason_ = reason.substr(0, text_max);
  unheard.swap(arrived_);
  let_go = core_->retire(*this);
  core_->forget(*this);
  core_->turn(shared_from_this());
}

void MuxStream::on_data(std::function<void(std::string)> handler) {
  const std::scoped_lock lock{core_->mutex_};
  if (over_) return;
  std::swap(handlers_.data, handler);
  core_->wake(shared_from_this());
}

void MuxStream::on_end(std::function<void()> handler) {
  const std::scoped_lock lock{core_->mutex_};
  if (over_) return;
  std::swap(handlers_.end, handler);
  core_->wake(shared_from_this());
}

void MuxStream::on_reset(std::function<void(std::string)> handler) {
  Handlers let_go;
  {
    const std::scoped_lock lock{core_->mutex_};
    if (over_) return;
    if (!core_->finished_) {
      std::swap(handlers_.reset, handler);
      core_->wake(shared_from_this());
      return;
    }
    let_go = core_->retire(*this);
  }
  // The link was lost before it could be told: no thread is left to tell it but this one.
  if (handler) handler(std::string{link_lost});
}

void MuxStream::hold(bool held) {
  const std::scoped_lock lock{core_->mutex_};
  held_ = held;
}

void MuxStream::consumed(std::size_t bytes) {
  const std::scoped_lock lock{core_->mutex_};
  core_->consumed(shared_from_this(), bytes);
}

}  // namespace mux
