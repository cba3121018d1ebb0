// Tty: the master's side of one terminal and what it showed. Who writes to the terminal waits for no reader; what a
// flooding one may cost the host is bounded, because the shim's CPU is not the workload's.
#pragma once

#include <functional>
#include <string_view>

#include "products/gpuaas/node/shim/descriptor.hpp"
#include "products/gpuaas/node/shim/poll.hpp"
#include "products/gpuaas/node/shim/scrollback.hpp"
#include "products/gpuaas/node/status.hpp"

namespace shim {

class Tty final {
 public:
  /// `shown`: hears all that the terminal shows, once, in order.
  explicit Tty(std::function<void(std::string_view)> shown = {}) : shown_(std::move(shown)) {}

  void open(Descriptor master);
  void add_to(Poll&);
  /// What is there now; false when nothing is left.
  bool read();
  /// Reads what is left, and gives the terminal back: what still holds its other end gets EIO and SIGHUP.
  void close();

  void resize(const runtime::TerminalSize&);
  /// Writes keys; how many bytes the terminal took. A closed one takes all, for nobody.
  std::size_t type(std::string_view bytes);

  const Scrollback& scrollback() const { return scrollback_; }
  int fd() const { return master_.get(); }  // -1: none yet, or no longer

 private:
  const std::function<void(std::string_view)> shown_;
  Descriptor master_;
  Scrollback scrollback_{runtime::scrollback_bytes};
  Steady tick_{};
  std::size_t tick_bytes_ = 0;
};

}  // namespace shim
