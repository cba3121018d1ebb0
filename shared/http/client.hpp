// The HTTP client of nodes, the CLI and later the gateway. Blocking calls on the caller's thread; a WebSocket has a
// thread of its own. http:// and https:// by the URL; certificates are verified unless `insecure`.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "shared/base/result.hpp"
#include "shared/http/http.hpp"

namespace http {

struct ClientOptions {
  std::string url;           // "http://127.0.0.1:7070", without a path
  std::string ca_file = {};  // PEM; empty: the system's
  bool insecure = false;
  std::chrono::milliseconds timeout{30'000};
};

inline constexpr std::size_t refusal_max = 64 << 10;  // of the body of a refused upgrade

class Client {
 public:
  virtual ~Client() = default;
  /// Keeps its connection. Errors: `unavailable` (refused, reset, timed out).
  virtual base::Result<Response> send(const Request&) = 0;
  /// A body that comes in pieces; `piece` returning false ends it. The head is returned first by `head`, false ends it.
  virtual base::Result<void> stream(const Request&, std::function<bool(const Response& head)> head,
                                    std::function<bool(std::string_view piece)> piece) = 0;
  /// `refused` gets the answer that came instead of the upgrade, without a body beyond `refusal_max`.
  /// Errors: `unavailable`, then too.
  virtual base::Result<std::shared_ptr<WebSocket>> websocket(
      const Request&, std::string subprotocols, const std::function<void(const Response&)>& refused = {}) = 0;
};

std::unique_ptr<Client> client(ClientOptions);

/// Server-sent events (WHATWG HTML, 9.2) out of pieces.
struct Event {
  std::string id, event, data;
};
class EventParser {
 public:
  void feed(std::string_view piece, const std::function<void(const Event&)>& each);

 private:
  std::string rest_;
  Event next_;
};

}  // namespace http
