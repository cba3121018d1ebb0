#include "shared/http/client.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <future>
#include <memory>
#include <mutex>

#include "shared/http/reader.hpp"
#include "shared/http/websocket.hpp"
#include "shared/http/wire.hpp"

namespace http {
namespace {

using base::Error;
using base::Result;

constexpr std::size_t response_max = 64 << 20;  // of a body kept whole
constexpr std::size_t head_max = 64 << 10;
constexpr std::size_t idle_kept_max = 4;
constexpr std::chrono::milliseconds websocket_tick{100};
constexpr std::chrono::milliseconds websocket_idle{60'000};

struct Address {
  bool tls = false;
  std::string host;  // without brackets
  std::string port;
  std::string authority;  // for the Host header
};

Result<Address> address_of(const std::string& url) {
  Address address;
  std::string_view rest = url;
  if (rest.starts_with("https://")) {
    address.tls = true;
    rest.remove_prefix(8);
  } else if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
  } else {
    return Error{base::invalid, "the address \"" + url + "\" does not begin with http:// or https://"};
  }
  rest = rest.substr(0, rest.find('/'));
  address.authority = rest;
  address.port = address.tls ? "443" : "80";
  const auto bracket = rest.starts_with('[') ? rest.find(']') : 0;
  const auto colon = bracket == rest.npos ? rest.npos : rest.find(':', bracket);
  address.host = rest.substr(0, colon);
  if (address.host.starts_with('[') && bracket != rest.npos) address.host = rest.substr(1, bracket - 1);
  if (colon != rest.npos) address.port = rest.substr(colon + 1);
  if (address.host.empty() || address.port.empty())
    return Error{base::invalid, "the address \"" + url + "\" has no host"};
  return address;
}

/// One connection, used by one call at a time.
struct Line {
  Wire wire;
  std::string rest;   // read beyond the last answer
  bool used = false;  // has answered before, so the peer may have hung up since
};

std::string request_head(const Request& request, const std::string& authority) {
  std::string head = request.method + " " + (request.path.empty() ? "/" : request.path);
  if (!request.query.empty()) head += "?" + request.query;
  head += " HTTP/1.1\r\n";
  if (!find(request.headers, "host")) head += "Host: " + authority + "\r\n";
  for (const auto& [name, value] : request.headers) head += name + ": " + value + "\r\n";
  const bool may_have_body = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if ((may_have_body || !request.body.empty()) && !find(request.headers, "content-length"))
    head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  return head + "\r\n";
}

bool safe_again(const std::string& method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS" || method == "PUT" || method == "DELETE";
}

class BlockingClient final : public Client {
 public:
  explicit BlockingClient(ClientOptions options) : options_(std::move(options)) {}

  Result<Response> send(const Request& request) override {
    Answer answer;
    auto done = exchange(request, answer);
    if (!done) return done.error();
    return std::move(answer.whole);
  }

  Result<void> stream(const Request& request, std::function<bool(const Response&)> head,
                      std::function<bool(std::string_view)> piece) override {
    Answer answer{.head = std::move(head), .piece = std::move(piece)};
    return exchange(request, answer);
  }

  Result<std::shared_ptr<WebSocket>> websocket(const Request&, std::string subprotocols,
                                               const std::function<void(const Response&)>& refused) override;

 private:
  /// Where an answer goes: whole, or a piece at a time.
  struct Answer {
    std::function<bool(const Response&)> head = {};
    std::function<bool(std::string_view)> piece = {};
    Response whole = {};
    bool begun = false;  // a byte of it came
  };

  Error failed(const std::string& why) const { return {base::unavailable, options_.url + ": " + why}; }
  Error failed(const char* what, int number) const { return failed(std::string{what} + ": " + std::strerror(number)); }

  Result<void> exchange(const Request&, Answer&);
  Result<void> attempt(Line&, const Request&, Answer&, Time deadline, bool& written, bool& keep);
  Result<Line> fresh(Time deadline);
  Result<Wire> connect(const Address&, Time deadline);
  Result<void> connected(Wire&, const sockaddr*, socklen_t, Time deadline);
  Result<void> shake(Wire&, const Address&, Time deadline);
  Result<void> write(Wire&, std::string_view, Time deadline, bool& written);
  Result<std::size_t> read(Line&, char* to, std::size_t size, Time deadline);
  Result<void> wait(const Wire&, Moved, Time deadline);
  std::optional<Line> kept();
  std::optional<Line> last_idle();
  void keep(Line);

  const ClientOptions options_;
  std::mutex mutex_;
  std::vector<Line> idle_;
  Tls tls_;
};

Result<void> BlockingClient::wait(const Wire& wire, Moved what, Time deadline) {
  while (true) {
    int patience = -1;
    if (deadline != Time::max()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - time_now()).count();
      if (left <= 0) return failed("timed out after " + std::to_string(options_.timeout.count()) + " ms");
      patience = static_cast<int>(std::min<std::int64_t>(left, 60'000));
    }
    pollfd one{.fd = wire.descriptor(),
               .events = static_cast<short>(what == Moved::wait_read ? POLLIN : POLLOUT),
               .revents = 0};
    const int ready = ::poll(&one, 1, patience);
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return failed("poll", errno);
  }
}

Result<void> BlockingClient::connected(Wire& wire, const sockaddr* address, socklen_t size, Time deadline) {
  if (::connect(wire.descriptor(), address, size) == 0) return {};
  if (errno != EINPROGRESS) return failed("connect", errno);
  if (auto waited = wait(wire, Moved::wait_write, deadline); !waited) return waited;
  int error = 0;
  socklen_t length = sizeof error;
  ::getsockopt(wire.descriptor(), SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0) return failed("connect", error);
  return {};
}

Result<Wire> BlockingClient::connect(const Address& address, Time deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &found); error != 0)
    return failed(std::string{"cannot find the host: "} + ::gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> all{found, ::freeaddrinfo};
  Error last = failed("the host has no address");
  for (const addrinfo* each = all.get(); each != nullptr; each = each->ai_next) {
    Wire wire{::socket(each->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
    if (!wire.open()) {
      last = failed("socket", errno);
      continue;
    }
    const auto set = [&](int level, int name, int value) {
      ::setsockopt(wire.descriptor(), level, name, &value, sizeof value);
    };
    set(IPPROTO_TCP, TCP_NODELAY, 1);
    // A followed stream may be silent for long: the kernel asks whether the peer is still there.
    set(SOL_SOCKET, SO_KEEPALIVE, 1);
    set(IPPROTO_TCP, TCP_KEEPIDLE, 15);
    set(IPPROTO_TCP, TCP_KEEPINTVL, 5);
    set(IPPROTO_TCP, TCP_KEEPCNT, 3);
    auto stands = connected(wire, each->ai_addr, each->ai_addrlen, deadline);
    if (stands) return wire;
    last = stands.error();
  }
  return last;
}

Result<void> BlockingClient::shake(Wire& wire, const Address& address, Time deadline) {
  Tls tls;
  {
    const std::scoped_lock lock{mutex_};
    if (!tls_) {
      auto made = tls_client(options_.ca_file, options_.insecure);
      if (!made) return made.error();
      tls_ = std::move(*made);
    }
    tls = tls_;
  }
  wire.secure_as_client(tls, address.host, !options_.insecure);
  while (true) {
    const Moved moved = wire.handshake();
    if (moved == Moved::some) return {};
    if (moved == Moved::closed) return failed("TLS: " + wire.failure());
    if (auto waited = wait(wire, moved, deadline); !waited) return waited;
  }
}

Result<Line> BlockingClient::fresh(Time deadline) {
  auto address = address_of(options_.url);
  if (!address) return address.error();
  auto wire = connect(*address, deadline);
  if (!wire) return wire.error();
  if (address->tls)
    if (auto safe = shake(*wire, *address, deadline); !safe) return safe.error();
  return Line{.wire = std::move(*wire)};
}

std::optional<Line> BlockingClient::last_idle() {
  const std::scoped_lock lock{mutex_};
  if (idle_.empty()) return std::nullopt;
  std::optional<Line> line{std::move(idle_.back())};
  idle_.pop_back();
  return line;
}

/// A connection that waits and still stands, as far as can be seen from here.
std::optional<Line> BlockingClient::kept() {
  while (auto line = last_idle()) {
    char byte = 0;
    const auto peeked = ::recv(line->wire.descriptor(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    const bool silent = peeked < 0 && (errno == EAGAIN || errno == EINTR);
    if (silent || (peeked > 0 && line->wire.secure())) return line;  // TLS speaks between answers, too
  }
  return std::nullopt;
}

void BlockingClient::keep(Line line) {
  line.used = true;
  const std::scoped_lock lock{mutex_};
  if (idle_.size() < idle_kept_max) idle_.push_back(std::move(line));
}

Result<void> BlockingClient::exchange(const Request& request, Answer& answer) {
  const Time deadline = time_now() + options_.timeout;
  auto line = kept();
  while (true) {
    if (!line) {
      auto made = fresh(deadline);
      if (!made) return made.error();
      line = std::move(*made);
    }
    bool written = false;
    bool keeps = false;
    auto done = attempt(*line, request, answer, deadline, written, keeps);
    if (done && keeps) keep(std::move(*line));
    // The peer may have hung up while the connection waited: once more, when that can do nothing twice.
    const bool again =
        !done && line->used && !answer.begun && (!written || safe_again(request.method)) && time_now() < deadline;
    if (!again) return done;
    line.reset();
  }
}

Result<void> BlockingClient::write(Wire& wire, std::string_view bytes, Time deadline, bool& written) {
  while (!bytes.empty()) {
    std::size_t moved = 0;
    const Moved what = wire.write(bytes.data(), bytes.size(), moved);
    if (what == Moved::closed) return failed("the connection was closed");
    if (what == Moved::some) {
      written = true;
      bytes.remove_prefix(moved);
    } else if (auto waited = wait(wire, what, deadline); !waited) {
      return waited;
    }
  }
  return {};
}

/// At least one byte; 0 when the peer closed.
Result<std::size_t> BlockingClient::read(Line& line, char* to, std::size_t size, Time deadline) {
  while (true) {
    std::size_t moved = 0;
    const Moved what = line.wire.read(to, size, moved);
    if (what == Moved::some) return moved;
    if (what == Moved::closed) return 0;
    if (auto waited = wait(line.wire, what, deadline); !waited) return waited.error();
  }
}

Result<void> BlockingClient::attempt(Line& line, const Request& request, Answer& answer, Time deadline, bool& written,
                                     bool& keeps) {
  const auto address = address_of(options_.url);
  if (!address) return address.error();
  std::string out = request_head(request, address->authority);
  out += request.body;
  // A server may refuse before it has read all: its answer is read even when writing fails.
  const auto wrote = write(line.wire, out, deadline, written);
  if (!wrote && !written) return wrote;

  std::unique_ptr<ResponseReader> reader;
  const auto next_message = [&] {
    reader = std::make_unique<ResponseReader>();
    reader->eager(true);
    reader->header_limit(head_max);
    reader->body_limit(answer.piece ? boost::none : boost::optional<std::uint64_t>{response_max});
    if (request.method == "HEAD") reader->skip(true);
  };
  next_message();
  bool head_given = false;
  std::string in = std::move(line.rest);
  std::array<char, 16 << 10> buffer;
  while (true) {
    error_code ec;
    while (!in.empty() && !reader->is_done()) {
      const std::size_t used = reader->put(asio::buffer(in), ec);
      in.erase(0, used);
      if (ec || used == 0) break;
    }
    if (ec && ec != beast::http::error::need_more) return failed("the answer cannot be understood: " + ec.message());
    if (reader->is_done() && reader->response.status / 100 == 1 && reader->response.status != 101) {
      next_message();  // an interim answer (RFC 9110, 15.2)
      continue;
    }
    if (answer.piece && reader->is_header_done()) {
      if (!std::exchange(head_given, true) && !answer.head({reader->response.status, reader->response.headers, {}}))
        return {};
      std::string piece = std::exchange(reader->response.body, {});
      if (!piece.empty() && !answer.piece(piece)) return {};
      deadline = Time::max();
    }
    if (reader->is_done()) break;
    auto got = read(line, buffer.data(), buffer.size(), deadline);
    if (!got) return got.error();
    if (*got == 0) {
      if (reader->is_header_done()) reader->put_eof(ec);  // a body without a length ends with the connection
      if (!reader->is_done() || ec) return failed("the connection was closed");
      keeps = false;
      answer.whole = std::move(reader->response);
      return {};
    }
    answer.begun = true;
    in.append(buffer.data(), *got);
  }
  keeps = wrote && reader->keep_alive() && in.empty();
  answer.whole = std::move(reader->response);
  return {};
}

Result<std::shared_ptr<WebSocket>> BlockingClient::websocket(const Request& request, std::string subprotocols,
                                                             const std::function<void(const Response&)>& refused) {
  const Time deadline = time_now() + options_.timeout;
  const auto address = address_of(options_.url);
  if (!address) return address.error();
  auto line = fresh(deadline);
  if (!line) return line.error();

  auto loop = std::make_shared<Loop>(websocket_tick);
  Dial dial{.host = address->authority,
            .target = (request.path.empty() ? "/" : request.path) + (request.query.empty() ? "" : "?" + request.query),
            .headers = request.headers,
            .subprotocols = std::move(subprotocols)};
  const auto promise = std::make_shared<std::promise<Dialled>>();
  auto outcome = promise->get_future();
  WebSocketLimits limits{.shake = options_.timeout, .idle = websocket_idle};
  loop->post([&, wire = std::make_shared<Wire>(std::move(line->wire))] {
    dial_websocket(loop, limits, std::move(*wire), std::move(dial),
                   [promise](Dialled dialled) { promise->set_value(std::move(dialled)); });
  });
  loop->start();
  Dialled dialled = outcome.get();
  if (dialled.socket) return std::move(dialled.socket);
  loop->stop();
  if (refused && dialled.refusal) refused(*dialled.refusal);
  return failed(dialled.why);
}

}  // namespace

std::unique_ptr<Client> client(ClientOptions options) { return std::make_unique<BlockingClient>(std::move(options)); }

}  // namespace http
