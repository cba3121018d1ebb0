// HTTP as values: a request, a response, and the one who answers. Knows bytes, no tenants.
//
// A Responder is answered exactly once, from any thread: by a whole response, by a stream of bytes (server-sent
// events), or by a WebSocket. It is an interface because requests also arrive over a node's link (shared/mux), and
// there the same handler answers them. A Responder that is dropped unanswered answers 500 by itself.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http {

using Headers = std::vector<std::pair<std::string, std::string>>;  // names as sent; looked up without case

/// The first header of that name, or nothing.
std::optional<std::string_view> find(const Headers&, std::string_view name);

struct Request {
  std::string method;  // "GET"
  std::string path;    // "/v1/projects/prj_…", percent-decoded only by whoever splits it
  std::string query;   // without "?"
  Headers headers;
  std::string body;
  std::string peer;        // "127.0.0.1:40312", or "link:prn_…"
  bool websocket = false;  // asks for an upgrade
  bool tls = false;
};

struct Response {
  int status = 200;
  Headers headers = {};
  std::string body = {};
};

/// Bytes that go out as they come, until either side ends it; the first end counts. Thread-safe; calls never block.
/// Dropped, it is cut: that it is whole, somebody has to say.
class ByteStream {
 public:
  virtual ~ByteStream() = default;
  /// False when the stream has ended, or its unsent bytes pass `stream_unsent_max`: then the caller cuts it.
  virtual bool write(std::string bytes) = 0;
  virtual void close() = 0;  // it is whole
  /// More was to come. What was written goes out, unless its reader is too slow, and the connection ends without the
  /// last chunk (RFC 9112, 8), so that no reader takes it for all. To HTTP/1.0 it looks whole: nothing there can tell.
  virtual void cut() = 0;
  /// Called once, on a network thread, when either side ended it. Set before the first write.
  virtual void on_close(std::function<void()>) = 0;
};

/// RFC 6455, both ends of it. Thread-safe; calls never block. Messages arrive on one network thread, in order. Dropped,
/// it is closed (1001), so somebody keeps it; at the dialling end its thread ends with it.
class WebSocket {
 public:
  virtual ~WebSocket() = default;
  virtual bool send(std::string message, bool binary) = 0;  // false as ByteStream::write
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
  virtual void on_message(std::function<void(std::string message, bool binary)>) = 0;
  virtual void on_close(std::function<void(std::uint16_t code, std::string reason)>) = 0;
  /// Reading begins with this call: handlers are set before it. `pause` stops reading (flow control), `start` goes on.
  virtual void start() = 0;
  virtual void pause() = 0;
};

class Responder {
 public:
  virtual ~Responder() = default;
  virtual void answer(Response) = 0;
  /// Sends the head now; the body is the stream. Nothing when the peer is gone.
  virtual std::shared_ptr<ByteStream> stream(int status, Headers) = 0;
  /// Accepts the upgrade with the one subprotocol chosen; calls `ready` on a network thread once it stands (or never).
  virtual void upgrade(std::string subprotocol, std::function<void(std::shared_ptr<WebSocket>)> ready) = 0;
  /// True once the peer is gone: whoever waits for it may stop.
  virtual bool gone() const = 0;
};

using Handler = std::function<void(Request, std::shared_ptr<Responder>)>;

inline constexpr std::size_t stream_unsent_max = 4 << 20;

/// Splits and percent-decodes. An undecodable query gives nothing.
std::optional<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view query);
std::optional<std::string> percent_decode(std::string_view);
std::string percent_encode(std::string_view);

}  // namespace http
