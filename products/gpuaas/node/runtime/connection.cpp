#include "products/gpuaas/node/runtime/connection.hpp"

#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "products/gpuaas/node/runtime.hpp"

namespace runtime {
namespace {

constexpr int packets_a_round = 16;
constexpr std::chrono::milliseconds end_look{5};

}  // namespace

bool Connection::write(shim::Kind kind, std::string bytes, std::function<void()> done) {
  {
    const std::lock_guard lock{mutex_};
    if (closed_ || ended_ || queued_ + bytes.size() > write_queue_max) return false;
    queued_ += bytes.size();
    const bool one = bytes.size() <= shim::packet_bytes_max || kind != shim::Kind::input;
    while (!one && bytes.size() > shim::packet_bytes_max) {
      queue_.push_back({kind, bytes.substr(0, shim::packet_bytes_max), {}});
      bytes.erase(0, shim::packet_bytes_max);
    }
    queue_.push_back({kind, std::move(bytes), std::move(done)});
  }
  loop_->wake();
  return true;
}

void Connection::hold(bool held) {
  {
    const std::lock_guard lock{mutex_};
    held_ = held;
  }
  loop_->wake();
}

void Connection::close() {
  closed_ = true;
  loop_->wake();
}

void Connection::add_to(shim::Poll& poll) {
  if (closed_) return;
  if (ended_) return poll.wake_at(poll.now() + end_look);
  short events = 0;
  {
    const std::lock_guard lock{mutex_};
    if (!held_) events |= POLLIN;
    if (!queue_.empty()) events |= POLLOUT;
  }
  if (events == 0) return;  // a peer's end is heard when the hold ends
  poll.on(fd_.get(), events, [this, events](short ready) {
    if (ready & POLLOUT) send();
    if ((events & POLLIN) && (ready & (POLLIN | POLLHUP | POLLERR)))
      receive();
    else if (ready & (POLLHUP | POLLERR))
      send();
  });
}

void Connection::receive() {
  shim::Packet packet;
  for (int i = 0; i < packets_a_round && !closed_; ++i) {
    const shim::Got got = shim::receive_packet(fd_.get(), packet);
    if (got == shim::Got::nothing) return;
    if (got == shim::Got::gone) {
      const std::lock_guard lock{mutex_};
      ended_ = true;
      queue_.clear();
      give_up_ = std::chrono::steady_clock::now() + end_wait_max;
      return;
    }
    heard_.packet(packet);
    const std::lock_guard lock{mutex_};
    if (held_) return;
  }
}

void Connection::send() {
  for (;;) {
    std::function<void()> done;
    {
      const std::lock_guard lock{mutex_};
      if (queue_.empty()) return;
      auto& first = queue_.front();
      const shim::Sent sent = shim::send_packet(fd_.get(), first.kind, first.bytes);
      if (sent == shim::Sent::full) return;
      queued_ -= first.bytes.size();
      done = std::move(first.done);
      queue_.pop_front();
      if (sent == shim::Sent::gone) queue_.clear();
    }
    if (done) done();
  }
}

void Connection::look(shim::Steady now) {
  if (finished_) return;
  if (closed_) {
    fd_.reset();
    finished_ = true;
    return;
  }
  if (!ended_ || (heard_.end_known && !heard_.end_known() && now < give_up_)) return;
  finished_ = true;
  fd_.reset();
  if (heard_.ended) heard_.ended();
}

shim::Descriptor connect_to(const std::string& folder) {
  const shim::Descriptor directory{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  shim::Descriptor socket{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0)};
  if (!directory || !socket) return {};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ::snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/sock", directory.get());
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return {};
  return socket;
}

}  // namespace runtime
