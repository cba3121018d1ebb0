// Scheduling: which node holds an instance. Best fit: of the nodes that can hold the shape, the one that is left with
// the least free CPU, so that large shapes keep finding room; ties go to the lower id, so that a run replays.
//
// Not here: queues, priorities and fairness between projects; who finds no room waits and is tried again.
#pragma once

#include <optional>
#include <vector>

#include "products/gpuaas/inventory/inventory.hpp"

namespace scheduling {

struct Placement {
  inventory::Node node;
  std::vector<std::int32_t> gpus;  // indices
};

/// Takes room for the instance. Nothing: no node has it now.
std::optional<Placement> place(db::Tx&, const inventory::Shape&, std::string_view instance);

}  // namespace scheduling
