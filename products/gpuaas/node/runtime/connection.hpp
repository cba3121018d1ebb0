// Connection: one socket to a shim, as a source of the loop: what is sent waits in a bounded queue, what comes is
// handed to its owner, and its end is told once, when the workload's own end is known too.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "products/gpuaas/node/runtime/loop.hpp"
#include "products/gpuaas/node/shim/packets.hpp"

namespace runtime {

struct Heard {
  std::function<void(shim::Packet&)> packet;
  std::function<void()> ended;           // the shim closed it; not after close()
  std::function<bool()> end_known = {};  // `ended` waits for this, at most `end_wait_max`
};

inline constexpr std::chrono::seconds end_wait_max{3};

class Connection final : public Source, public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Loop> loop, shim::Descriptor fd, Heard heard)
      : loop_(std::move(loop)), fd_(std::move(fd)), heard_(std::move(heard)) {}

  /// From any thread. False: closed, or more than `write_queue_max` would wait.
  bool write(shim::Kind, std::string bytes, std::function<void()> done = {});
  void hold(bool);
  void close();

  void add_to(shim::Poll&) override;
  void look(shim::Steady) override;
  bool done() const override { return finished_; }

 private:
  struct Waiting {
    shim::Kind kind;
    std::string bytes;
    std::function<void()> done;
  };

  void receive();
  void send();

  const std::shared_ptr<Loop> loop_;  // shared: a handle may outlive the runtime
  shim::Descriptor fd_;               // the loop's thread's
  Heard heard_;
  mutable std::mutex mutex_;
  std::deque<Waiting> queue_;
  std::size_t queued_ = 0;
  bool held_ = false;
  std::atomic<bool> closed_ = false;
  bool ended_ = false;
  bool finished_ = false;
  shim::Steady give_up_{};
};

/// Connects to the shim of a folder; none when it does not listen.
shim::Descriptor connect_to(const std::string& folder);

}  // namespace runtime
