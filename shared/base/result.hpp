// Result: an expected failure is a value. A Reason is a constant of the module that returns it, a stable word that a
// client may act on; the detail is for a person, and the Reason's `next` tells that person what to do.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace base {

/// What sort of failure it is; the edge maps it to an HTTP status (RFC 9110) and the CLI to an exit code.
enum class Kind {
  invalid,          // 400
  unauthenticated,  // 401
  forbidden,        // 403
  not_found,        // 404
  conflict,         // 409
  too_large,        // 413
  unprocessable,    // 422
  limited,          // 429
  internal,         // 500
  unavailable,      // 503
};

struct Reason {
  std::string_view word;
  Kind kind;
  std::string_view next = {};  // what the caller can do about it, one sentence

  constexpr bool operator==(const Reason& other) const { return word == other.word; }
};

inline constexpr Reason not_found{"not_found", Kind::not_found, "Check the name or id, and that you may see it."};
inline constexpr Reason forbidden{"forbidden", Kind::forbidden, "Ask an owner of the scope for the permission."};
inline constexpr Reason invalid{"invalid", Kind::invalid, "Correct the named member and send it again."};
inline constexpr Reason unauthenticated{"unauthenticated", Kind::unauthenticated, "Sign in, or send a valid API key."};
inline constexpr Reason unavailable{"unavailable", Kind::unavailable, "Try again in a moment."};
inline constexpr Reason contended{"contended", Kind::unavailable, "Try again in a moment."};
inline constexpr Reason internal{"internal", Kind::internal, "Report it with the request id."};
inline constexpr Reason nothing{"nothing",
                                Kind::conflict};  // a job's step that changed nothing: never seen by a client

struct Error {
  Reason reason;
  std::string detail = {};
  std::string pointer = {};  // JSON pointer (RFC 6901) into the input, where the failure is of one member
};

template <class T>
class [[nodiscard]] Result : public std::expected<T, Error> {
 public:
  using std::expected<T, Error>::expected;
  Result(Error error) : std::expected<T, Error>(std::unexpect, std::move(error)) {}
};

}  // namespace base
