// Problems (RFC 9457) that answer for the house before any module is asked: a limit, a malformed request, a handler
// that never answered. Each names a reason, the page of it, what to do next, and a request id of its own.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "shared/base/random.hpp"
#include "shared/http/http.hpp"

namespace http {

struct Refusal {
  int status;
  std::string_view reason;  // stable word
  std::string_view title;
  std::string_view next;
};

inline constexpr Refusal malformed{400, "malformed", "The request cannot be understood.",
                                   "Send a well-formed HTTP/1.1 request."};
inline constexpr Refusal timed_out{408, "timeout", "The request came too slowly.",
                                   "Send it again on a new connection."};
inline constexpr Refusal too_large{413, "too_large", "The body is larger than this server takes.",
                                   "Send less at once."};
inline constexpr Refusal no_upgrade{426, "upgrade_required", "This address speaks WebSocket.",
                                    "Open it as a WebSocket, version 13."};
inline constexpr Refusal header_too_large{431, "header_too_large", "The head of the request is too large.",
                                          "Send fewer or shorter headers."};
inline constexpr Refusal unanswered{500, "internal", "The request was not answered.", "Report it with the request id."};
inline constexpr Refusal no_websocket{501, "not_supported", "There is no WebSocket here.", "Dial the server itself."};
inline constexpr Refusal overloaded{503, "overloaded", "Too many connections.", "Try again in a moment."};

inline constexpr std::string_view request_id_header = "X-Request-Id";

/// Thread-safe: its dice give the request ids.
class Problems {
 public:
  Problems();
  std::string request_id();
  Response answer(const Refusal&, std::string_view detail);

 private:
  std::mutex mutex_;
  base::Random random_;
};

/// The standard phrase of a status (RFC 9110, 15).
std::string_view phrase(int status);

}  // namespace http
