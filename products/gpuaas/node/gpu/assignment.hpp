// What every driver's assignment has in common.
#pragma once

#include "products/gpuaas/node/gpu/gpu.hpp"

namespace gpu {

/// CUDA_VISIBLE_DEVICES of the asked indices, in the asked order. Errors: `gpu_unknown`.
base::Result<Assignment> assignment_of(std::span<const std::int32_t> indices, const std::vector<Gpu>& all);

}  // namespace gpu
