// Mux: many streams over one link, flow control each. The link is a WebSocket that a node dialled; either end opens
// streams, a slow stream holds up nobody else, and a link that dies ends all of its streams with a reason.
//
// A frame is one binary message: stream id (4 bytes, big endian; the dialler's are odd), kind (1 byte), payload.
// Kinds: open (payload: what is asked for, text), data, window (4 bytes: credit), end (half-close), reset (reason),
// ping, pong.
//
// Always true
//   - a sender never has more than its window unacknowledged in flight;
//   - after `on_end` or `on_reset` nothing more of that stream is heard;
//   - a link without a pong for `silence_max` is closed.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "shared/http/http.hpp"

namespace mux {

inline constexpr std::uint32_t window_initial = 256 << 10;
inline constexpr std::size_t streams_max = 4096;
inline constexpr std::size_t frame_max = 64 << 10;
inline constexpr std::size_t what_max = 32 << 10;  // of what an open asks for
inline constexpr std::chrono::milliseconds silence_max{5000};

/// Thread-safe; calls never block. Callbacks come on the link's thread, in order; set them before `accept` returns or
/// right after `open`.
class Stream {
 public:
  virtual ~Stream() = default;
  /// Queues; false when the stream ended or more than 4 windows wait unsent.
  virtual bool write(std::string_view bytes) = 0;
  virtual void end() = 0;                           // no more from this side
  virtual void reset(std::string_view reason) = 0;  // both sides, now
  /// All three are set, or what came waits for the one that is missing. A stream lives until both sides ended it, one
  /// reset it, or the link is lost; letting go of it ends nothing. After on_end a reset is no longer heard.
  virtual void on_data(std::function<void(std::string bytes)>) = 0;
  virtual void on_end(std::function<void()>) = 0;
  virtual void on_reset(std::function<void(std::string reason)>) = 0;  // by the peer, or "link lost"
  /// What on_data got counts as consumed (its window is given back) unless `hold`; then the reader says `consumed`.
  virtual void hold(bool) = 0;
  virtual void consumed(std::size_t bytes) = 0;
};

class Link {
 public:
  virtual ~Link() = default;                                        // closes
  virtual std::shared_ptr<Stream> open(std::string_view what) = 0;  // null when the link is gone or full
  virtual void close(std::string_view reason) = 0;
  virtual bool alive() const = 0;
};

struct LinkEvents {
  std::function<void(std::string what, std::shared_ptr<Stream>)> opened;  // by the peer
  std::function<void(std::string reason)> closed;                         // once
};

/// Takes over the WebSocket. `dialler`: this end dialled it. Pings by a thread of its own.
std::shared_ptr<Link> attach(std::shared_ptr<http::WebSocket>, bool dialler, LinkEvents);

// Requests over a stream, so that a node's reports are ordinary routes. The head is one JSON line
// {"method","path","query","headers":[[n,v]…],"length":N}, then the body; the answer likewise
// {"status","headers","length"} and the body, or without "length" a stream of bytes to the end.
inline constexpr std::string_view request_stream = "request";

/// Serves one opened request stream with the same handler as the server's.
void serve_request(std::shared_ptr<Stream>, std::string peer, http::Handler);
/// The other end: `done` gets the whole response, on the link's thread; status 0 when the link was lost (at once, on
/// the caller's thread, when it was lost already).
void send_request(Link&, const http::Request&, std::function<void(http::Response)> done);
/// For a followed stream (server-sent events): head once, then pieces, then end. Returns the stream to reset it by.
std::shared_ptr<Stream> follow_request(Link&, const http::Request&, std::function<void(http::Response head)> head,
                                       std::function<void(std::string piece)> piece, std::function<void()> end);

}  // namespace mux
