// Peers: the connections of a shim, each for one purpose: watching, a terminal, or a further process. A peer that is
// slow or gone costs the workload nothing: a terminal's reader skips, a process's reader makes that process wait.
#pragma once

#include <memory>

#include "products/gpuaas/node/shim/sandbox.hpp"
#include "products/gpuaas/node/shim/shell.hpp"

namespace shim {

class Peer {
 public:
  virtual ~Peer() = default;
  virtual void add_to(Poll&) = 0;
  virtual void status_changed() {}
  /// After each round.
  virtual void look(Reaped&, Steady now) {}
  virtual bool done() const = 0;  // may be destroyed
  virtual bool flushed()
      const = 0;  // nothing waits to be sent, and nothing more will come once the workload has exited
};

/// Makes the peer that its first packet asks for; none for a packet that asks for something done, or for nothing known.
std::unique_ptr<Peer> greet(Descriptor, const Packet& first, Sandbox&, Shells&, Steady now);
std::unique_ptr<Peer> make_watcher(Descriptor, const Sandbox&);

/// A further process and its connection (process_peer.cpp).
std::unique_ptr<Peer> make_process(Descriptor, const std::string& spec_json, const Sandbox&);

inline constexpr std::size_t input_waiting_max = 64 << 10;  // then the connection is read no further

}  // namespace shim
