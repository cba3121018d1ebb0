#include "products/gpuaas/scheduling/scheduling.hpp"

#include <algorithm>

namespace scheduling {

std::optional<Placement> place(db::Tx& tx, const inventory::Shape& shape, std::string_view instance) {
  auto nodes = inventory::nodes(tx);
  std::erase_if(nodes, [&](const inventory::Node& node) { return inventory::fits(node, shape) == 0; });
  const auto left = [](const inventory::Node& node) { return node.capacity.cpu_millicores - node.cpu_used; };
  std::sort(nodes.begin(), nodes.end(), [&](const inventory::Node& a, const inventory::Node& b) {
    return left(a) != left(b) ? left(a) < left(b) : a.id < b.id;
  });
  for (inventory::Node& node : nodes)
    if (auto gpus = inventory::take(tx, node, shape, instance)) return Placement{std::move(node), std::move(*gpus)};
  return std::nullopt;
}

}  // namespace scheduling
