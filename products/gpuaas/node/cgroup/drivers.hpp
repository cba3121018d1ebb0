// The two drivers, opened by cgroup::open.
#pragma once

#include "products/gpuaas/node/cgroup/cgroup.hpp"

namespace cgroup {

base::Result<std::unique_ptr<Groups>> open_v1(const std::map<std::string, std::string>& mounts,
                                              const std::string& parent);
base::Result<std::unique_ptr<Groups>> open_v2(const std::string& mount, const std::string& parent);

}  // namespace cgroup
