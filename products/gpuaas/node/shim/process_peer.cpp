// A further process in the sandbox, and the connection that it belongs to. One packet is on its way at a time, in each
// direction a bounded amount waits: who does not read makes the process wait, which is what a pipe does.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>

#include "products/gpuaas/node/shim/entered.hpp"
#include "products/gpuaas/node/shim/peers.hpp"
#include "shared/json/json.hpp"

namespace shim {
namespace {

using namespace std::chrono_literals;

constexpr auto kill_after = 2s;   // SIGHUP, then SIGKILL, when its connection goes
constexpr char end_of_input = 4;  // what a terminal takes for end of file (VEOF's default)

class Process final : public Peer {
 public:
  Process(Descriptor fd, const std::string& spec_json, const Sandbox& sandbox) : fd_(std::move(fd)) {
    if (const auto spec = json::decode<runtime::ExecSpec>(spec_json))
      command_ = Entered{sandbox, *spec};
    else
      tell({.exit_code = 126, .failure = "exec_failed", .detail = spec.error().detail});
  }

  void add_to(Poll& poll) override {
    command_.add_to(poll);
    add_connection(poll);
    if (!input_.empty() && in() >= 0) poll.on(in(), POLLOUT, [this](short) { feed(); });
    if (outbox_.empty()) {
      if (master_) poll.on(master_.get(), POLLIN, [this](short) { take(master_, Kind::output); });
      if (auto& out = command_.output()) poll.on(out.get(), POLLIN, [this, &out](short) { take(out, Kind::output); });
      if (auto& out = command_.error()) poll.on(out.get(), POLLIN, [this, &out](short) { take(out, Kind::error); });
    }
    if (kill_at_) poll.wake_at(*kill_at_);
    if (draining()) poll.wake_at(poll.now());
  }

  void look(Reaped& reaped, Steady now) override {
    command_.look(reaped);
    if (auto master = command_.take_terminal()) {
      master_ = std::move(master);
      ::fcntl(master_.get(), F_SETFL, O_RDWR | O_NONBLOCK);
      if (size_) resize(*size_);
    }
    if (gone_ && command_.alive()) {
      if (!kill_at_)
        hang_up(now);
      else if (now >= *kill_at_)
        command_.signal(SIGKILL);
    }
    if (draining() && outbox_.empty() && !ended_) drain();
  }

  bool done() const override { return (gone_ || (ended_ && outbox_.empty())) && command_.over(); }
  bool flushed() const override { return done(); }

 private:
  bool draining() const { return command_.over() && !ended_ && !gone_; }
  int in() { return master_ ? master_.get() : command_.input().get(); }

  void add_connection(Poll& poll) {
    short events = 0;
    if (input_.size() < input_waiting_max) events |= POLLIN;
    if (!outbox_.empty()) events |= POLLOUT;
    if (gone_) return;
    poll.on(fd_.get(), events, [this](short ready) {
      if (ready & POLLOUT) flush();
      if (ready & (POLLIN | POLLHUP | POLLERR)) hear();
    });
  }

  void hear() {
    Packet packet;
    const Got got = receive_packet(fd_.get(), packet);
    if (got == Got::gone) gone_ = true;
    if (got != Got::packet) return;
    if (packet.kind == Kind::input) input_ += packet.body;
    if (packet.kind == Kind::input_end) input_ended_ = true;
    if (packet.kind == Kind::signal) command_.signal(static_cast<int>(packet.number()));
    if (packet.kind == Kind::resize)
      if (const auto size = json::decode<runtime::TerminalSize>(packet.body)) resize(*size);
    feed();
  }

  void resize(const runtime::TerminalSize& size) {
    size_ = size;
    winsize window{};
    window.ws_row = static_cast<unsigned short>(std::clamp(size.rows, 1, 1000));
    window.ws_col = static_cast<unsigned short>(std::clamp(size.cols, 1, 1000));
    if (master_) ::ioctl(master_.get(), TIOCSWINSZ, &window);
  }

  void feed() {
    if (in() < 0) {
      if (draining() || ended_ || input_closed_) input_.clear();  // nobody reads it any more
      return;
    }
    if (!input_.empty()) {
      const ssize_t put = ::write(in(), input_.data(), input_.size());
      if (put > 0) input_.erase(0, static_cast<std::size_t>(put));
      if (put < 0 && errno != EAGAIN && errno != EINTR) close_input();
    }
    if (!input_ended_ || !input_.empty()) return;
    input_ended_ = false;
    if (master_)
      input_ += end_of_input;
    else
      close_input();
  }

  void close_input() {
    input_.clear();
    command_.input().reset();
    input_closed_ = true;
  }

  /// One packet of what the process wrote; false when there is none now. An ended one is closed.
  bool take(Descriptor& from, Kind kind) {
    char piece[packet_bytes_max];
    const ssize_t got = ::read(from.get(), piece, sizeof piece);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (got <= 0) {
      if (&from != &master_ || draining()) from.reset();
      return false;
    }
    outbox_.assign(piece, static_cast<std::size_t>(got));
    outbox_kind_ = kind;
    flush();
    return true;
  }

  void flush() {
    if (outbox_.empty()) return;
    const Sent sent = send_packet(fd_.get(), outbox_kind_, outbox_);
    if (sent == Sent::gone) gone_ = true;
    if (sent != Sent::full) outbox_.clear();
  }

  /// The process is gone: what it wrote is in the pipes already. What its own children still write is not waited for.
  void drain() {
    for (auto* from : {&master_, &command_.output()}) {
      while (*from && outbox_.empty())
        if (!take(*from, Kind::output)) from->reset();
    }
    while (outbox_.empty() && command_.error())
      if (!take(command_.error(), Kind::error)) command_.error().reset();
    if (!outbox_.empty()) return;
    close_input();
    tell(command_.end());
  }

  void tell(const runtime::ExecEnd& end) {
    ended_ = true;
    outbox_ = json::encode(end);
    outbox_kind_ = Kind::exec_ended;
    flush();
  }

  void hang_up(Steady now) {
    command_.signal(SIGHUP);
    kill_at_ = now + kill_after;
    master_.reset();
    command_.output().reset();
    command_.error().reset();
    close_input();
    outbox_.clear();
  }

  Descriptor fd_;
  Entered command_;
  Descriptor master_;
  std::optional<runtime::TerminalSize> size_;
  std::optional<Steady> kill_at_;
  std::string input_;
  bool input_ended_ = false;  // asked for, after what waits
  bool input_closed_ = false;
  std::string outbox_;
  Kind outbox_kind_ = Kind::output;
  bool ended_ = false;
  bool gone_ = false;
};

}  // namespace

std::unique_ptr<Peer> make_process(Descriptor fd, const std::string& spec_json, const Sandbox& sandbox) {
  return std::make_unique<Process>(std::move(fd), spec_json, sandbox);
}

}  // namespace shim
