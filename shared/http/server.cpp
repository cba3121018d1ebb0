#include "shared/http/server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "shared/http/connection.hpp"

namespace http {
namespace {

using base::Error;
using base::Result;
using namespace std::chrono_literals;

constexpr int backlog = 4096;
constexpr int accepts_at_once = 64;       // before the connections that stand get their turn again
constexpr int refused_at_once_max = 256;  // seats for being told "overloaded"; past them it is said by closing
constexpr auto out_of_descriptors_pause = 100ms;
constexpr auto destructor_drain_max = 1000ms;

struct Address {
  sockaddr_storage bytes{};
  socklen_t size = 0;
  bool loopback = false;

  const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&bytes); }
};

Result<Address> address_of(const std::string& text, std::uint16_t port) {
  Address address;
  auto& four = reinterpret_cast<sockaddr_in&>(address.bytes);
  auto& six = reinterpret_cast<sockaddr_in6&>(address.bytes);
  const std::string number = text == "localhost" ? "127.0.0.1" : text;
  if (inet_pton(AF_INET, number.c_str(), &four.sin_addr) == 1) {
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    address.size = sizeof four;
    address.loopback = ntohl(four.sin_addr.s_addr) >> 24 == 127;
    return address;
  }
  if (inet_pton(AF_INET6, number.c_str(), &six.sin6_addr) == 1) {
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    address.size = sizeof six;
    address.loopback = IN6_IS_ADDR_LOOPBACK(&six.sin6_addr);
    return address;
  }
  return Error{address_refused, "the listening address \"" + text + "\" is not a number such as 127.0.0.1"};
}

Error not_bound(const ServerOptions& options, int why) {
  const std::string port = std::to_string(options.port);
  if (why == EADDRINUSE)
    return Error{port_in_use, "port " + port + " of " + options.address +
                                  " is in use, perhaps by a server that still runs; `ss -ltnp 'sport = :" + port +
                                  "'` names its process"};
  return Error{port_refused, "cannot listen on port " + port + " of " + options.address + ": " + std::strerror(why)};
}

/// A bound socket; `shared` with the other threads of this server.
Result<Wire> bound(const ServerOptions& options, std::uint16_t port, bool shared) {
  const auto address = address_of(options.address, port);
  if (!address) return address.error();
  Wire wire{::socket(address->bytes.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!wire.open()) return not_bound(options, errno);
  const int on = 1;
  ::setsockopt(wire.descriptor(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (shared) ::setsockopt(wire.descriptor(), SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  if (::bind(wire.descriptor(), address->raw(), address->size) != 0) return not_bound(options, errno);
  if (shared && ::listen(wire.descriptor(), backlog) != 0) return not_bound(options, errno);
  return wire;
}

std::uint16_t port_of(int descriptor) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<sockaddr_in&>(address).sin_port);
}

std::string url_of(bool tls, const std::string& address, std::uint16_t port) {
  const bool six = address.contains(':');  // in brackets, since its colons are not the port's (RFC 3986, 3.2.2)
  return (tls ? "https://" : "http://") + (six ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

/// One thread's listening socket.
class Listener : public std::enable_shared_from_this<Listener> {
 public:
  Listener(std::shared_ptr<Loop> loop, std::shared_ptr<House> house, Wire wire)
      : loop_(std::move(loop)),
        house_(std::move(house)),
        watch_(loop_->io, wire.descriptor()),
        wire_(std::move(wire)) {}

  void watch() {
    if (closed_) return;
    watch_.async_wait(asio::posix::descriptor_base::wait_read, [self = shared_from_this()](const error_code& ec) {
      if (!ec && !self->closed_) self->accept();
    });
  }

  void close() {
    if (std::exchange(closed_, true)) return;
    watch_.release();
    wire_.close();
  }

 private:
  void accept() {
    for (int i = 0; i < accepts_at_once; ++i) {
      const int descriptor = ::accept4(wire_.descriptor(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (descriptor >= 0) {
        take(Wire{descriptor});
        continue;
      }
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        loop_->after(out_of_descriptors_pause, [self = shared_from_this()] { self->watch(); });
        return;
      }
      if (errno != EINTR && errno != ECONNABORTED) break;
    }
    watch();
  }

  void take(Wire wire) {
    const int on = 1;
    ::setsockopt(wire.descriptor(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    std::optional<Seat> seat{std::in_place, house_};
    const std::int64_t over = house_->connections.load() - house_->limits.connections;
    if (over <= 0) {
      std::make_shared<Connection>(loop_, house_, std::move(wire), std::move(seat))->begin();
    } else if (over <= refused_at_once_max && !house_->tls) {
      std::make_shared<Connection>(loop_, house_, std::move(wire), std::move(seat))->refuse_entry();
    }
  }

  const std::shared_ptr<Loop> loop_;
  const std::shared_ptr<House> house_;
  asio::posix::stream_descriptor watch_;
  Wire wire_;
  bool closed_ = false;
};

class ThreadedServer final : public Server {
 public:
  ThreadedServer(std::shared_ptr<House> house, const std::string& address, std::uint16_t port)
      : house_(std::move(house)), port_(port), url_(url_of(house_->tls != nullptr, address, port)) {}
  ~ThreadedServer() override { drain(destructor_drain_max); }

  void add(Wire wire, std::chrono::milliseconds tick) {
    auto loop = std::make_shared<Loop>(tick);
    listeners_.push_back(std::make_shared<Listener>(loop, house_, std::move(wire)));
    loops_.push_back(std::move(loop));
  }
  void start() {
    for (std::size_t i = 0; i < loops_.size(); ++i) {
      loops_[i]->post([listener = listeners_[i]] { listener->watch(); });
      loops_[i]->start();
    }
  }

  std::uint16_t port() const override { return port_; }
  std::string url() const override { return url_; }
  std::int64_t connections() const override { return house_->connections.load(); }
  void after(std::chrono::milliseconds delay, std::function<void()> task) override {
    loops_.front()->after(delay, std::move(task));
  }

  void drain(std::chrono::milliseconds at_most) override {
    if (drained_.exchange(true)) return;
    house_->draining = true;
    for (std::size_t i = 0; i < loops_.size(); ++i)
      loops_[i]->post([loop = loops_[i], listener = listeners_[i]] {
        listener->close();
        loop->drain_sessions();
      });
    const Time until = time_now() + at_most;
    while (house_->connections.load() > 0 && time_now() < until) std::this_thread::sleep_for(2ms);
    for (const auto& loop : loops_) loop->stop();
  }

 private:
  const std::shared_ptr<House> house_;
  const std::uint16_t port_;
  const std::string url_;
  std::vector<std::shared_ptr<Loop>> loops_;
  std::vector<std::shared_ptr<Listener>> listeners_;
  std::atomic<bool> drained_{false};
};

std::chrono::milliseconds tick_for(const Limits& limits) {
  const auto shortest = std::min({limits.head_time, limits.body_time, limits.idle});
  return std::clamp(shortest / 4, 5ms, 250ms);
}

}  // namespace

Result<std::unique_ptr<Server>> serve(ServerOptions options, Handler handler) {
  auto address = address_of(options.address, options.port);
  if (!address) return address.error();
  auto house = std::make_shared<House>();
  house->limits = options.limits;
  house->handler = std::move(handler);
  if (!options.cert_file.empty() || !options.key_file.empty()) {
    auto tls = tls_server(options.cert_file, options.key_file);
    if (!tls) return tls.error();
    house->tls = std::move(*tls);
  }
  if (!address->loopback && !house->tls)
    return Error{tls_needed, "listening on " + options.address +
                                 " needs a certificate and a key (TLS); "
                                 "without them only loopback is allowed, such as 127.0.0.1"};

  // SO_REUSEPORT would let a second server of the same user share the port in silence: ask once without it.
  if (options.port != 0)
    if (auto alone = bound(options, options.port, false); !alone) return alone.error();

  auto first = bound(options, options.port, true);
  if (!first) return first.error();
  const std::uint16_t port = port_of(first->descriptor());
  auto server = std::make_unique<ThreadedServer>(house, options.address, port);
  server->add(std::move(*first), tick_for(options.limits));
  for (int i = 1; i < options.threads; ++i) {
    auto next = bound(options, port, true);
    if (!next) return next.error();
    server->add(std::move(*next), tick_for(options.limits));
  }
  server->start();
  return server;
}

}  // namespace http
