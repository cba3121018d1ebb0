// cgroup v2: one tree (kernel Documentation/admin-guide/cgroup-v2). Our parent group holds no process itself, so that
// it may hand its controllers on.
#include <unistd.h>

#include "products/gpuaas/node/cgroup/drivers.hpp"
#include "products/gpuaas/node/cgroup/files.hpp"

namespace cgroup {
namespace {

constexpr std::string_view needed[] = {"memory", "cpu", "pids"};

bool lists(std::string_view words, std::string_view word) {
  const std::string all = " " + std::string{words} + " ";
  for (std::size_t at = all.find(word); at != std::string::npos; at = all.find(word, at + 1)) {
    const char before = all[at - 1];
    const char after = all[at + word.size()];
    if (before == ' ' && (after == ' ' || after == '\n')) return true;
  }
  return false;
}

/// Lets the children of `directory` use the needed controllers.
base::Result<void> hand_on(const std::string& directory) {
  const auto has = read_file(directory + "/cgroup.controllers");
  if (!has) return failed(directory + "/cgroup.controllers");
  const auto given = read_file(directory + "/cgroup.subtree_control").value_or("");
  for (const auto controller : needed) {
    if (!lists(*has, controller)) return base::Error{controller_missing, std::string{controller} + " (cgroup v2)"};
    if (lists(given, controller)) continue;
    const std::string path = directory + "/cgroup.subtree_control";
    if (!write_file(path, "+" + std::string{controller})) return failed(path);
  }
  return {};
}

class V2 final : public Groups {
 public:
  explicit V2(std::string parent) : parent_(std::move(parent)) {}

  int version() const override { return 2; }

  base::Result<void> make(const std::string& name, const Limits& limits) const override {
    const std::string directory = parent_ + "/" + name;
    kill(name);
    (void)::rmdir(directory.c_str());  // one left from before: its counters would be another's
    if (auto made = make_directory(directory); !made) return made;
    auto set = set_limits(name, limits);
    if (!set) (void)remove(name);
    return set;
  }

  std::vector<std::string> procs_files(const std::string& name) const override { return {file(name, "cgroup.procs")}; }

  base::Result<Use> use(const std::string& name) const override {
    if (!exists(file(name, "cgroup.procs"))) return base::Error{base::not_found, "no cgroup " + name};
    return Use{
        .cpu_us = number_after(file(name, "cpu.stat"), "usage_usec"),
        .memory_bytes = number_in(file(name, "memory.current")),
        .memory_peak_bytes = number_in(file(name, "memory.peak")),  // since Linux 5.19
        .pids = std::max<std::int64_t>(0, number_in(file(name, "pids.current")) - ours_in_group),
        .oom_kills = number_after(file(name, "memory.events"), "oom_kill"),
        .pids_refused = number_after(file(name, "pids.events"), "max"),
    };
  }

  /// cgroup.kill (since Linux 5.14) takes the whole tree at once; the list is for older kernels.
  void kill(const std::string& name) const override {
    const auto path = file(name, "cgroup.kill");
    if (exists(path)) (void)write_file(path, "1");
    kill_until_empty(file(name, "cgroup.procs"));
  }

  base::Result<void> remove(const std::string& name) const override {
    kill(name);
    return remove_directory(parent_ + "/" + name);
  }

 private:
  std::string file(const std::string& name, std::string_view leaf) const {
    return parent_ + "/" + name + "/" + std::string{leaf};
  }

  base::Result<void> set(const std::string& path, const std::string& value) const {
    if (!write_file(path, value)) return failed(path);
    return {};
  }

  base::Result<void> set_limits(const std::string& name, const Limits& limits) const {
    if (auto ok = set(file(name, "memory.max"), std::to_string(limits.memory_bytes)); !ok) return ok;
    const auto swap =
        file(name, "memory.swap.max");  // absent where the kernel has no swap accounting, so no swap to limit
    if (exists(swap)) {
      if (auto ok = set(swap, "0"); !ok) return ok;
    }
    const std::string quota = std::to_string(limits.cpu_millicores * cpu_period_us / 1000);
    if (auto ok = set(file(name, "cpu.max"), quota + " " + std::to_string(cpu_period_us)); !ok) return ok;
    return set(file(name, "pids.max"), std::to_string(limits.pids + ours_in_group));
  }

  std::string parent_;
};

}  // namespace

base::Result<std::unique_ptr<Groups>> open_v2(const std::string& mount, const std::string& parent) {
  if (auto ok = hand_on(mount); !ok) return ok.error();
  const std::string directory = mount + "/" + parent;
  if (auto made = make_directory(directory); !made) return made.error();
  if (auto ok = hand_on(directory); !ok) return ok.error();
  return std::make_unique<V2>(directory);
}

}  // namespace cgroup
