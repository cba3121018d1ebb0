// For tests of this folder: a bare socket, so that a test says exactly which bytes a peer sends and when.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace http::test {

/// Long enough for a loaded machine; a test that passes never waits for it.
inline constexpr std::chrono::seconds patience{20};

class Raw {
 public:
  explicit Raw(std::uint16_t port, int receive_buffer = 0)
      : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer > 0) ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  Raw(const Raw&) = delete;
  Raw& operator=(const Raw&) = delete;
  ~Raw() { close(); }

  bool connected() const { return connected_; }
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  /// Until `text` was seen, or the peer closed.
  std::string read_until(std::string_view text) {
    while (in_.find(text) == std::string::npos && more()) {
    }
    const auto at = in_.find(text);
    const auto size = at == std::string::npos ? in_.size() : at + text.size();
    std::string taken = in_.substr(0, size);
    in_.erase(0, size);
    return taken;
  }
  std::string read_all() {
    while (more()) {
    }
    return std::exchange(in_, {});
  }
  void close() {
    if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  }

 private:
  bool more() {
    pollfd one{.fd = descriptor_, .events = POLLIN, .revents = 0};
    if (::poll(&one, 1, static_cast<int>(std::chrono::milliseconds{patience}.count())) != 1) return false;
    char buffer[16 << 10];
    const auto got = ::recv(descriptor_, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    in_.append(buffer, static_cast<std::size_t>(got));
    return true;
  }

  int descriptor_;
  bool connected_ = false;
  std::string in_;
};

/// True as soon as `condition` is.
template <class Condition>
bool eventually(Condition&& condition) {
  const auto until = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return true;
}

/// What callbacks on other threads said, in order.
class Heard {
 public:
  void say(std::string word) {
    const std::scoped_lock lock{mutex_};
    words_.push_back(std::move(word));
  }
  std::vector<std::string> words() const {
    const std::scoped_lock lock{mutex_};
    return words_;
  }
  std::string last() const {
    const std::scoped_lock lock{mutex_};
    return words_.empty() ? "nothing" : words_.back();
  }
  std::size_t count() const {
    const std::scoped_lock lock{mutex_};
    return words_.size();
  }
  bool wait(std::size_t count) {
    return eventually([&] { return this->count() >= count; });
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> words_;
};

}  // namespace http::test
