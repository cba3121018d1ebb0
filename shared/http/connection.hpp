// Inside shared/http only, for .cpp files: one accepted connection, from its first byte to its last.
//
// It is always in one state: shaking hands, reading a request, running one, streaming an answer, or lingering (the last
// answer is out, and what the peer still sends is thrown away so that the answer is not). One request runs at a time;
// what a peer pipelines waits in the buffer, so answers keep the order of the requests.
#pragma once

#include <atomic>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "shared/http/flow.hpp"
#include "shared/http/loop.hpp"
#include "shared/http/problem.hpp"
#include "shared/http/reader.hpp"
#include "shared/http/server.hpp"
#include "shared/http/wire.hpp"

namespace http {

/// What the connections of one server share.
struct House {
  Limits limits;
  Handler handler;
  Tls tls;  // null: plain
  Problems problems = {};
  std::atomic<std::int64_t> connections{0};
  std::atomic<bool> draining{false};
};

/// One of `limits.connections`, for as long as it is held.
class Seat {
 public:
  explicit Seat(std::shared_ptr<House> house) : house_(std::move(house)) { ++house_->connections; }
  Seat(Seat&&) noexcept = default;
  Seat& operator=(Seat&&) = delete;
  ~Seat() {
    if (house_) --house_->connections;
  }

 private:
  std::shared_ptr<House> house_;
};

class Connection final : public Session {
 public:
  Connection(std::shared_ptr<Loop>, std::shared_ptr<House>, Wire, std::optional<Seat>);

  void begin();
  /// Answers 503 and leaves: there was no seat.
  void refuse_entry();

  void tick(Time now) override;
  void drain() override;
  void cut() override { close(); }

  // For the Responder of the request that runs; on the loop's thread.
  void respond(Response&&);
  void respond_by_stream(int status, const Headers&, std::shared_ptr<Flow>);
  void pump();  // the flow has something
  void upgrade(const std::string& subprotocol, std::function<void(std::shared_ptr<WebSocket>)> ready);

  const std::shared_ptr<Loop>& loop() const { return loop_; }
  House& house() { return *house_; }
  bool gone() const { return gone_.load(std::memory_order_relaxed); }

 private:
  enum class State { handshake, reading, running, streaming, lingering, closed };

  void shake();
  void watch_read();
  void watch_write();
  void readable();
  void fill();
  void discard();
  void advance();
  bool parse();
  void parse_failed(const error_code&);
  void head_done();
  void dispatch();
  void refuse(const Refusal&, std::string_view detail);
  void put_head(int status, const Headers&, std::optional<std::size_t> length, bool chunked);
  void flush();
  bool unsent() const { return sent_ < out_.size() || body_sent_ < body_.size(); }
  bool send_from(const std::string&, std::size_t& at);
  void flushed();
  void finish_stream();
  void linger();
  void close();

  const std::shared_ptr<Loop> loop_;
  const std::shared_ptr<House> house_;
  asio::posix::stream_descriptor watch_;
  Wire wire_;
  std::optional<Seat> seat_;
  std::string peer_;

  State state_ = State::handshake;
  Time deadline_{};        // of the state
  Time write_deadline_{};  // of the next byte that goes out
  bool watching_read_ = false;
  bool watching_write_ = false;
  bool advancing_ = false;
  bool ended_ = false;  // the peer writes no more
  bool last_ = false;   // close once what is unsent is out
  std::atomic<bool> gone_{false};

  std::unique_ptr<char[]> in_;
  std::size_t in_size_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::optional<RequestReader> reader_;
  bool head_done_ = false;
  bool head_only_ = false;
  bool keep_alive_ = true;
  bool http10_ = false;
  bool websocket_ = false;
  std::string websocket_key_;

  std::string out_;  // heads, small bodies, chunks
  std::size_t sent_ = 0;
  std::string body_;  // one large body, after `out_`
  std::size_t body_sent_ = 0;
  std::shared_ptr<Flow> flow_;
  bool flow_last_ = false;
};

/// Takes a connection whose request asked for it over into a WebSocket; `rest` was read already.
void accept_websocket(std::shared_ptr<Loop>, const Limits&, Wire, std::string rest, Seat, std::string_view key,
                      const std::string& subprotocol, std::function<void(std::shared_ptr<WebSocket>)> ready);

std::shared_ptr<Responder> responder(std::shared_ptr<Connection>);

}  // namespace http
