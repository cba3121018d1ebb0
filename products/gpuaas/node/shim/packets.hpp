// Packets between a runtime and a shim: one message a packet of a SOCK_SEQPACKET socket, its first byte the kind. The
// first packet of a connection says what the connection is for.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace shim {

inline constexpr std::size_t packet_bytes_max = 32 << 10;  // of a terminal's or pipe's bytes in one packet
inline constexpr std::size_t packet_max = 160
                                          << 10;  // any packet: an exec with long arguments; below a socket's buffer

enum class Kind : char {
  // first: what this connection is for
  watch = 'W',         // statuses, the present one at once
  watch_log = 'L',     // `log_grew` at once, and whenever it grew
  attach = 'A',        // the command's own terminal. JSON TerminalSize
  attach_shell = 'S',  // the shell beside it. JSON TerminalSize
  exec = 'X',          // JSON ExecSpec
  stop = 'T',          // number: grace in ms
  kill = 'K',
  // then, to the shim
  input = 'i',
  input_end = 'e',
  resize = 'z',  // JSON TerminalSize
  signal = 'g',  // number
  // from the shim
  status = 's',    // JSON Status
  log_grew = 'l',  // number: bytes so far
  output = 'o',
  skipped = 'k',  // number: bytes
  error = 'r',
  exec_ended = 'd',  // also of the shell. JSON ExecEnd
};

enum class Sent { sent, full, gone };
Sent send_packet(int fd, Kind, std::string_view body);
Sent send_packet(int fd, Kind, std::int64_t number);

enum class Got { packet, nothing, gone };
struct Packet {
  Kind kind{};
  std::string body;
  std::int64_t number() const;  // 0 when it is none
};
/// Never waits. A peer's end, or a packet beyond `packet_max`, is `gone`.
Got receive_packet(int fd, Packet& into);

}  // namespace shim
