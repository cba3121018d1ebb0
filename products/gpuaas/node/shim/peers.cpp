#include "products/gpuaas/node/shim/peers.hpp"

#include "shared/json/json.hpp"

namespace shim {
namespace {

using namespace std::chrono_literals;

constexpr auto log_tick = 20ms;  // a flooding workload wakes a log's reader at most this often

class Watcher final : public Peer {
 public:
  Watcher(Descriptor fd, const Sandbox& sandbox) : fd_(std::move(fd)), sandbox_(sandbox) { status_changed(); }

  void add_to(Poll& poll) override {
    const short events = waiting_ ? POLLIN | POLLOUT : POLLIN;
    poll.on(fd_.get(), events, [this](short) {
      if (waiting_) status_changed();
      Packet packet;
      if (receive_packet(fd_.get(), packet) == Got::gone) gone_ = true;
    });
  }
  /// Only the newest status counts: one that waited is not sent.
  void status_changed() override {
    const Sent sent = send_packet(fd_.get(), Kind::status, json::encode(sandbox_.status()));
    waiting_ = sent == Sent::full;
    if (sent == Sent::gone) gone_ = true;
  }
  bool done() const override { return gone_; }
  bool flushed() const override { return gone_ || !waiting_; }

 private:
  Descriptor fd_;
  const Sandbox& sandbox_;
  bool waiting_ = false;
  bool gone_ = false;
};

class LogWatcher final : public Peer {
 public:
  LogWatcher(Descriptor fd, const Sandbox& sandbox) : fd_(std::move(fd)), sandbox_(sandbox) {}

  void add_to(Poll& poll) override {
    const bool due = told_ != sandbox_.log_end();
    const bool now = due && (poll.now() >= next_ || sandbox_.exited());
    if (due && !now) poll.wake_at(next_);
    poll.on(fd_.get(), now ? POLLIN | POLLOUT : POLLIN, [this, now, at = poll.now()](short) {
      if (now) tell(at);
      Packet packet;
      if (receive_packet(fd_.get(), packet) == Got::gone) gone_ = true;
    });
  }
  bool done() const override { return gone_; }
  bool flushed() const override { return gone_ || told_ == sandbox_.log_end(); }

 private:
  void tell(Steady at) {
    const Sent sent = send_packet(fd_.get(), Kind::log_grew, sandbox_.log_end());
    if (sent == Sent::sent) told_ = sandbox_.log_end();
    if (sent == Sent::gone) gone_ = true;
    next_ = at + log_tick;
  }

  Descriptor fd_;
  const Sandbox& sandbox_;
  std::int64_t told_ = -1;
  Steady next_{};
  bool gone_ = false;
};

/// The command's own terminal, or the shell's; both show the same to all who look.
class Terminal final : public Peer {
 public:
  Terminal(Descriptor fd, Sandbox& sandbox, std::shared_ptr<Shell> shell)
      : fd_(std::move(fd)),
        shell_(std::move(shell)),
        tty_(shell_ ? shell_->tty() : sandbox.tty()),
        next_(tty_.scrollback().begin()) {}

  void add_to(Poll& poll) override {
    type();
    short events = 0;
    if (keys_.size() < input_waiting_max) events |= POLLIN;
    if (!shown_all() || end_ready(poll.now())) events |= POLLOUT;
    if (const auto at = shell_ ? shell_->tell_at() : std::nullopt; at && *at > poll.now()) poll.wake_at(*at);
    poll.on(fd_.get(), events, [this, now = poll.now()](short ready) {
      if (ready & (POLLIN | POLLHUP | POLLERR)) hear();
      if (ready & POLLOUT) show(now);
    });
    if (!keys_.empty() && tty_.fd() >= 0) poll.on(tty_.fd(), POLLOUT, [this](short) { type(); });
  }
  bool done() const override { return gone_; }
  bool flushed() const override { return gone_ || shown_all(); }

 private:
  bool shown_all() const { return next_ == tty_.scrollback().end(); }
  bool end_ready(Steady now) const { return shell_ && shell_->told_end(now); }

  void hear() {
    Packet packet;
    const Got got = receive_packet(fd_.get(), packet);
    if (got == Got::gone) gone_ = true;
    if (got != Got::packet) return;
    if (packet.kind == Kind::input) keys_ += packet.body;
    if (packet.kind == Kind::resize)
      if (const auto size = json::decode<runtime::TerminalSize>(packet.body)) resize(*size);
    type();
  }
  void resize(const runtime::TerminalSize& size) {
    if (shell_)
      shell_->resize(size);
    else
      tty_.resize(size);
  }
  /// What is typed before a shell has its terminal waits for it.
  void type() {
    if (keys_.empty() || (shell_ && !shell_->over() && tty_.fd() < 0)) return;
    keys_.erase(0, tty_.type(keys_));
  }
  void show(Steady now) {
    const Scrollback& all = tty_.scrollback();
    while (!gone_ && next_ != all.end()) {
      if (!all.kept(next_)) {
        const std::int64_t missed = all.begin() - next_;
        if (!sent(send_packet(fd_.get(), Kind::skipped, missed))) return;
        next_ += missed;
      }
      const auto bytes = all.from(next_, packet_bytes_max);
      if (!sent(send_packet(fd_.get(), Kind::output, bytes))) return;
      next_ += static_cast<std::int64_t>(bytes.size());
    }
    const auto told = gone_ || !shell_ ? std::nullopt : shell_->told_end(now);
    if (told && sent(send_packet(fd_.get(), Kind::exec_ended, json::encode(*told)))) gone_ = true;
  }
  bool sent(Sent how) {
    if (how == Sent::gone) gone_ = true;
    return how == Sent::sent;
  }

  Descriptor fd_;
  const std::shared_ptr<Shell> shell_;  // none: the command's own
  Tty& tty_;
  std::int64_t next_;  // offset of the first byte not yet shown
  std::string keys_;
  bool gone_ = false;
};

}  // namespace

std::unique_ptr<Peer> make_watcher(Descriptor fd, const Sandbox& sandbox) {
  return std::make_unique<Watcher>(std::move(fd), sandbox);
}

std::unique_ptr<Peer> greet(Descriptor fd, const Packet& first, Sandbox& sandbox, Shells& shells, Steady now) {
  switch (first.kind) {
    case Kind::watch:
      return make_watcher(std::move(fd), sandbox);
    case Kind::watch_log:
      return std::make_unique<LogWatcher>(std::move(fd), sandbox);
    case Kind::attach:
      if (const auto size = json::decode<runtime::TerminalSize>(first.body)) sandbox.tty().resize(*size);
      return std::make_unique<Terminal>(std::move(fd), sandbox, nullptr);
    case Kind::attach_shell: {
      const auto size = json::decode<runtime::TerminalSize>(first.body);
      return std::make_unique<Terminal>(std::move(fd), sandbox, shells.attach(size.value_or(runtime::TerminalSize{})));
    }
    case Kind::exec:
      return make_process(std::move(fd), first.body, sandbox);
    case Kind::stop:
      sandbox.stop(std::chrono::milliseconds{first.number()}, now);
      return nullptr;
    case Kind::kill:
      sandbox.stop(0ms, now);
      return nullptr;
    default:
      return nullptr;
  }
}

}  // namespace shim
