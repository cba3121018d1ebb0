// A way into an instance: a terminal, or one command. Bytes of the WebSocket go to stdout and stderr on its own thread,
// which holds up the server when they are not read; what is typed goes the other way on the main thread.
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "cmd/cli/perform.hpp"
#include "cmd/cli/tty.hpp"
#include "cmd/cli/words/progress.hpp"
#include "cmd/cli/words/terminal.hpp"

namespace cli {
namespace {

constexpr std::size_t piece_max = 32 << 10;
constexpr std::int64_t untaken_max = 512 << 10;  // the platform between holds a little more, and cuts who sends beyond
constexpr std::chrono::milliseconds full_pause{5};
// A terminal has no end of input to pass on: what was piped in has until then to be answered, or to end the shell.
constexpr std::chrono::seconds quiet_max{5};
constexpr std::uint16_t cut_by_platform = 1008;  // RFC 6455, 7.4.1: policy violation

using Clock = std::chrono::steady_clock;

struct Wanted {
  std::string instance;
  std::vector<std::string> command = {};  // empty: the shell in it
  bool tty = true;
  bool own = false;  // instead of the shell, the terminal of the instance's own command
};

/// How it came to an end.
struct End {
  std::optional<json::Document> exit;  // the other side's last word
  bool left = false;                   // by ~.
  bool input_ended = false;            // and so it was left
  std::uint16_t close_code = 0;
  std::string close_reason;
};

bool write_all(int to, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(to, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0 && errno == EAGAIN) {
      pollfd one{.fd = to, .events = POLLOUT, .revents = 0};
      ::poll(&one, 1, -1);
      continue;
    }
    if (wrote <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return true;
}

/// One connection. Its handlers run on the socket's thread and end with it.
class Line final {
 public:
  /// `counted`: the other side says what it took.
  Line(std::shared_ptr<http::WebSocket> socket, bool counted)
      : socket_(std::move(socket)),
        counted_(counted),
        over_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        taken_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    socket_->on_message([this](std::string message, bool binary) { take(std::move(message), binary); });
    socket_->on_close([this](std::uint16_t code, std::string reason) {
      const std::lock_guard lock{mutex_};
      end_.close_code = code;
      end_.close_reason = std::move(reason);
      wake();
    });
    socket_->start();
  }
  ~Line() {
    socket_->close(1000, "");
    socket_.reset();  // joins the thread, so that no handler runs on
    ::close(over_);
    ::close(taken_);
  }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  int over() const { return over_; }                  // readable once it is over
  int taken() const { return taken_; }                // readable when the process took some of what was sent
  Clock::time_point heard() const { return heard_; }  // when the last of its output came
  End end() {
    const std::lock_guard lock{mutex_};
    return end_;
  }
  /// False: not now.
  bool send(std::string bytes, bool binary) {
    const auto size = binary && counted_ ? static_cast<std::int64_t>(bytes.size()) : 0;
    if (size > 0 && untaken_ > untaken_max) return false;
    untaken_ += size;
    if (socket_->send(std::move(bytes), binary)) return true;
    untaken_ -= size;
    return false;
  }
  void resize(Size size) {
    json::Writer out;
    out.object().key("resize").object().member("rows", std::int64_t{size.rows}).member("cols", std::int64_t{size.cols});
    (void)send(out.end().end().take(), false);
  }

 private:
  static void wake_by(int event) {
    const std::uint64_t one = 1;
    (void)!::write(event, &one, sizeof one);
  }
  void wake() const { wake_by(over_); }

  void take(std::string message, bool binary) {
    if (binary) {
      heard_ = Clock::now();
      if (write_all(on_error_ ? STDERR_FILENO : STDOUT_FILENO, message)) return;
      const std::lock_guard lock{mutex_};
      end_.left = true;  // nobody reads any more
      return wake();
    }
    const auto said = json::Document::parse(message);
    if (!said) return;
    if (said->has("taken")) {
      untaken_ -= (*said)["taken"].as_int();
      wake_by(taken_);
    }
    if (said->has("stream")) on_error_ = (*said)["stream"].as_text() == "stderr";
    if (!said->has("exit")) return;
    const std::lock_guard lock{mutex_};
    end_.exit = (*said)["exit"];
    wake();
  }

  std::shared_ptr<http::WebSocket> socket_;
  const bool counted_;
  const int over_, taken_;
  std::atomic<std::int64_t> untaken_ = 0;
  std::atomic<Clock::time_point> heard_ = Clock::now();
  bool on_error_ = false;  // of the socket's thread
  std::mutex mutex_;
  End end_;
};

/// What is typed or piped in, on its way to a Line.
class Input final {
 public:
  Input(bool raw, bool tell_end) : raw_(raw), tell_end_(tell_end) {}

  /// Reads and sends until the line is over, the person leaves, or the input has ended and nothing answers it any more.
  End run(Line& line, const Signals& signals) {
    while (true) {
      flush(line);
      const bool reads = pending_.empty() && !at_end_;
      std::array<pollfd, 4> all{{{line.over(), POLLIN, 0},
                                 {signals.descriptor(), POLLIN, 0},
                                 {line.taken(), POLLIN, 0},
                                 {STDIN_FILENO, POLLIN, 0}}};
      const auto pause = pending_.empty() ? patience(line) : std::optional{full_pause};
      if (pause && pause->count() <= 0) return {.left = true, .input_ended = true};
      const int timeout = pause ? static_cast<int>(pause->count()) : -1;
      if (::poll(all.data(), reads ? 4 : 3, timeout) < 0 && errno != EINTR) return line.end();
      if (all[0].revents != 0) return line.end();
      if (all[2].revents != 0) {
        std::uint64_t count = 0;
        (void)!::read(line.taken(), &count, sizeof count);
      }
      if (all[1].revents != 0) {
        const auto taken = signals.take();
        if (taken.leave) return {.left = true};
        if (taken.resized) line.resize(terminal_size());
      }
      if (reads && all[3].revents != 0 && !take()) return {.left = true};
    }
  }

  /// Waits without a line; what is typed meanwhile goes nowhere. False: the person leaves.
  bool wait(std::chrono::milliseconds time, const Signals& signals) {
    pending_.clear();
    const auto end = std::chrono::steady_clock::now() + time;
    while (true) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
      if (left.count() <= 0) return true;
      std::array<pollfd, 2> all{{{signals.descriptor(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}}};
      ::poll(all.data(), at_end_ ? 1 : 2, static_cast<int>(left.count()));
      if (all[0].revents != 0 && signals.take().leave) return false;
      if (all[1].revents != 0 && !take()) return false;
      pending_.clear();
    }
  }

 private:
  /// How much longer an answer to the last input is waited for. None: more may come, or its end is passed on.
  std::optional<std::chrono::milliseconds> patience(const Line& line) const {
    if (!at_end_ || tell_end_) return std::nullopt;
    if (!spoke_) return std::chrono::milliseconds{0};
    const auto end = std::max(line.heard(), ended_) + quiet_max;
    return std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
  }

  /// False: the person leaves.
  bool take() {
    std::string bytes(piece_max, '\0');
    const ssize_t got = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return true;
    if (got <= 0) {
      at_end_ = true;
      end_due_ = tell_end_;
      ended_ = Clock::now();
      return true;
    }
    spoke_ = true;
    bytes.resize(static_cast<std::size_t>(got));
    if (!raw_) {
      pending_ = std::move(bytes);
      return true;
    }
    auto taken = escape_.feed(bytes);
    pending_ = std::move(taken.bytes);
    return !taken.leave;
  }

  void flush(Line& line) {
    if (!pending_.empty() && line.send(pending_, true)) pending_.clear();
    if (pending_.empty() && end_due_ && line.send(R"({"eof":true})", false)) end_due_ = false;
  }

  const bool raw_, tell_end_;
  Escape escape_;
  std::string pending_;
  bool spoke_ = false, at_end_ = false, end_due_ = false;
  Clock::time_point ended_;
};

Outcome<std::shared_ptr<http::WebSocket>> open(Session& session, const Wanted& wanted) {
  const Size size = terminal_size();
  json::Writer body;
  body.object()
      .member("surface", "terminal")
      .member("rows", std::int64_t{size.rows})
      .member("cols", std::int64_t{size.cols});
  if (!wanted.command.empty()) body.member("command", wanted.command).member("tty", wanted.tty);
  if (wanted.own) body.member("own", true);
  auto asked = session.read(
      {.method = "POST", .path = "/v1/instances/" + wanted.instance + "/access-sessions", .body = body.end().take()});
  if (!asked) return std::unexpected(asked.error());
  // The ticket is the credential, in the one header that a browser can send, too; the server chooses the other.
  return session.websocket((*asked)["url"].as_text(),
                           "gpuaas.ticket." + (*asked)["ticket"].as_text() + ", gpuaas.ticket.accepted");
}

/// A text of the house's own into the shown terminal.
void say(const std::string& text) { fprintf(stderr, "\r\n[gpuaas: %s]\r\n", printable(text).c_str()); }

Ending ending_of(const End& end) {
  if (end.exit) {
    const int code = exit_code(*end.exit);
    const std::string& failure = (*end.exit)["failure"].as_text();
    if (!failure.empty()) fprintf(stderr, "gpuaas: the command could not run: %s\n", printable(failure).c_str());
    return code;
  }
  if (end.input_ended) fprintf(stderr, "gpuaas: the input ended, and so does this session; the shell goes on\n");
  if (end.left) return 0;  // by the person
  const bool refused = end.close_code == cut_by_platform;
  return std::unexpected(
      Failure{.exit = refused ? Exit::refused : Exit::unavailable,
              .what = "the connection was cut" + (end.close_reason.empty() ? "" : ": " + end.close_reason),
              .next = refused ? "Ask for the permission again." : "Try again in a moment."});
}

/// Until it stands, or the server refuses it for good; null: the person leaves.
Outcome<std::shared_ptr<http::WebSocket>> open_again(Session& session, const Wanted& wanted, Input& input,
                                                     const Signals& signals) {
  Backoff backoff{std::chrono::minutes{2}};
  while (true) {
    const auto wait = backoff.next(Trouble::lost);
    if (wait && !input.wait(*wait, signals)) return std::shared_ptr<http::WebSocket>{};
    auto socket = open(session, wanted);
    if (socket || !wait || socket.error().exit != Exit::unavailable) return socket;
  }
}

}  // namespace

// A command runs once: a broken connection is not taken up again, because that would run it twice.
Ending instance_exec(Context& context) {
  auto id = context.places.value(Takes::instance, context.parsed.words.at("instance"));
  if (!id) return std::unexpected(id.error());
  const bool tty = context.parsed.has("tty");
  const Signals signals;
  auto socket = open(context.session, {.instance = *id, .command = context.parsed.rest, .tty = tty});
  if (!socket) return std::unexpected(socket.error());
  std::optional<Raw> raw;
  if (tty) raw.emplace();
  Input input{tty && raw->active(), true};
  Line line{std::move(*socket), true};
  const End end = input.run(line, signals);
  raw.reset();
  return ending_of(end);
}

Ending terminal(Context& context) {
  auto id = context.places.value(Takes::instance, context.parsed.words.at("instance"));
  if (!id) return std::unexpected(id.error());
  const Wanted wanted{.instance = *id, .own = context.parsed.has("own")};
  const Signals signals;
  auto socket = open(context.session, wanted);
  if (!socket) return std::unexpected(socket.error());
  std::optional<Raw> raw{std::in_place};
  Input input{raw->active(), false};
  while (true) {
    End end;
    {
      Line line{std::move(*socket), false};
      end = input.run(line, signals);
    }
    const bool over = end.exit || end.left || end.close_code == cut_by_platform || !raw->active();
    if (!over) {
      say("connection lost, trying again; ~. leaves");
      socket = open_again(context.session, wanted, input, signals);
      if (!socket) return std::unexpected(socket.error());
      end.left = *socket == nullptr;
      if (!end.left && !print("\x1b[H\x1b[2J")) end.left = true;  // cleared: the scrollback comes again
    }
    if (over || end.left) {
      if (raw->active()) say(end.left ? "left; it goes on" : "ended");
      raw.reset();
      return ending_of(end);
    }
  }
}

}  // namespace cli
