#include "shared/http/websocket.hpp"

#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/beast/core/buffers_cat.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>
#include <mutex>
#include <optional>

#include "shared/http/client.hpp"
#include "shared/http/connection.hpp"

namespace http {

namespace websocket = beast::websocket;

namespace {

constexpr std::chrono::milliseconds close_time{3000};  // for the peer to answer a close
constexpr std::size_t close_reason_max = 123;          // RFC 6455, 5.5
constexpr std::size_t gather_max = 16 << 10;           // a frame's head leaves with its payload

/// The wire as Beast wants a stream to look.
class WireStream {
 public:
  using executor_type = asio::io_context::executor_type;

  WireStream(asio::io_context& io, Wire wire, std::string rest)
      : watch_(io, wire.descriptor()), wire_(std::move(wire)), rest_(std::move(rest)) {}

  executor_type get_executor() {
    return static_cast<asio::io_context&>(watch_.get_executor().context()).get_executor();
  }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return move_some([buffers](WireStream& stream, std::size_t& moved) { return stream.read(buffers, moved); },
                     std::forward<Token>(token));
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return move_some([buffers](WireStream& stream, std::size_t& moved) { return stream.write(buffers, moved); },
                     std::forward<Token>(token));
  }

  void shut_writing() { wire_.shut_writing(); }
  void close() {
    if (!wire_.open()) return;
    watch_.release();
    wire_.close();
  }

 private:
  template <class Move>
  struct Step {
    WireStream& stream;
    Move move;
    bool first = true;
    bool done = false;
    error_code result = {};
    std::size_t moved = 0;

    template <class Self>
    void operator()(Self& self, error_code ec = {}) {
      if (done || ec) return self.complete(ec ? ec : result, moved);
      const Moved what = stream.wire_.open() ? move(stream, moved) : Moved::closed;
      WireStream& on = stream;
      if (what == Moved::some || what == Moved::closed) {
        if (what == Moved::closed) result = asio::error::eof;
        if (!first) return self.complete(result, moved);
        done = true;  // not from inside the call that began it
        return asio::post(on.watch_.get_executor(), std::move(self));
      }
      first = false;
      on.watch_.async_wait(
          what == Moved::wait_read ? asio::posix::descriptor_base::wait_read : asio::posix::descriptor_base::wait_write,
          std::move(self));
    }
  };

  template <class Move, class Token>
  auto move_some(Move move, Token&& token) {
    return asio::async_compose<Token, void(error_code, std::size_t)>(Step<Move>{*this, std::move(move)}, token, watch_);
  }

  template <class Buffers>
  Moved read(const Buffers& buffers, std::size_t& moved) {
    for (auto each = asio::buffer_sequence_begin(buffers); each != asio::buffer_sequence_end(buffers); ++each) {
      const asio::mutable_buffer to = *each;
      if (to.size() == 0) continue;
      if (rest_.empty()) return wire_.read(static_cast<char*>(to.data()), to.size(), moved);
      moved = rest_.copy(static_cast<char*>(to.data()), to.size());
      rest_.erase(0, moved);
      return Moved::some;
    }
    moved = 0;
    return Moved::some;
  }

  template <class Buffers>
  Moved write(const Buffers& buffers, std::size_t& moved) {
    char gathered[gather_max];
    std::size_t size = 0;
    for (auto each = asio::buffer_sequence_begin(buffers); each != asio::buffer_sequence_end(buffers); ++each) {
      const asio::const_buffer from = *each;
      if (size == 0 && from.size() >= gather_max)
        return wire_.write(static_cast<const char*>(from.data()), from.size(), moved);
      const std::size_t part = std::min(from.size(), gather_max - size);
      std::copy_n(static_cast<const char*>(from.data()), part, gathered + size);
      size += part;
      if (size == gather_max) break;
    }
    moved = 0;
    return size == 0 ? Moved::some : wire_.write(gathered, size, moved);
  }

  asio::posix::stream_descriptor watch_;
  Wire wire_;
  std::string rest_;  // read before the upgrade
};

// Beast finds these by name.
[[maybe_unused]] void beast_close_socket(WireStream& stream) { stream.close(); }

[[maybe_unused]] void teardown(beast::role_type, WireStream& stream, error_code& ec) {
  stream.shut_writing();
  ec = {};
}

template <class Handler>
void async_teardown(beast::role_type, WireStream& stream, Handler&& handler) {
  stream.shut_writing();
  asio::post(stream.get_executor(),
             [handler = std::forward<Handler>(handler)]() mutable { std::move(handler)(error_code{}); });
}

Dialled not_upgraded(const error_code& ec, const websocket::response_type& answer) {
  if (ec != websocket::error::upgrade_declined) return {.why = ec.message()};
  Response refusal{.status = static_cast<int>(answer.result_int())};
  for (const auto& field : answer) refusal.headers.emplace_back(view(field.name_string()), view(field.value()));
  if (answer.body().size() <= refusal_max) refusal.body = answer.body();
  return {.why = "the upgrade was answered with " + std::to_string(refusal.status), .refusal = std::move(refusal)};
}

class Socket final : public Session {
 public:
  Socket(std::shared_ptr<Loop> loop, const WebSocketLimits& limits, Wire wire, std::string rest,
         std::optional<Seat> seat)
      : loop_(std::move(loop)),
        limits_(limits),
        seat_(std::move(seat)),
        stream_(WireStream{loop_->io, std::move(wire), std::move(rest)}) {
    stream_.read_message_max(limits.message);
    stream_.set_option(
        websocket::stream_base::timeout{websocket::stream_base::none(), websocket::stream_base::none(), false});
    stream_.control_callback([this](websocket::frame_type, beast::string_view) { heard(); });
    heard();
  }

  void accept(std::string_view key, const std::string& subprotocol, std::function<void(std::shared_ptr<Socket>)> ready);
  void dial(const Dial&, std::function<void(std::shared_ptr<Socket>)> ready, std::function<void(Dialled)> failed);

  // From any thread.
  bool send(std::string message, bool binary);
  void close(std::uint16_t code, std::string_view reason);
  void on_message(std::function<void(std::string, bool)> handler);
  void on_close(std::function<void(std::uint16_t, std::string)> handler);
  void start();
  void pause() { reading_wanted_ = false; }

  void tick(Time now) override;
  void drain() override { close(1001, "the server shuts down"); }
  void cut() override { finish(1006, "cut"); }
  const std::shared_ptr<Loop>& loop() const { return loop_; }

 private:
  struct Message {
    std::string bytes;
    bool binary;
  };

  std::shared_ptr<Socket> self() { return std::static_pointer_cast<Socket>(shared_from_this()); }
  void heard() {
    heard_ = time_now();
    pinged_ = false;
  }
  void read_next();
  void read_done(const error_code&);
  void deliver(Message);
  void write_next();
  void finish(std::uint16_t code, std::string reason);

  const std::shared_ptr<Loop> loop_;
  const WebSocketLimits limits_;
  std::optional<Seat> seat_;
  websocket::stream<WireStream, false> stream_;

  // On the loop's thread.
  bool stands_ = false;
  bool over_ = false;
  bool reading_ = false;
  bool writing_ = false;
  bool closing_sent_ = false;
  bool pinging_ = false;
  bool pinged_ = false;
  Time heard_{};
  Time written_{};
  Time close_deadline_ = Time::max();
  std::string incoming_;
  asio::dynamic_string_buffer<char, std::char_traits<char>, std::allocator<char>> buffer_{incoming_};
  std::optional<Message> held_;  // came while paused
  Message outgoing_{};
  std::function<void(std::string, bool)> on_message_;

  std::atomic<bool> reading_wanted_{false};

  std::mutex mutex_;  // of what is below
  std::deque<Message> queue_;
  std::size_t queued_ = 0;  // bytes in `queue_` and `outgoing_`
  bool told_ = false;       // write_next is on its way
  bool closing_ = false;
  bool closed_ = false;
  std::uint16_t close_code_ = 1000;
  std::string close_reason_;
  std::function<void(std::uint16_t, std::string)> on_close_;
};

void Socket::accept(std::string_view key, const std::string& subprotocol,
                    std::function<void(std::shared_ptr<Socket>)> ready) {
  loop_->add(self());
  close_deadline_ = time_now() + limits_.shake;
  beast::http::request<beast::http::empty_body> request{beast::http::verb::get, "/", 11};
  request.set(beast::http::field::host, "here");
  request.set(beast::http::field::connection, "Upgrade");
  request.set(beast::http::field::upgrade, "websocket");
  request.set(beast::http::field::sec_websocket_version, "13");
  request.set(beast::http::field::sec_websocket_key, beast::string_view{key.data(), key.size()});
  stream_.set_option(websocket::stream_base::decorator([subprotocol](websocket::response_type& response) {
    response.erase(beast::http::field::server);
    if (!subprotocol.empty()) response.set(beast::http::field::sec_websocket_protocol, subprotocol);
  }));
  stream_.async_accept(request, [self = self(), ready = std::move(ready)](const error_code& ec) {
    if (ec) return self->finish(1006, ec.message());
    self->stands_ = true;
    self->close_deadline_ = Time::max();
    self->heard();
    ready(self);
    self->write_next();
  });
}

void Socket::dial(const Dial& dial, std::function<void(std::shared_ptr<Socket>)> ready,
                  std::function<void(Dialled)> failed) {
  loop_->add(self());
  close_deadline_ = time_now() + limits_.shake;
  stream_.set_option(websocket::stream_base::decorator(
      [headers = dial.headers, subprotocols = dial.subprotocols](websocket::request_type& request) {
        for (const auto& [name, value] : headers) request.set(name, value);
        if (!subprotocols.empty()) request.set(beast::http::field::sec_websocket_protocol, subprotocols);
      }));
  auto answer = std::make_shared<websocket::response_type>();
  stream_.async_handshake(
      *answer, dial.host, dial.target,
      [self = self(), answer, ready = std::move(ready), failed = std::move(failed)](const error_code& ec) {
        if (ec) {
          self->finish(1006, ec.message());
          return failed(not_upgraded(ec, *answer));
        }
        self->stands_ = true;
        self->close_deadline_ = Time::max();
        self->heard();
        ready(self);
        self->write_next();
      });
}

bool Socket::send(std::string message, bool binary) {
  {
    const std::scoped_lock lock{mutex_};
    if (closing_ || closed_ || queued_ + message.size() > stream_unsent_max) return false;
    queued_ += message.size();
    queue_.push_back({std::move(message), binary});
    if (std::exchange(told_, true)) return true;
  }
  return loop_->post([self = self()] { self->write_next(); });
}

void Socket::close(std::uint16_t code, std::string_view reason) {
  {
    const std::scoped_lock lock{mutex_};
    if (closing_ || closed_) return;
    closing_ = true;
    close_code_ = code;
    close_reason_ = reason.substr(0, close_reason_max);
  }
  loop_->run([self = self()] {
    self->close_deadline_ = std::min(self->close_deadline_, time_now() + close_time);
    self->write_next();
  });
}

void Socket::on_message(std::function<void(std::string, bool)> handler) {
  loop_->run([self = self(), handler = std::move(handler)]() mutable {
    if (!self->over_) self->on_message_ = std::move(handler);
  });
}

void Socket::on_close(std::function<void(std::uint16_t, std::string)> handler) {
  {
    const std::scoped_lock lock{mutex_};
    if (!closed_) {
      on_close_ = std::move(handler);
      return;
    }
  }
  const auto call = [handler = std::move(handler), code = close_code_, reason = close_reason_] {
    handler(code, reason);
  };
  if (!loop_->run(call)) call();
}

void Socket::start() {
  reading_wanted_ = true;
  // Posted, so that a handler that starts from inside on_message is not called again from inside itself.
  loop_->post([self = self()] { self->read_next(); });
}

void Socket::read_next() {
  if (over_ || !stands_ || !reading_wanted_) return;
  if (auto held = std::exchange(held_, std::nullopt)) {
    deliver(std::move(*held));
    if (over_ || !reading_wanted_) return;
  }
  if (reading_ || closing_sent_) return;
  reading_ = true;
  heard_ = std::max(heard_, time_now() - limits_.idle / 2);  // a pause is not the peer's silence
  stream_.async_read(buffer_, [self = self()](const error_code& ec, std::size_t) { self->read_done(ec); });
}

void Socket::read_done(const error_code& ec) {
  reading_ = false;
  if (over_) return;
  if (ec) {
    if (ec == websocket::error::closed) {
      const auto& why = stream_.reason();
      return finish(why.code == 0 ? 1005 : why.code, std::string{why.reason.data(), why.reason.size()});
    }
    if (ec == websocket::error::message_too_big || ec == websocket::error::buffer_overflow)
      return finish(1009, "the message is larger than " + std::to_string(limits_.message) + " bytes");
    if (ec == websocket::error::bad_frame_payload) return finish(1007, "text that is not UTF-8");
    if (ec.category() == make_error_code(websocket::error::closed).category()) return finish(1002, ec.message());
    return finish(1006, ec.message());
  }
  heard();
  Message message{std::exchange(incoming_, {}), stream_.got_binary()};
  buffer_.consume(buffer_.size());  // it still counts what was moved away
  if (!reading_wanted_) {
    held_ = std::move(message);
    return;
  }
  deliver(std::move(message));
  read_next();
}

void Socket::deliver(Message message) {
  {
    const std::scoped_lock lock{mutex_};
    if (closing_) return;  // this end has hung up: it hears no more
  }
  if (!on_message_) return;
  auto handler = std::exchange(on_message_, nullptr);  // it may replace itself, or end all of this
  handler(std::move(message.bytes), message.binary);
  if (!on_message_ && !over_) on_message_ = std::move(handler);
}

void Socket::write_next() {
  if (over_ || !stands_) return;
  {
    const std::scoped_lock lock{mutex_};
    told_ = false;
    if (writing_) return;
    if (queue_.empty()) {
      if (!closing_ || closing_sent_) return;
      closing_sent_ = true;
    } else {
      outgoing_ = std::move(queue_.front());
      queue_.pop_front();
      writing_ = true;
    }
  }
  if (!writing_) {
    websocket::close_reason why{static_cast<websocket::close_code>(close_code_)};
    why.reason.assign(close_reason_.data(), close_reason_.size());
    stream_.async_close(why,
                        [self = self()](const error_code&) { self->finish(self->close_code_, self->close_reason_); });
    return;
  }
  written_ = time_now();
  stream_.binary(outgoing_.binary);
  stream_.async_write(asio::buffer(outgoing_.bytes), [self = self()](const error_code& ec, std::size_t) {
    self->writing_ = false;
    if (self->over_) return;
    if (ec) return self->finish(1006, ec.message());
    {
      const std::scoped_lock lock{self->mutex_};
      self->queued_ -= self->outgoing_.bytes.size();
    }
    self->outgoing_.bytes.clear();
    self->write_next();
  });
}

void Socket::tick(Time now) {
  if (over_) return;
  if (now > close_deadline_) return finish(1006, "the peer did not answer in time");
  if (!stands_ || closing_sent_) return;
  if (writing_ && now - written_ > limits_.idle) return finish(1006, "the peer takes nothing");
  if (!reading_) return;
  if (now - heard_ > limits_.idle) return finish(1006, "the peer is silent");
  if (now - heard_ < limits_.idle / 2 || pinged_ || pinging_) return;
  pinged_ = pinging_ = true;
  stream_.async_ping({}, [self = self()](const error_code&) { self->pinging_ = false; });
}

void Socket::finish(std::uint16_t code, std::string reason) {
  if (std::exchange(over_, true)) return;
  const auto kept = self();
  std::function<void(std::uint16_t, std::string)> handler;
  {
    const std::scoped_lock lock{mutex_};
    closed_ = true;
    close_code_ = code;
    close_reason_ = reason;
    queue_.clear();
    handler = std::exchange(on_close_, nullptr);
  }
  const auto message_handler = std::exchange(on_message_, nullptr);  // may hold the last handle: let go at the end
  held_.reset();
  stream_.next_layer().close();
  seat_.reset();
  loop_->remove(*this);
  if (handler) handler(code, std::move(reason));
}

/// What callers hold. Dropped, the WebSocket is closed; at the dialling end its thread ends too.
class Handle final : public WebSocket {
 public:
  Handle(std::shared_ptr<Socket> socket, bool owns_loop) : socket_(std::move(socket)), owns_loop_(owns_loop) {}
  ~Handle() override {
    socket_->close(1001, "");
    if (!owns_loop_) return;
    socket_->loop()->stop_when_idle();
    socket_->loop()->join();
  }

  bool send(std::string message, bool binary) override { return socket_->send(std::move(message), binary); }
  void close(std::uint16_t code, std::string_view reason) override { socket_->close(code, reason); }
  void on_message(std::function<void(std::string, bool)> handler) override { socket_->on_message(std::move(handler)); }
  void on_close(std::function<void(std::uint16_t, std::string)> handler) override {
    socket_->on_close(std::move(handler));
  }
  void start() override { socket_->start(); }
  void pause() override { socket_->pause(); }

 private:
  const std::shared_ptr<Socket> socket_;
  const bool owns_loop_;
};

}  // namespace

void accept_websocket(std::shared_ptr<Loop> loop, const Limits& limits, Wire wire, std::string rest, Seat seat,
                      std::string_view key, const std::string& subprotocol,
                      std::function<void(std::shared_ptr<WebSocket>)> ready) {
  const WebSocketLimits mine{.message = limits.message, .shake = limits.head_time, .idle = limits.idle};
  const auto socket = std::make_shared<Socket>(std::move(loop), mine, std::move(wire), std::move(rest),
                                               std::optional<Seat>{std::move(seat)});
  socket->accept(key, subprotocol, [ready = std::move(ready)](std::shared_ptr<Socket> stands) {
    ready(std::make_shared<Handle>(std::move(stands), false));
  });
}

void dial_websocket(std::shared_ptr<Loop> loop, const WebSocketLimits& limits, Wire wire, Dial dial,
                    std::function<void(Dialled)> done) {
  const auto socket = std::make_shared<Socket>(std::move(loop), limits, std::move(wire), std::string{}, std::nullopt);
  const auto ready = [done](std::shared_ptr<Socket> stands) {
    done({.socket = std::make_shared<Handle>(std::move(stands), true)});
  };
  socket->dial(dial, ready, done);
}

}  // namespace http
