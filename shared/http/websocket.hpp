// Inside shared/http only, for .cpp files: one WebSocket on a loop, at either end, over Beast.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "shared/http/http.hpp"
#include "shared/http/loop.hpp"
#include "shared/http/wire.hpp"

namespace http {

struct WebSocketLimits {
  std::size_t message = 1 << 20;
  std::chrono::milliseconds shake{10'000};
  std::chrono::milliseconds idle{75'000};
};

/// What the dialling end asks for, and what it hears.
struct Dial {
  std::string host;
  std::string target;
  Headers headers;
  std::string subprotocols;
};
struct Dialled {
  std::shared_ptr<WebSocket> socket = nullptr;
  std::string why = {};                  // there is none
  std::optional<Response> refusal = {};  // what the peer answered instead
};
/// On the loop's thread. The WebSocket owns the loop.
void dial_websocket(std::shared_ptr<Loop>, const WebSocketLimits&, Wire, Dial, std::function<void(Dialled)> done);

}  // namespace http
