// Agent: what keeps a machine at what its server wants. It dials out over one link, reads the desired state, starts and
// ends workloads, reports what it observes, meters what ran, and relays terminals, logs and metrics when asked.
//
// Always true
//   - there are no commands to lose: each pass compares what is wanted with what is there;
//   - what ran is in the usage journal on disk before it is sent, and stays there until the server has it;
//   - a workload's folder is removed only after its last usage event was taken;
//   - no server, or a killed node process, ends no workload.
//
// Not here: the sandbox (node/runtime).
#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "products/gpuaas/node/agent/meter.hpp"
#include "products/gpuaas/node/agent/relays.hpp"
#include "products/gpuaas/node/agent/uplink.hpp"
#include "products/gpuaas/node/gpu/gpu.hpp"
#include "products/gpuaas/node/runtime.hpp"
#include "products/gpuaas/node/wire.hpp"

namespace agent {

class Agent final {
 public:
  Agent(runtime::Runtime&, const gpu::GpuDriver&, Uplink&, Meter&, const base::Clock&, std::string name,
        node::Capacity);
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  /// Keeps going until `stop`; `ready` is called once, when the node is linked and has reported.
  void run(const std::function<void()>& ready);
  void stop();
  void wake();

 private:
  bool connect();
  bool pass();
  base::Result<std::vector<node::DesiredItem>> desired();
  void keep(const node::DesiredItem&);
  void start(const node::DesiredItem&);
  void end(const node::DesiredItem&);
  void remove(const node::DesiredItem&);
  void end_unwanted(const std::vector<node::DesiredItem>&);
  void observe(const runtime::Workload&);
  void dial_replicas();
  bool report();
  bool send_usage();

  runtime::Runtime& runtime_;
  Uplink& uplink_;
  Meter& meter_;
  const base::Clock& clock_;
  const std::string name_;
  const node::Capacity capacity_;
  Relays relays_;

  std::mutex mutex_;
  std::condition_variable changed_;  // for the loop: something to look at
  std::condition_variable stopped_;  // for the thread that dials replicas
  bool woken_ = true;
  std::atomic<bool> stopping_ = false;
  std::shared_ptr<mux::Stream> following_;

  /// Links to the replicas that were told, beside the one by which this node works: for what they
  /// relay. Touched by the thread that dials them, and after its end.
  std::map<std::string, std::unique_ptr<Uplink>> replicas_;

  bool capacity_told_ = false;
  std::map<std::string, node::Observation> due_;  // by instance: to be reported
  std::map<std::string, std::string> told_;       // what the server knows, as text
};

/// What a status means in the words of a report; nothing while it is not known to run.
std::optional<node::Observation> observation_of(const std::string& id, const runtime::Status&);

}  // namespace agent
