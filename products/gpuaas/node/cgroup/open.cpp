#include "products/gpuaas/node/cgroup/drivers.hpp"
#include "products/gpuaas/node/cgroup/files.hpp"

namespace cgroup {
namespace {

std::vector<std::string_view> split(std::string_view text, char by) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto at = text.find(by);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

}  // namespace

Mounts mounts_of(std::string_view mountinfo) {
  Mounts mounts;
  for (const auto line : split(mountinfo, '\n')) {
    const auto dash = line.find(" - ");
    if (dash == std::string_view::npos) continue;
    const auto before = split(line.substr(0, dash), ' ');
    const auto after = split(line.substr(dash + 3), ' ');  // type, source, options
    if (before.size() < 5 || after.size() < 3) continue;
    const std::string place{before[4]};
    if (after[0] == "cgroup2" && mounts.v2.empty()) mounts.v2 = place;
    if (after[0] != "cgroup") continue;
    for (const auto option : split(after[2], ','))
      if (option != "rw" && option != "ro" && !option.starts_with("name="))
        mounts.v1.try_emplace(std::string{option}, place);
  }
  return mounts;
}

base::Result<std::unique_ptr<Groups>> open(const Mounts& mounts, const std::string& parent) {
  if (mounts.v1.contains("memory")) return open_v1(mounts.v1, parent);
  if (!mounts.v2.empty()) return open_v2(mounts.v2, parent);
  return base::Error{controller_missing, "memory: no cgroup hierarchy is mounted"};
}

base::Result<std::unique_ptr<Groups>> open_here(const std::string& parent) {
  const auto text = read_file("/proc/self/mountinfo");
  if (!text) return failed("/proc/self/mountinfo");
  return open(mounts_of(*text), parent);
}

}  // namespace cgroup
