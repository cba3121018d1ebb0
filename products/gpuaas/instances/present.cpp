#include "products/gpuaas/instances/present.hpp"

#include "platform/iam/iam.hpp"

namespace instances {

Instance present(db::Snapshot& snapshot, const Catalogue& catalogue, const Row& row, base::Instant now) {
  Instance shown{.id = row.id,
                 .name = row.name,
                 .project = row.project,
                 .path = iam::path_text(snapshot, request::path_from_text(row.path)),
                 .shape = row.shape,
                 .command = row.command,
                 .state = row.state,
                 .state_reason = row.state_reason,
                 .node = row.node,
                 .gpu_indices = row.gpus,
                 .requested_at = row.requested_at,
                 .placed_at = row.placed_at,
                 .starting_at = row.starting_at,
                 .running_at = row.running_at,
                 .ended_at = row.ended_at,
                 .exit = row.exit,
                 .created_by = row.created_by};
  if (const auto by = iam::principal_name(snapshot, row.created_by)) shown.created_by_name = by->name;
  if (row.node)
    if (const auto node = inventory::node(snapshot, *row.node)) shown.node_name = node->name;
  if (const inventory::Shape* shape = catalogue.find(row.shape)) {
    shown.gpus = shape->gpus;
    shown.gpu_model = shape->gpu_model;
    shown.gpu_memory = shape->gpu_memory;
    shown.cpu_millicores = shape->cpu_millicores;
    shown.memory = shape->memory;
    shown.simulated = shape->simulated;
    shown.price = inventory::hourly(snapshot, *shape, row.running_at.value_or(now));
    if (shown.price)
      shown.price_text = base::decimal_text(shown.price->micros, 6, true) + " " + shown.price->currency.code + "/hour";
  }
  return shown;
}

}  // namespace instances
