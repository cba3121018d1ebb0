// A further process in the sandbox, and the connection that it belongs to. One packet is on its way at a time, in each
// direction a bounded amount waits: who does not read makes the process wait, which is what a pipe does.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>

#include "products/gpuaas/node/shim/peers.hpp"
#include "shared/json/json.hpp"

namespace shim {
namespace {

using namespace std::chrono_literals;

constexpr auto kill_after = 2s;   // SIGHUP, then SIGKILL, when its connection goes
constexpr char end_of_input = 4;  // what a terminal takes for end of file (VEOF's default)

std::string word_of(const init::Message& failure) {
  if (failure.stage == init::at_directory) return "directory_missing";
  if (failure.stage != init::at_exec) return "exec_failed";
  return failure.number == ENOENT ? "command_not_found" : "command_not_executable";
}

class Process final : public Peer {
 public:
  Process(Descriptor fd, const std::string& spec_json, const Sandbox& sandbox) : fd_(std::move(fd)) {
    const auto spec = json::decode<runtime::ExecSpec>(spec_json);
    if (!spec || spec->command.empty() || sandbox.first() == 0) {
      end_with("exec_failed", spec ? "the workload does not run" : spec.error().detail);
      return;
    }
    name_ = spec->command.front();
    auto child =
        start_more(sandbox.plan(), *spec, sandbox.first(), sandbox.init(), sandbox.seccomp(), sandbox.procs_files());
    if (!child) {
      end_with("exec_failed", child.error().detail);
      return;
    }
    child_ = std::move(*child);
  }

  void add_to(Poll& poll) override {
    if (child_.control) poll.on(child_.control.get(), POLLIN, [this](short) { hear_control(); });
    add_connection(poll);
    if (!input_.empty() && in() >= 0) poll.on(in(), POLLOUT, [this](short) { feed(); });
    if (outbox_.empty()) {
      if (master_) poll.on(master_.get(), POLLIN, [this](short) { take(master_, Kind::output); });
      if (child_.output) poll.on(child_.output.get(), POLLIN, [this](short) { take(child_.output, Kind::output); });
      if (child_.error) poll.on(child_.error.get(), POLLIN, [this](short) { take(child_.error, Kind::error); });
    }
    if (kill_at_) poll.wake_at(*kill_at_);
    if (draining()) poll.wake_at(poll.now());
  }

  void look(Reaped& reaped, Steady now) override {
    hear_control();
    if (child_.helper != 0 && reaped.erase(child_.helper) != 0) {
      child_.helper = 0;
      hear_control();
    }
    if (const auto gone = reaped.find(command_); command_ != 0 && gone != reaped.end()) {
      wait_status_ = gone->second;
      reaped.erase(gone);
      command_ = 0;
    }
    if (gone_ && command_ != 0) {
      if (!kill_at_)
        hang_up(now);
      else if (now >= *kill_at_)
        ::kill(command_, SIGKILL);
    }
    if (draining() && outbox_.empty() && !ended_) drain();
  }

  bool done() const override { return (gone_ || (ended_ && outbox_.empty())) && command_ == 0 && child_.helper == 0; }
  bool flushed() const override { return done(); }

 private:
  bool draining() const { return child_.helper == 0 && command_ == 0 && !ended_ && !gone_; }
  int in() const { return master_ ? master_.get() : child_.input.get(); }

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

  void hear_control() {
    Control control;
    for (;;) {
      const Got got = child_.control ? receive_control(child_.control.get(), control) : Got::nothing;
      if (got == Got::gone) child_.control.reset();
      if (got != Got::packet) return;
      if (control.message.kind == entered && control.sender == child_.helper) command_ = control.message.number;
      if (control.message.kind == init::failed) failed_ = control.message;
      if (control.message.kind == init::terminal) {
        master_ = std::move(control.passed);
        ::fcntl(master_.get(), F_SETFL, O_RDWR | O_NONBLOCK);
        if (size_) resize(*size_);
      }
    }
  }

  void hear() {
    Packet packet;
    const Got got = receive_packet(fd_.get(), packet);
    if (got == Got::gone) gone_ = true;
    if (got != Got::packet) return;
    if (packet.kind == Kind::input) input_ += packet.body;
    if (packet.kind == Kind::input_end) input_ended_ = true;
    if (packet.kind == Kind::signal && command_ != 0) ::kill(command_, static_cast<int>(packet.number()));
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
    child_.input.reset();
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
    for (auto* from : {&master_, &child_.output}) {
      while (*from && outbox_.empty())
        if (!take(*from, Kind::output)) from->reset();
    }
    while (outbox_.empty() && child_.error)
      if (!take(child_.error, Kind::error)) child_.error.reset();
    if (!outbox_.empty()) return;
    close_input();
    if (failed_) return end_with(word_of(*failed_), name_ + ": " + ::strerror(failed_->number));
    if (!wait_status_) return end_with("exec_failed", "the sandbox could not be entered");
    runtime::ExecEnd end;
    if (WIFSIGNALED(*wait_status_)) end.signal = WTERMSIG(*wait_status_);
    end.exit_code = end.signal != 0 ? 128 + end.signal : WEXITSTATUS(*wait_status_);
    tell(end);
  }

  void end_with(std::string word, std::string detail) {
    const bool absent = word == "command_not_found";
    tell({.exit_code = absent ? 127 : 126, .failure = std::move(word), .detail = std::move(detail)});
  }

  void tell(const runtime::ExecEnd& end) {
    ended_ = true;
    outbox_ = json::encode(end);
    outbox_kind_ = Kind::exec_ended;
    flush();
  }

  void hang_up(Steady now) {
    ::kill(command_, SIGHUP);
    kill_at_ = now + kill_after;
    master_.reset();
    child_.output.reset();
    child_.error.reset();
    close_input();
    outbox_.clear();
  }

  Descriptor fd_;
  std::string name_;
  MoreChild child_;
  Descriptor master_;
  pid_t command_ = 0;
  std::optional<runtime::TerminalSize> size_;
  std::optional<init::Message> failed_;
  std::optional<int> wait_status_;
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
