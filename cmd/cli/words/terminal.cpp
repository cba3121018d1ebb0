#include "cmd/cli/words/terminal.hpp"

#include <algorithm>

namespace cli {

Escape::Taken Escape::feed(std::string_view typed) {
  Taken taken;
  for (const char c : typed) {
    if (state_ == State::tilde) {
      state_ = State::inside;
      if (c == '.') {
        taken.leave = true;
        return taken;
      }
      taken.bytes += '~';
      if (c == '~') continue;
    } else if (state_ == State::line_start && c == '~') {
      state_ = State::tilde;
      continue;
    }
    taken.bytes += c;
    state_ = c == '\r' || c == '\n' ? State::line_start : State::inside;
  }
  return taken;
}

std::optional<std::chrono::milliseconds> Backoff::next(Trouble trouble,
                                                       std::optional<std::chrono::seconds> server_asks) {
  constexpr std::chrono::milliseconds longest{1'000}, patience_with_nobody{2'000};
  std::chrono::milliseconds wait = step_;
  if (server_asks && trouble == Trouble::busy) wait = std::max<std::chrono::milliseconds>(wait, *server_asks);
  const auto patience = trouble == Trouble::refused ? std::min(patience_, patience_with_nobody) : patience_;
  if (waited_ + wait > patience) return std::nullopt;
  waited_ += wait;
  step_ = std::min(step_ * 2, longest);
  return wait;
}

std::optional<Trouble> trouble_of(int status, std::string_view reason) {
  if (status == 409 && reason == "in_flight") return Trouble::in_flight;
  if (status == 429 || status == 502 || status == 503 || status == 504) return Trouble::busy;
  return std::nullopt;
}

}  // namespace cli
