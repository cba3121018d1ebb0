#include "shared/mux/core.hpp"

namespace mux {
namespace {

constexpr std::uint16_t protocol_error = 1002;  // RFC 6455, 7.4.1
constexpr std::uint16_t going_away = 1001;
constexpr std::uint16_t policy = 1008;
constexpr std::uint32_t id_max = 0xffff'ff00;
constexpr std::size_t credit_given_at = window_initial / 4;  // a window frame for every read would be half the traffic

}  // namespace

Core::Core(std::shared_ptr<http::WebSocket> socket, bool dialler, LinkEvents events, Pace pace)
    : dialler_(dialler),
      pace_(pace),
      events_(std::move(events)),
      socket_(std::move(socket)),
      next_id_(dialler ? 1 : 2) {}

Core::~Core() {
  if (thread_.joinable()) thread_.detach();
}

void Core::begin() {
  const auto socket = socket_;
  socket->on_message([weak = weak_from_this()](std::string message, bool binary) {
    if (const auto core = weak.lock()) core->take(message, binary);
  });
  socket->on_close([weak = weak_from_this()](std::uint16_t code, const std::string& reason) {
    if (const auto core = weak.lock())
      core->lose(code, reason.empty() ? "closed with " + std::to_string(code) : reason);
  });
  thread_ = std::thread{[core = shared_from_this()] { core->run(); }};
  socket->start();
}

std::shared_ptr<Stream> Core::open(std::string_view what) {
  const std::scoped_lock lock{mutex_};
  if (lost_ || streams_.size() >= streams_max || next_id_ > id_max || what.empty() || what.size() > what_max)
    return nullptr;
  const auto stream = std::make_shared<MuxStream>(shared_from_this(), next_id_);
  next_id_ += 2;
  stream->what_ = what;
  stream->open_due_ = true;
  streams_.emplace(stream->id_, stream);
  turn(stream);
  return stream;
}

bool Core::alive() {
  const std::scoped_lock lock{mutex_};
  return !lost_;
}

void Core::lose(std::uint16_t code, std::string_view reason) {
  std::shared_ptr<http::WebSocket> socket;
  std::deque<StreamPtr> turns;
  {
    const std::scoped_lock lock{mutex_};
    if (std::exchange(lost_, true)) return;
    lost_reason_ = reason;
    socket.swap(socket_);
    turns.swap(turns_);
    for (const auto& [id, stream] : streams_) {
      stream->gone_ = true;
      if (!stream->peer_ended_) stream->arrived_.push_back({Kind::reset, std::string{link_lost}});
      wake(stream);
    }
    changed_.notify_all();
  }
  if (socket) socket->close(code, reason);
}

void Core::join() {
  if (!thread_.joinable()) return;
  if (thread_.get_id() == std::this_thread::get_id())
    thread_.detach();
  else
    thread_.join();
}

// --- what comes in, on the WebSocket's thread ---

void Core::take(std::string_view message, bool binary) {
  std::string wrong;
  {
    const std::scoped_lock lock{mutex_};
    if (lost_) return;
    const auto frame = parse_frame(message);
    wrong = !binary ? "a message of text" : !frame ? frame.error().detail : take_frame(*frame);
  }
  if (!wrong.empty()) lose(protocol_error, "malformed frame: " + wrong);
}

std::string Core::take_frame(const Frame& frame) {
  if (frame.kind == Kind::pong) {
    unanswered_ = Time::max();
    return {};
  }
  if (frame.kind == Kind::ping) {
    pong_due_ = true;
    pump();
    return {};
  }
  if (frame.kind == Kind::open) return take_open(frame);
  const auto found = streams_.find(frame.stream);
  if (found != streams_.end()) {
    const StreamPtr stream = found->second;
    return take_for(stream, frame);
  }
  // One that was reset here may still hear what was on its way.
  const bool ours = (frame.stream % 2 == 1) == dialler_;
  const bool was_open = ours ? frame.stream < next_id_ : frame.stream <= peer_last_;
  return was_open ? "" : "a frame for a stream that nobody opened";
}

std::string Core::take_open(const Frame& frame) {
  const bool ours = (frame.stream % 2 == 1) == dialler_;
  if (ours || frame.stream <= peer_last_) return "an open that reuses a number";
  peer_last_ = frame.stream;
  const auto stream = std::make_shared<MuxStream>(shared_from_this(), frame.stream);
  if (streams_.size() >= streams_max) {
    stream->gone_ = stream->over_ = stream->reset_due_ = true;
    stream->reset_reason_ = "too many streams";
    turn(stream);
    return {};
  }
  if (opened_.size() >= streams_max) return "a flood of opens";
  streams_.emplace(frame.stream, stream);
  opened_.emplace_back(std::string{frame.payload}, stream);
  changed_.notify_all();
  return {};
}

std::string Core::take_for(const StreamPtr& stream, const Frame& frame) {
  switch (frame.kind) {
    case Kind::data:
      if (stream->peer_ended_) return "data after the end";
      if (frame.payload.size() > stream->window_) return "data beyond the window";
      stream->window_ -= frame.payload.size();
      stream->unconsumed_ += frame.payload.size();
      stream->arrived_.push_back({Kind::data, std::string{frame.payload}});
      break;
    case Kind::window:
      if (stream->credit_ + frame.credit > window_initial) return "a credit beyond the window";
      stream->credit_ += frame.credit;
      turn(stream);
      return {};
    case Kind::end:
      if (std::exchange(stream->peer_ended_, true)) return "a second end";
      stream->arrived_.push_back({Kind::end, {}});
      forget(*stream);
      break;
    default:
      stream->gone_ = true;
      if (!stream->peer_ended_) stream->arrived_.push_back({Kind::reset, std::string{frame.payload}});
      forget(*stream);
      break;
  }
  wake(stream);
  return woken_.size() > turns_max ? "a flood" : "";
}

// --- what goes out, by whoever holds the mutex ---

void Core::turn(const StreamPtr& stream) {
  if (lost_) return;
  if (!stream->in_turn_ && next(*stream)) {
    stream->in_turn_ = true;
    turns_.push_back(stream);
    if (turns_.size() > turns_max) {
      flooded_ = true;  // by a peer that opens faster than it hears it may not
      changed_.notify_all();
    }
  }
  pump();
}

bool Core::send(std::string frame) {
  if (socket_->send(std::move(frame), true)) return true;
  full_ = true;
  changed_.notify_all();
  return false;
}

void Core::pump() {
  if (!socket_ || full_) return;
  if (pong_due_ && !send(encode(0, Kind::pong, {}))) return;
  pong_due_ = false;
  if (ping_due_ && !send(encode(0, Kind::ping, {}))) return;
  ping_due_ = false;
  while (!turns_.empty()) {
    const StreamPtr stream = turns_.front();
    if (const auto what = next(*stream)) {
      if (!send(build(*stream, *what))) return;
      sent(*stream, *what);
    }
    turns_.pop_front();
    if (next(*stream))
      turns_.push_back(stream);  // one frame a turn: nobody waits for a long one
    else
      stream->in_turn_ = false;
  }
}

std::optional<Core::Next> Core::next(const MuxStream& stream) const {
  if (stream.reset_due_) return stream.open_due_ ? std::nullopt : std::optional<Next>{{Kind::reset}};
  if (stream.gone_) return std::nullopt;
  if (stream.open_due_) return Next{Kind::open};
  if (stream.window_due_ >= credit_given_at && !stream.peer_ended_) return Next{Kind::window, stream.window_due_};
  const std::size_t unsent = stream.unsent_.size() - stream.unsent_at_;
  if (unsent > 0 && stream.credit_ > 0) return Next{Kind::data, std::min({unsent, stream.credit_, frame_max})};
  if (unsent == 0 && stream.ended_ && !stream.end_sent_) return Next{Kind::end};
  return std::nullopt;
}

std::string Core::build(const MuxStream& stream, const Next& what) const {
  switch (what.kind) {
    case Kind::open:
      return encode(stream.id_, what.kind, stream.what_);
    case Kind::data:
      return encode(stream.id_, what.kind, std::string_view{stream.unsent_}.substr(stream.unsent_at_, what.bytes));
    case Kind::window:
      return encode_window(stream.id_, static_cast<std::uint32_t>(what.bytes));
    case Kind::reset:
      return encode(stream.id_, what.kind, stream.reset_reason_);
    default:
      return encode(stream.id_, what.kind, {});
  }
}

void Core::sent(MuxStream& stream, const Next& what) {
  switch (what.kind) {
    case Kind::open:
      stream.open_due_ = false;
      stream.what_.clear();
      break;
    case Kind::data:
      stream.credit_ -= what.bytes;
      stream.unsent_at_ += what.bytes;
      if (stream.unsent_at_ == stream.unsent_.size()) {
        stream.unsent_.clear();
        stream.unsent_at_ = 0;
      }
      break;
    case Kind::window:
      stream.window_ += what.bytes;
      stream.window_due_ -= what.bytes;
      break;
    case Kind::reset:
      stream.reset_due_ = false;
      break;
    default:
      stream.end_sent_ = true;
      forget(stream);
      break;
  }
}

void Core::consumed(const StreamPtr& stream, std::size_t bytes) {
  const std::size_t counted = std::min(bytes, stream->unconsumed_);
  stream->unconsumed_ -= counted;
  stream->window_due_ += counted;
  turn(stream);
}

/// Once both sides are done, or one of them has reset it, its number is free of meaning.
void Core::forget(MuxStream& stream) {
  if (stream.gone_ || (stream.peer_ended_ && stream.end_sent_)) streams_.erase(stream.id_);
}

MuxStream::Handlers Core::retire(MuxStream& stream) {
  stream.over_ = true;
  return std::exchange(stream.handlers_, {});
}

void Core::wake(const StreamPtr& stream) {
  if (finished_ || stream->arrived_.empty() || std::exchange(stream->waking_, true)) return;
  woken_.push_back(stream);
  changed_.notify_all();
}

// --- the link's thread ---

void Core::run() {
  Lock lock{mutex_};
  while (true) {
    ping(lock, std::chrono::steady_clock::now());
    if (!opened_.empty()) {
      auto [what, stream] = std::move(opened_.front());
      opened_.pop_front();
      lock.unlock();
      if (events_.opened) events_.opened(std::move(what), std::move(stream));
      stream.reset();
      lock.lock();
    } else if (!woken_.empty()) {
      StreamPtr stream = std::move(woken_.front());
      woken_.pop_front();
      stream->waking_ = false;
      deliver(lock, stream);
      lock.unlock();
      stream.reset();
      lock.lock();
    } else if (lost_) {
      return finish(lock);
    } else {
      const Time until = full_ ? std::chrono::steady_clock::now() + full_pause : next_ping_;
      changed_.wait_until(lock, until);
      if (std::exchange(full_, false)) pump();
    }
  }
}

void Core::ping(Lock& lock, Time now) {
  if (lost_) return;
  const bool silent = unanswered_ != Time::max() && now - unanswered_ > pace_.silence - pace_.ping_every;
  if (silent || flooded_) {
    lock.unlock();
    lose(policy, flooded_ ? "a flood of streams" : "silent for " + std::to_string(pace_.silence.count()) + " ms");
    lock.lock();
    return;
  }
  if (now < next_ping_) return;
  next_ping_ = now + pace_.ping_every;
  ping_due_ = true;
  if (unanswered_ == Time::max()) unanswered_ = now;
  pump();
}

void Core::deliver(Lock& lock, const StreamPtr& stream) {
  while (!stream->over_ && !stream->arrived_.empty()) {
    const Kind kind = stream->arrived_.front().kind;
    if (kind == Kind::data && !stream->handlers_.data) {
      // Whoever listens for the reset only does not wait for someone to read what came before it.
      if (!stream->handlers_.reset || stream->arrived_.back().kind != Kind::reset) return;
      stream->arrived_.pop_front();
      continue;
    }
    if ((kind == Kind::end && !stream->handlers_.end) || (kind == Kind::reset && !stream->handlers_.reset)) return;
    auto arrived = std::move(stream->arrived_.front());
    stream->arrived_.pop_front();
    if (kind == Kind::data)
      deliver_data(lock, stream, std::move(arrived.bytes));
    else
      deliver_last(lock, stream, std::move(arrived));
  }
}

void Core::deliver_data(Lock& lock, const StreamPtr& stream, std::string bytes) {
  const std::size_t size = bytes.size();
  auto handler = std::exchange(stream->handlers_.data, nullptr);
  lock.unlock();
  handler(std::move(bytes));
  lock.lock();
  if (!stream->over_ && !stream->handlers_.data) handler.swap(stream->handlers_.data);
  if (!stream->held_) consumed(stream, size);
  if (!handler) return;
  lock.unlock();
  handler = nullptr;
  lock.lock();
}

void Core::deliver_last(Lock& lock, const StreamPtr& stream, MuxStream::Arrived arrived) {
  auto handlers = retire(*stream);
  lock.unlock();
  if (arrived.kind == Kind::end)
    handlers.end();
  else
    handlers.reset(std::move(arrived.bytes));
  handlers = {};
  lock.lock();
}

void Core::finish(Lock& lock) {
  finished_ = true;
  const auto streams = std::exchange(streams_, {});
  auto events = std::exchange(events_, {});
  const std::string reason = lost_reason_;
  lock.unlock();
  if (events.closed) events.closed(reason);
}

namespace {

class MuxLink final : public Link {
 public:
  explicit MuxLink(std::shared_ptr<Core> core) : core_(std::move(core)) {}
  ~MuxLink() override {
    core_->lose(going_away, "the link was let go");
    core_->join();
  }
  std::shared_ptr<Stream> open(std::string_view what) override { return core_->open(what); }
  void close(std::string_view reason) override { core_->lose(1000, reason); }
  bool alive() const override { return core_->alive(); }

 private:
  const std::shared_ptr<Core> core_;
};

}  // namespace

std::shared_ptr<Link> attach(std::shared_ptr<http::WebSocket> socket, bool dialler, LinkEvents events, Pace pace) {
  auto core = std::make_shared<Core>(std::move(socket), dialler, std::move(events), pace);
  auto link = std::make_shared<MuxLink>(core);
  core->begin();
  return link;
}

std::shared_ptr<Link> attach(std::shared_ptr<http::WebSocket> socket, bool dialler, LinkEvents events) {
  return attach(std::move(socket), dialler, std::move(events), Pace{});
}

}  // namespace mux
