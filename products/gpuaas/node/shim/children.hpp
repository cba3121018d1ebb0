// The shim's children: bubblewrap with gpuaas-init in it, and further commands that enter its sandbox. A child joins
// the workload's cgroup before anything else, and has the workload's uid, no capability and no way to new privileges
// before it runs one byte that the workload can influence.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "products/gpuaas/node/shim/descriptor.hpp"
#include "products/gpuaas/node/shim/init_wire.hpp"
#include "products/gpuaas/node/shim/packets.hpp"
#include "products/gpuaas/node/shim/plan.hpp"
#include "shared/base/result.hpp"

namespace shim {

inline constexpr base::Reason child_failed{"sandbox_failed", base::Kind::unavailable,
                                           "Look at the node: memory, processes."};

/// One message of gpuaas-init; `sender` is its pid in the host's numbers, which the kernel tells.
struct Control {
  init::Message message{};
  pid_t sender = 0;
  Descriptor passed;
};
Got receive_control(int fd, Control& into);

struct FirstChild {
  pid_t pid = 0;  // bubblewrap
  Descriptor control;
  Descriptor complaints;  // what bubblewrap writes to stderr, for the detail of a failed start
};
/// gpuaas-init as a file in memory that nobody but root may read: who executes it is not dumpable from its first
/// instruction on, so that no process of the workload can trace it and speak for it. Errors: `sandbox_failed`.
base::Result<Descriptor> init_copy(const std::string& path);

/// It and the whole sandbox die with this process. `init`: init_copy's. Errors: `sandbox_failed`.
base::Result<FirstChild> start_first(const Plan&, const Descriptor& init, const std::string& seccomp,
                                     const std::vector<std::string>& procs_files);

struct MoreChild {
  pid_t helper = 0;    // enters, forks, ends at once; the command's pid comes as the control message `entered`
  Descriptor control;  // its end without `failed` means that the exec was seen
  Descriptor input, output, error;  // without a terminal; non-blocking
};
inline constexpr char entered = 'B';  // from the helper only. number: the command's pid, a child of this process
/// `first`: the sandbox's process 1. Errors: `sandbox_failed`.
base::Result<MoreChild> start_more(const Plan&, const runtime::ExecSpec&, pid_t first, const Descriptor& init,
                                   const std::string& seccomp, const std::vector<std::string>& procs_files);

}  // namespace shim
