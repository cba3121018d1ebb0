// The HTTP/1.1 server: sockets, limits, drain. One handler gets every request; routing is not here.
//
// Always true
//   - a head, a body, a wait or a connection beyond its limit is refused by name (431, 413, 408, 503), never buffered;
//   - it listens beyond loopback only with TLS;
//   - after `drain` no new request is taken, those that run are answered, streams are cut.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "shared/base/result.hpp"
#include "shared/http/http.hpp"

namespace http {

struct Limits {
  std::size_t head = 32 << 10;
  std::size_t body = 1 << 20;
  std::size_t message = 1 << 20;  // of a WebSocket
  int connections = 10'000;
  std::chrono::milliseconds head_time{10'000};
  std::chrono::milliseconds body_time{30'000};
  std::chrono::milliseconds idle{75'000};
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any, see `port()`
  std::string cert_file = {};
  std::string key_file = {};
  int threads = 2;
  Limits limits = {};
};

class Server {
 public:
  virtual ~Server() = default;  // drains, for a second at most
  virtual std::uint16_t port() const = 0;
  virtual void drain(std::chrono::milliseconds at_most) = 0;
  /// Runs `task` on a network thread after `delay`: for edges that look again, and for tests.
  virtual void after(std::chrono::milliseconds delay, std::function<void()> task) = 0;
  virtual std::int64_t connections() const = 0;
};

/// Errors: `unavailable` (port in use: the detail names it and who may hold it), `invalid` (not loopback without TLS,
/// unreadable key).
base::Result<std::unique_ptr<Server>> serve(ServerOptions, Handler);

}  // namespace http
