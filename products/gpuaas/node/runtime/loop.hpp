// Loop: the runtime's own thread. Sources put what they want into each round and are called on it; nothing else runs
// there.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "products/gpuaas/node/shim/descriptor.hpp"
#include "products/gpuaas/node/shim/poll.hpp"

namespace runtime {

class Source {
 public:
  virtual ~Source() = default;
  virtual void add_to(
      shim::Poll&) = 0;  // on the loop's thread, without any of the runtime's locks, as are the calls it asks for
  virtual void look(shim::Steady) {}  // after each round
  virtual bool done() const = 0;      // is then forgotten
};

class Loop final {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void add(std::shared_ptr<Source>);
  void post(std::function<void()>);  // runs on the loop's thread, in order
  void after(std::chrono::milliseconds, std::function<void()>);
  void wake();  // somebody wants something else now
  void stop();  // after the round that runs; all sources are forgotten

 private:
  void run();
  bool round();

  std::mutex mutex_;
  std::vector<std::shared_ptr<Source>> arrived_;
  std::vector<std::function<void()>> posted_;
  bool stop_ = false;
  std::vector<std::shared_ptr<Source>> sources_;  // the thread's own
  shim::Descriptor wake_;
  std::thread thread_;
};

}  // namespace runtime
