// cgroup v1: a tree per controller (kernel Documentation/admin-guide/cgroup-v1). A workload has a group of the same
// name in each; controllers mounted together share one directory.
#include <set>

#include "products/gpuaas/node/cgroup/drivers.hpp"
#include "products/gpuaas/node/cgroup/files.hpp"

namespace cgroup {
namespace {

constexpr std::string_view needed[] = {"memory", "cpu", "cpuacct", "pids"};

class V1 final : public Groups {
 public:
  explicit V1(std::map<std::string, std::string> parents) : parents_(std::move(parents)) {}

  int version() const override { return 1; }

  base::Result<void> make(const std::string& name, const Limits& limits) const override {
    if (auto gone = remove(name); !gone) return gone;  // its counters would be another's
    for (const auto& directory : directories(name))
      if (auto made = make_directory(directory); !made) return made;
    auto set = set_limits(name, limits);
    if (!set) (void)remove(name);
    return set;
  }

  std::vector<std::string> procs_files(const std::string& name) const override {
    std::vector<std::string> files;
    for (const auto& directory : directories(name)) files.push_back(directory + "/cgroup.procs");
    return files;
  }

  base::Result<Use> use(const std::string& name) const override {
    if (!exists(file("memory", name, "cgroup.procs"))) return base::Error{base::not_found, "no cgroup " + name};
    return Use{
        .cpu_us = number_in(file("cpuacct", name, "cpuacct.usage")) / 1000,
        .memory_bytes = number_in(file("memory", name, "memory.usage_in_bytes")),
        .memory_peak_bytes = number_in(file("memory", name, "memory.max_usage_in_bytes")),
        .pids = std::max<std::int64_t>(0, number_in(file("pids", name, "pids.current")) - ours_in_group),
        .oom_kills = number_after(file("memory", name, "memory.oom_control"), "oom_kill"),
        .pids_refused = number_after(file("pids", name, "pids.events"), "max"),
    };
  }

  void kill(const std::string& name) const override { kill_until_empty(file("pids", name, "cgroup.procs")); }

  base::Result<void> remove(const std::string& name) const override {
    kill(name);
    base::Result<void> all;
    for (const auto& directory : directories(name))
      if (auto gone = remove_directory(directory); !gone) all = gone;
    return all;
  }

 private:
  std::set<std::string> directories(const std::string& name) const {
    std::set<std::string> found;
    for (const auto& [controller, parent] : parents_) found.insert(parent + "/" + name);
    return found;
  }

  std::string file(std::string_view controller, const std::string& name, std::string_view leaf) const {
    return parents_.at(std::string{controller}) + "/" + name + "/" + std::string{leaf};
  }

  base::Result<void> set(const std::string& path, std::int64_t value) const {
    if (!write_file(path, std::to_string(value))) return failed(path);
    return {};
  }

  /// Memory before memory with swap: the kernel refuses the second below the first.
  base::Result<void> set_limits(const std::string& name, const Limits& limits) const {
    if (auto ok = set(file("memory", name, "memory.limit_in_bytes"), limits.memory_bytes); !ok) return ok;
    const auto with_swap = file("memory", name, "memory.memsw.limit_in_bytes");
    if (exists(with_swap)) {
      if (auto ok = set(with_swap, limits.memory_bytes); !ok) return ok;
    } else if (auto ok = set(file("memory", name, "memory.swappiness"), 0); !ok) {
      return ok;
    }
    if (auto ok = set(file("cpu", name, "cpu.cfs_period_us"), cpu_period_us); !ok) return ok;
    if (auto ok = set(file("cpu", name, "cpu.cfs_quota_us"), limits.cpu_millicores * cpu_period_us / 1000); !ok)
      return ok;
    return set(file("pids", name, "pids.max"), limits.pids + ours_in_group);
  }

  std::map<std::string, std::string> parents_;  // our parent group's directory, by needed controller
};

}  // namespace

base::Result<std::unique_ptr<Groups>> open_v1(const std::map<std::string, std::string>& mounts,
                                              const std::string& parent) {
  std::map<std::string, std::string> parents;
  for (const auto controller : needed) {
    const auto mount = mounts.find(std::string{controller});
    if (mount == mounts.end()) return base::Error{controller_missing, std::string{controller} + " (cgroup v1)"};
    const std::string directory = mount->second + "/" + parent;
    if (auto made = make_directory(directory); !made) return made.error();
    parents.emplace(controller, directory);
  }
  return std::make_unique<V1>(std::move(parents));
}

}  // namespace cgroup
