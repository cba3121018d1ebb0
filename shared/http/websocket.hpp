// Inside shared/http only, for .cpp files: one WebSocket on a loop, at either end, over Beast.
#pragma once

#include <functional>
#include <memory>
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

/// What the dialling end asks for, and hears: the WebSocket, or why not.
struct Dial {
  std::string host;
  std::string target;
  Headers headers;
  std::string subprotocols;
};
/// On the loop's thread. `done` gets null and a detail when it was refused. The WebSocket owns the loop.
void dial_websocket(std::shared_ptr<Loop>, const WebSocketLimits&, Wire, Dial,
                    std::function<void(std::shared_ptr<WebSocket>, std::string detail)> done);

}  // namespace http
