// What gpuaas-init and its shim tell each other: one message a packet over the socket at `socket_fd`. The kernel
// vouches for the sender's pid (SCM_CREDENTIALS), translated to the host's numbers. Header only: gpuaas-init is a
// static program that knows nothing else of the house.
#pragma once

#include <cstdint>

namespace init {

inline constexpr int socket_fd = 3;
inline constexpr int plan_fd =
    4;  // NUL-ended words: rows, cols, "1" for a terminal or "0", directory, n, n variables, argv…
inline constexpr int self_fd =
    5;  // gpuaas-init itself, executed as /proc/self/fd/5: no path of the host's is shown inside

enum Kind : char {
  terminal = 'M',  // with the master's descriptor
  about = 'P',     // sent by the process that is about to become the command: its pid is in the credentials
  running = 'R',   // exec was seen
  failed = 'F',    // int32 errno, char Stage
  ended = 'E',     // int32 wait status of the command
};

enum Stage : char { at_terminal = 't', at_fork = 'f', at_directory = 'd', at_exec = 'x' };

struct Message {
  char kind;
  char stage;
  std::int16_t unused;
  std::int32_t number;
};
static_assert(sizeof(Message) == 8);

}  // namespace init
