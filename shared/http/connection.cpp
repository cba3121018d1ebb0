#include "shared/http/connection.hpp"

#include <charconv>

#include "shared/base/check.hpp"

namespace http {
namespace {

constexpr std::size_t buffer_first = 4 << 10;
constexpr std::size_t buffer_beyond_head = 16 << 10;  // room for a head and what follows it
constexpr std::size_t body_inline_max = 32 << 10;     // larger ones are not copied behind their head
constexpr std::size_t unsent_max = 256 << 10;         // pipelined answers past this wait for the reader
constexpr std::chrono::seconds linger_time{2};
constexpr unsigned char tls_record = 0x16;  // a handshake's first byte (RFC 8446, 5.1): no method begins with it

void append_number(std::string& to, std::uint64_t number, int base) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number, base).ptr;
  to.append(digits, end);
}

// What the server itself decides is not the handler's to say twice.
bool ours(std::string_view name) {
  switch (name.size()) {
    case 10:
      return beast::iequals(name, "connection");
    case 14:
      return beast::iequals(name, "content-length");
    case 17:
      return beast::iequals(name, "transfer-encoding");
    default:
      return false;
  }
}

// A value with a line break would be another header, or another answer.
bool splits_lines(std::string_view text) { return text.find_first_of(std::string_view{"\r\n\0", 3}) != text.npos; }

bool bodiless(int status) { return status == 204 || status == 304; }

}  // namespace

Connection::Connection(std::shared_ptr<Loop> loop, std::shared_ptr<House> house, Wire wire, std::optional<Seat> seat)
    : loop_(std::move(loop)),
      house_(std::move(house)),
      watch_(loop_->io, wire.descriptor()),
      wire_(std::move(wire)),
      seat_(std::move(seat)),
      peer_(peer_text(wire_.descriptor())) {}

void Connection::begin() {
  loop_->add(shared_from_this());
  if (house_->tls) wire_.secure_as_server(house_->tls);
  deadline_ = time_now() + house_->limits.head_time;
  shake();
}

void Connection::refuse_entry() {
  loop_->add(shared_from_this());
  state_ = State::reading;
  refuse(overloaded, "this server takes " + std::to_string(house_->limits.connections) + " connections");
}

void Connection::shake() {
  switch (wire_.handshake()) {
    case Moved::some:
      state_ = State::reading;
      deadline_ = time_now() + house_->limits.idle;
      return watch_read();
    case Moved::wait_read:
      return watch_read();
    case Moved::wait_write:
      return watch_write();
    case Moved::closed:
      return close();
  }
}

void Connection::watch_read() {
  if (watching_read_ || state_ == State::closed) return;
  watching_read_ = true;
  watch_.async_wait(asio::posix::descriptor_base::wait_read,
                    [self = std::static_pointer_cast<Connection>(shared_from_this())](const error_code& ec) {
                      self->watching_read_ = false;
                      if (!ec && self->state_ != State::closed) self->readable();
                    });
}

void Connection::watch_write() {
  if (watching_write_ || state_ == State::closed) return;
  watching_write_ = true;
  write_deadline_ = time_now() + house_->limits.body_time;
  watch_.async_wait(asio::posix::descriptor_base::wait_write,
                    [self = std::static_pointer_cast<Connection>(shared_from_this())](const error_code& ec) {
                      self->watching_write_ = false;
                      if (ec || self->state_ == State::closed) return;
                      if (self->state_ == State::handshake) return self->shake();
                      self->flush();
                      self->flushed();
                    });
}

void Connection::readable() {
  if (state_ == State::handshake) return shake();
  if (state_ == State::lingering) return discard();
  fill();
  if (state_ == State::reading) return advance();
  if (ended_) {
    gone_ = true;
    if (state_ == State::streaming) return close();
    return;  // the answer is tried all the same: a peer may close its half early
  }
  if (end_ - begin_ < in_size_) watch_read();
}

void Connection::fill() {
  const std::size_t most = house_->limits.head + buffer_beyond_head;
  do {
    if (begin_ == end_) begin_ = end_ = 0;
    if (end_ == in_size_ && begin_ > 0) {
      std::copy(in_.get() + begin_, in_.get() + end_, in_.get());
      end_ -= begin_;
      begin_ = 0;
    }
    if (end_ == in_size_) {
      if (in_size_ >= most) return;
      const std::size_t larger = in_size_ == 0 ? buffer_first : std::min(in_size_ * 4, most);
      auto grown = std::make_unique_for_overwrite<char[]>(larger);
      std::copy(in_.get(), in_.get() + end_, grown.get());
      in_ = std::move(grown);
      in_size_ = larger;
    }
    std::size_t moved = 0;
    switch (wire_.read(in_.get() + end_, in_size_ - end_, moved)) {
      case Moved::some:
        end_ += moved;
        break;
      case Moved::wait_read:
        return;
      case Moved::wait_write:
        return watch_write();
      case Moved::closed:
        ended_ = true;
        return;
    }
  } while (wire_.pending());
}

void Connection::advance() {
  if (advancing_ || state_ == State::closed) return;  // answered inline: the loop below goes on
  advancing_ = true;
  while (true) {
    while (state_ == State::reading && !last_ && body_.empty() && out_.size() < unsent_max && parse()) {
    }
    if (state_ == State::closed) break;
    // What TLS holds decrypted is announced by no readiness.
    if (state_ == State::reading && !last_ && wire_.pending() && end_ - begin_ < in_size_ && !unsent()) {
      fill();
      continue;
    }
    break;
  }
  advancing_ = false;
  if (state_ == State::closed) return;
  flush();
  flushed();
}

/// Takes one whole request off the buffer and runs it; false when there is none.
bool Connection::parse() {
  if (begin_ == end_) {
    if (ended_) last_ = true;
    return false;
  }
  if (!reader_) {
    if (static_cast<unsigned char>(in_[begin_]) == tls_record && !wire_.secure()) {
      refuse(malformed, "this port speaks plain HTTP, and was spoken to in TLS: begin its URL with http://");
      return false;
    }
    reader_.emplace();
    reader_->eager(true);
    reader_->header_limit(static_cast<std::uint32_t>(house_->limits.head));
    reader_->body_limit(house_->limits.body);
    head_done_ = false;
    deadline_ = time_now() + house_->limits.head_time;
  }
  error_code ec;
  const std::size_t used = reader_->put(asio::buffer(in_.get() + begin_, end_ - begin_), ec);
  begin_ += used;
  if (ec == beast::http::error::need_more) ec = {};
  if (ec) {
    parse_failed(ec);
    return false;
  }
  if (reader_->is_header_done() && !head_done_) head_done();
  if (reader_->is_done()) {
    dispatch();
    return true;
  }
  if (ended_) {
    last_ = true;  // half a request and no more to come
    return false;
  }
  if (used == 0 && begin_ == 0 && end_ == in_size_ && in_size_ >= house_->limits.head + buffer_beyond_head)
    parse_failed(head_done_ ? beast::http::error::bad_chunk : beast::http::error::header_limit);
  return used > 0 && begin_ != end_;
}

void Connection::parse_failed(const error_code& ec) {
  if (ec == beast::http::error::header_limit)
    return refuse(header_too_large, "a head may have " + std::to_string(house_->limits.head) + " bytes");
  if (ec == beast::http::error::body_limit)
    return refuse(too_large, "a body may have " + std::to_string(house_->limits.body) + " bytes");
  refuse(malformed, ec.message());
}

void Connection::head_done() {
  CHECK(reader_.has_value());
  head_done_ = true;
  deadline_ = time_now() + house_->limits.body_time;
  if (!reader_->is_done() && reader_->expects_continue) {
    out_ += "HTTP/1.1 100 Continue\r\n\r\n";
    flush();
  }
}

void Connection::dispatch() {
  CHECK(reader_.has_value());
  state_ = State::running;
  keep_alive_ = reader_->keep_alive();
  http10_ = reader_->http10();
  head_only_ = reader_->head_only;
  websocket_ = reader_->request.websocket;
  if (websocket_) websocket_key_ = std::move(reader_->websocket_key);
  Request request = std::move(reader_->request);
  reader_.reset();
  request.peer = peer_;
  request.tls = wire_.secure();
  house_->handler(std::move(request), responder(std::static_pointer_cast<Connection>(shared_from_this())));
}

void Connection::refuse(const Refusal& refusal, std::string_view detail) {
  keep_alive_ = false;
  http10_ = false;
  head_only_ = reader_ && reader_->head_only;
  reader_.reset();
  Response response = house_->problems.answer(refusal, detail);
  put_head(response.status, response.headers, response.body.size(), false);
  if (!head_only_) out_ += response.body;
  if (advancing_) return;  // whoever advances flushes
  flush();
  flushed();
}

void Connection::put_head(int status, const Headers& headers, std::optional<std::size_t> length, bool chunked) {
  if (house_->draining.load(std::memory_order_relaxed)) keep_alive_ = false;
  out_ += "HTTP/1.1 ";
  append_number(out_, static_cast<std::uint64_t>(status), 10);
  out_ += ' ';
  out_ += phrase(status);
  out_ += "\r\nDate: ";
  out_ += loop_->date();
  for (const auto& [name, value] : headers) {
    if (ours(name)) continue;
    out_ += "\r\n";
    out_ += name;
    out_ += ": ";
    out_ += value;
  }
  if (!find(headers, request_id_header)) {  // the handler had none to give: a page, a probe
    out_ += "\r\n";
    out_ += request_id_header;
    out_ += ": ";
    out_ += house_->problems.request_id();
  }
  if (length) {
    out_ += "\r\nContent-Length: ";
    append_number(out_, *length, 10);
  }
  if (chunked) out_ += "\r\nTransfer-Encoding: chunked";
  if (!keep_alive_)
    out_ += "\r\nConnection: close";
  else if (http10_)
    out_ += "\r\nConnection: keep-alive";
  out_ += "\r\n\r\n";
  if (!keep_alive_) last_ = true;
}

void Connection::respond(Response&& response) {
  if (state_ != State::running) return;
  for (const auto& [name, value] : response.headers)
    if (splits_lines(name) || splits_lines(value))
      return respond(house_->problems.answer(unanswered, "an answer's header has a line break"));
  state_ = State::reading;
  const bool silent = bodiless(response.status);
  put_head(response.status, response.headers, silent ? std::optional<std::size_t>{} : response.body.size(), false);
  if (!head_only_ && !silent) {
    if (response.body.size() <= body_inline_max)
      out_ += response.body;
    else
      body_ = std::move(response.body);
  }
  deadline_ = time_now() + house_->limits.idle;
  advance();
}

void Connection::respond_by_stream(int status, const Headers& headers, std::shared_ptr<Flow> flow) {
  if (state_ != State::running) return flow->end();
  for (const auto& [name, value] : headers)
    if (splits_lines(name) || splits_lines(value)) {
      flow->end();
      return respond(house_->problems.answer(unanswered, "an answer's header has a line break"));
    }
  state_ = State::streaming;
  if (http10_) keep_alive_ = false;
  put_head(status, headers, {}, !http10_ && !bodiless(status));
  last_ = false;  // not before the stream's end
  flow_ = std::move(flow);
  flow_last_ = head_only_ || bodiless(status);
  pump();
}

void Connection::pump() {
  if (state_ != State::streaming) return;
  const bool silent = flow_last_;
  if (!silent) {
    Flow::Taken taken = flow_->take();
    if (taken.slow) return close();
    if (!taken.bytes.empty()) {
      if (!http10_) {
        append_number(out_, taken.bytes.size(), 16);
        out_ += "\r\n";
      }
      out_ += taken.bytes;
      if (!http10_) out_ += "\r\n";
    }
    flow_last_ = taken.last;
    if (taken.last && !taken.whole) keep_alive_ = false;  // only the connection's end says so (RFC 9112, 8)
    if (taken.whole && !http10_) out_ += "0\r\n\r\n";
  }
  flush();
  flushed();
}

void Connection::finish_stream() {
  const auto flow = std::exchange(flow_, nullptr);
  state_ = State::reading;
  flow_last_ = false;
  if (!keep_alive_) last_ = true;
  deadline_ = time_now() + house_->limits.idle;
  flow->end();
}

bool Connection::send_from(const std::string& from, std::size_t& at) {
  while (at < from.size()) {
    std::size_t moved = 0;
    switch (wire_.write(from.data() + at, from.size() - at, moved)) {
      case Moved::some:
        at += moved;
        break;
      case Moved::wait_read:
      case Moved::wait_write:
        watch_write();
        return false;
      case Moved::closed:
        gone_ = true;
        close();
        return false;
    }
  }
  return true;
}

void Connection::flush() {
  if (state_ == State::closed) return;
  if (!send_from(out_, sent_)) {
    // A long stream must not keep what it has sent.
    if (sent_ > unsent_max) out_.erase(0, std::exchange(sent_, 0));
  } else {
    out_.clear();
    sent_ = 0;
    if (send_from(body_, body_sent_)) {
      body_ = {};
      body_sent_ = 0;
    }
  }
  if (flow_) flow_->outgoing(out_.size() - sent_);
}

/// What comes next once as much is out as the peer takes.
void Connection::flushed() {
  if (state_ == State::closed || state_ == State::lingering) return;
  if (unsent()) return;  // writable calls again
  if (state_ == State::streaming && flow_last_) finish_stream();
  if (state_ == State::closed) return;
  if (last_ && state_ == State::reading) return linger();
  if (state_ == State::reading && begin_ != end_ && !advancing_ && !reader_) return advance();
  if (!ended_ && (state_ == State::reading || end_ - begin_ < in_size_)) watch_read();
  if (ended_ && state_ == State::streaming) close();
}

void Connection::linger() {
  state_ = State::lingering;
  if (ended_) return close();
  wire_.shut_writing();
  deadline_ = time_now() + linger_time;
  begin_ = end_ = 0;
  discard();
}

void Connection::discard() {
  char thrown[16 << 10];
  std::size_t moved = 0;
  for (int i = 0; i < 16; ++i) {
    const Moved what = wire_.read(thrown, sizeof thrown, moved);
    if (what == Moved::closed) return close();
    if (what != Moved::some) break;
  }
  watch_read();
}

void Connection::tick(Time now) {
  if (state_ == State::closed) return;
  if (unsent() && watching_write_ && now > write_deadline_) return close();
  if (now <= deadline_) return;
  switch (state_) {
    case State::handshake:
    case State::lingering:
      return close();
    case State::reading:
      if (unsent()) return;
      if (!reader_) return close();
      return refuse(timed_out, head_done_ ? "the body did not come in time" : "the head did not come in time");
    default:
      return;
  }
}

void Connection::drain() {
  if (state_ == State::handshake || (state_ == State::reading && !unsent())) return close();
  if (state_ == State::streaming) {
    keep_alive_ = false;
    flow_->cut();
    pump();
    return;
  }
  keep_alive_ = false;
  if (state_ == State::reading) last_ = true;
}

void Connection::upgrade(const std::string& subprotocol, std::function<void(std::shared_ptr<WebSocket>)> ready) {
  if (state_ != State::running) return;
  if (!websocket_) return respond(house_->problems.answer(no_upgrade, "the request did not ask for a WebSocket"));
  flush();  // answers to what was pipelined before
  if (state_ == State::closed || unsent()) return close();
  state_ = State::closed;
  watch_.release();
  loop_->remove(*this);
  if (!wire_.open() || !seat_) return;
  Seat seat = std::move(*seat_);
  accept_websocket(loop_, house_->limits, std::move(wire_), std::string{in_.get() + begin_, end_ - begin_},
                   std::move(seat), websocket_key_, subprotocol, std::move(ready));
}

void Connection::close() {
  if (state_ == State::closed) return;
  const auto self = shared_from_this();
  state_ = State::closed;
  gone_ = true;
  watch_.release();
  wire_.close();
  seat_.reset();
  in_.reset();
  out_ = {};
  body_ = {};
  begin_ = end_ = in_size_ = sent_ = body_sent_ = 0;
  if (const auto flow = std::exchange(flow_, nullptr)) flow->end();
  loop_->remove(*this);
}

}  // namespace http
