#include "products/gpuaas/node/gpu/assignment.hpp"

#include <set>

namespace gpu {

base::Result<Assignment> assignment_of(std::span<const std::int32_t> indices, const std::vector<Gpu>& all) {
  std::set<std::int32_t> seen;
  std::string visible;
  for (const std::int32_t index : indices) {
    const bool known = index >= 0 && static_cast<std::size_t>(index) < all.size();
    if (!known) return base::Error{gpu_unknown, "no GPU " + std::to_string(index), "/gpus"};
    if (!seen.insert(index).second)
      return base::Error{gpu_unknown, "GPU " + std::to_string(index) + " is named twice", "/gpus"};
    if (!visible.empty()) visible += ',';
    visible += std::to_string(index);
  }
  return Assignment{.environment = {{"CUDA_VISIBLE_DEVICES", visible}}};
}

}  // namespace gpu
