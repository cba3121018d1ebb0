// Control groups: one small group per workload below a parent of ours, with limits for CPU, memory (swap included) and
// processes. Two drivers behind one interface: v1 (a hierarchy per controller, as on a hybrid machine) and v2 (one
// tree).
//
// Always true
//   - a group that `make` answered has every limit in force; a controller that is not there is named in the refusal;
//   - nothing outside the parent group is ever written, but the parents' subtree_control on v2.
//
// Not here: who joins (the shim, before it becomes bubblewrap), and devices (the sandbox's /dev holds only what is
// given).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.hpp"

namespace cgroup {

inline constexpr base::Reason controller_missing{"controller_missing", base::Kind::unavailable,
                                                 "Give the node the named cgroup controller."};
inline constexpr base::Reason group_failed{"cgroup_failed", base::Kind::unavailable,
                                           "Look at the named cgroup file on the node."};

inline constexpr std::int64_t cpu_period_us = 100'000;
inline constexpr std::int64_t cpu_millicores_min = 10;  // the kernel's least quota is 1 ms a period
inline constexpr std::int64_t ours_in_group = 2;        // bubblewrap and gpuaas-init: not counted in a workload's pids

struct Limits {
  std::int64_t cpu_millicores = 0;
  std::int64_t memory_bytes = 0;
  std::int64_t pids = 0;
};

struct Use {
  std::int64_t cpu_us = 0;
  std::int64_t memory_bytes = 0;
  std::int64_t memory_peak_bytes = 0;
  std::int64_t pids = 0;          // without ours
  std::int64_t oom_kills = 0;     // processes that the kernel killed for the memory limit
  std::int64_t pids_refused = 0;  // forks refused for the pids limit
};

/// Thread-safe: the state is the kernel's.
class Groups {
 public:
  virtual ~Groups() = default;
  virtual int version() const = 0;
  /// Makes the group and sets its limits; what was made is taken away again when a limit fails. A group that is left
  /// from before goes first: its counters are not the new one's.
  /// Errors: `controller_missing`, `cgroup_failed` (the detail names the file).
  virtual base::Result<void> make(const std::string& name, const Limits&) const = 0;
  /// A process joins by writing its pid (or 0 for itself) to each of these, before it execs.
  virtual std::vector<std::string> procs_files(const std::string& name) const = 0;
  /// Errors: `not_found`.
  virtual base::Result<Use> use(const std::string& name) const = 0;
  /// SIGKILL to every process in it, `setsid` children too, until none is left or two seconds have passed.
  virtual void kill(const std::string& name) const = 0;
  /// Kills and takes the group away; one that is not there is fine. Errors: `cgroup_failed`.
  virtual base::Result<void> remove(const std::string& name) const = 0;
};

/// Where the hierarchies are mounted: by controller for v1, and the one of v2.
struct Mounts {
  std::map<std::string, std::string> v1 = {};
  std::string v2 = {};
};

/// Reads the text of /proc/self/mountinfo (proc(5)).
Mounts mounts_of(std::string_view mountinfo);

/// v1 where the memory controller has a v1 hierarchy, else v2. Errors: `controller_missing`, `cgroup_failed`.
base::Result<std::unique_ptr<Groups>> open(const Mounts&, const std::string& parent);
base::Result<std::unique_ptr<Groups>> open_here(const std::string& parent);

}  // namespace cgroup
