// Outcome: how a command ends. A Failure is what a person reads, one line of what happened and one of what to do next,
// and what a script reads, the exit code.
//
// Always true
//   - the exit codes mean what doc/design/experience.md fixes, whatever the server's reason is called;
//   - a Failure's text is one to three lines, and its parts carry no control characters to the terminal.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "shared/json/document.hpp"

namespace cli {

enum class Exit { done = 0, failed = 1, usage = 2, absent = 3, refused = 4, unavailable = 5 };

struct Failure {
  Exit exit = Exit::failed;
  std::string what;  // empty: nobody is left to be told
  std::string next = {};
  std::string request = {};  // the id under which the server's log knows it

  bool operator==(const Failure&) const = default;
};

template <class T>
using Outcome = std::expected<T, Failure>;

/// Of an HTTP status (RFC 9110, 15) and the problem's stable word. Limits that tenants set (quota, budget, credit) are
/// refusals whatever their status.
Exit exit_of(int status, std::string_view reason);

/// Of an answer that is no success; `body` is problem+json (RFC 9457), or whatever a proxy in between wrote.
Failure failure_of(int status, std::string_view body, std::string_view request_id);

inline std::unexpected<Failure> wrong_usage(std::string what, std::string next = {}) {
  return std::unexpected(Failure{.exit = Exit::usage, .what = std::move(what), .next = std::move(next)});
}

/// "gpuaas: WHAT\nnext: NEXT\nrequest: ID\n"
std::string text(const Failure&);

/// Without what would move a terminal's cursor: names and notes are other people's words.
std::string printable(std::string_view);

}  // namespace cli
