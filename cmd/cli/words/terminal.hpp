// The pure parts of a terminal: the escape `~.`, and how long to wait before asking again.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace cli {

/// Looks for `~.` at the beginning of a line among what is typed, as ssh does: `~~` is one tilde, and `~` before
/// anything else is itself. Before the first key a line begins.
class Escape final {
 public:
  struct Taken {
    std::string bytes;  // for the other side
    bool leave = false;
  };
  Taken feed(std::string_view typed);

 private:
  enum class State { inside, line_start, tilde };
  State state_ = State::line_start;
};

/// Why a request is to be sent again.
enum class Trouble {
  refused,    // nobody listens there
  lost,       // the connection broke, or nothing came
  busy,       // 429, 503 or a proxy's 502, 504
  in_flight,  // the first sending of this key is still at work
};

/// How often and how soon: twice as long each time, up to a second, or as long as the server asks; not longer than
/// `patience` in all, and where nobody listens at all only two seconds.
class Backoff final {
 public:
  explicit Backoff(std::chrono::milliseconds patience = std::chrono::seconds{10}) : patience_(patience) {}
  /// How long to wait before the next try; nothing: give up. `server_asks`: Retry-After.
  std::optional<std::chrono::milliseconds> next(Trouble, std::optional<std::chrono::seconds> server_asks = {});

 private:
  std::chrono::milliseconds patience_;
  std::chrono::milliseconds waited_{0};
  std::chrono::milliseconds step_{100};
};

/// Which trouble an answer of this status is; nothing: it is an answer.
std::optional<Trouble> trouble_of(int status, std::string_view reason);

}  // namespace cli
