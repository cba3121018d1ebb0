#include "products/gpuaas/node/shim/packets.hpp"

#include <errno.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <charconv>

namespace shim {

Sent send_packet(int fd, Kind kind, std::string_view body) {
  char head = static_cast<char>(kind);
  iovec parts[2] = {{&head, 1}, {const_cast<char*>(body.data()), body.size()}};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  for (;;) {
    if (::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return Sent::sent;
    if (errno == EINTR) continue;
    return errno == EAGAIN || errno == ENOBUFS ? Sent::full : Sent::gone;
  }
}

Sent send_packet(int fd, Kind kind, std::int64_t number) { return send_packet(fd, kind, std::to_string(number)); }

std::int64_t Packet::number() const {
  std::int64_t value = 0;
  std::from_chars(body.data(), body.data() + body.size(), value);
  return value;
}

Got receive_packet(int fd, Packet& into) {
  char head = 0;
  into.body.resize(packet_max);
  iovec parts[2] = {{&head, 1}, {into.body.data(), into.body.size()}};
  msghdr message{};
  message.msg_iov = parts;
  message.msg_iovlen = 2;
  ssize_t got = 0;
  while ((got = ::recvmsg(fd, &message, MSG_DONTWAIT)) < 0 && errno == EINTR) {
  }
  if (got < 0 && errno == EAGAIN) return Got::nothing;
  if (got <= 0 || (message.msg_flags & MSG_TRUNC) != 0) return Got::gone;
  into.kind = static_cast<Kind>(head);
  into.body.resize(static_cast<std::size_t>(got) - 1);
  return Got::packet;
}

}  // namespace shim
