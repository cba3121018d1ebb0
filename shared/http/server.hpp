// The HTTP/1.1 server: sockets, limits, drain. One handler gets every request; routing is not here.
//
// Always true
//   - every answer but a 101 has an X-Request-Id: the handler's, or one of its own;
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

// Why it does not listen. `next` is said to whoever starts the process.
inline constexpr base::Reason address_refused{"address_refused", base::Kind::invalid,
                                              "Listen on an address of this machine, such as 127.0.0.1 or ::1."};
inline constexpr base::Reason port_in_use{"port_in_use", base::Kind::unavailable,
                                          "End what holds the port, or choose another."};
inline constexpr base::Reason port_refused{"port_refused", base::Kind::unavailable,
                                           "Choose an address and a port that this process may listen on."};
inline constexpr base::Reason tls_needed{"tls_needed", base::Kind::invalid,
                                         "Give a certificate and its key, or listen on loopback."};
inline constexpr base::Reason certificate_refused{
    "certificate_refused", base::Kind::invalid,
    "Name a certificate and the key that belongs to it, PEM files that this process may read."};

class Server {
 public:
  virtual ~Server() = default;  // drains, for a second at most
  virtual std::uint16_t port() const = 0;
  /// Where it listens: `http://[::1]:7070`.
  virtual std::string url() const = 0;
  virtual void drain(std::chrono::milliseconds at_most) = 0;
  /// Runs `task` on a network thread after `delay`: for edges that look again, and for tests.
  virtual void after(std::chrono::milliseconds delay, std::function<void()> task) = 0;
  virtual std::int64_t connections() const = 0;
};

/// Errors: `port_in_use` (the detail names it and who may hold it), `port_refused`, `address_refused`, `tls_needed`,
/// `certificate_refused`.
base::Result<std::unique_ptr<Server>> serve(ServerOptions, Handler);

}  // namespace http
