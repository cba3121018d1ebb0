// Inventory: what can be sold (shapes, from the manifest) and what there is to sell it from (the nodes' capacity).
//
// Always true
//   - a GPU of a node is held by at most one instance, and nothing is taken by which the CPU or memory held on a node
//     would pass what it has;
//   - a simulated shape lies only on simulated GPUs, a real one only on real ones;
//   - what is taken is given back exactly once, in the transaction that ends its instance.
//
// Not here: which node to take from (scheduling), and what a node really runs (node).
#pragma once

#include <boost/describe.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/registry/registry.hpp"
#include "platform/request/request.hpp"
#include "products/gpuaas/node/wire.hpp"
#include "shared/base/money.hpp"
#include "shared/db/db.hpp"

namespace inventory {

inline constexpr request::Permission shape_list{"gpuaas.shape.list"};

using request::PrincipalId;

/// A sellable configuration, as the manifest's `shapes` has it.
struct Shape {
  std::string name;
  std::int32_t gpus = 0;
  std::string gpu_model;
  std::int64_t gpu_memory = 0;  // bytes, of one
  std::int64_t cpu_millicores = 0;
  std::int64_t memory = 0;  // bytes
  std::string meter;
  bool simulated = false;

  /// Units of the meter that one second of running uses.
  std::int64_t units_per_second() const { return gpus > 0 ? gpus : 1; }
  bool operator==(const Shape&) const = default;
  static constexpr std::array json_defaults{"gpus", "gpu_model", "gpu_memory", "simulated"};
};
BOOST_DESCRIBE_STRUCT(Shape, (), (name, gpus, gpu_model, gpu_memory, cpu_millicores, memory, meter, simulated))

/// The shapes of this process, with what an hour of each costs now.
class Catalogue final {
 public:
  /// Errors: `manifest_refused`.
  static base::Result<Catalogue> read(const registry::Registry&);
  const std::vector<Shape>& shapes() const { return shapes_; }
  const Shape* find(std::string_view name) const;

 private:
  std::vector<Shape> shapes_;
};

/// What a running instance of this shape costs an hour at `at`; nothing when no price is in force.
std::optional<base::Money> hourly(db::Snapshot&, const Shape&, base::Instant at);

struct ShapeOffer {
  std::string name;
  std::int32_t gpus = 0;
  std::string gpu_model;
  std::int64_t gpu_memory = 0;
  std::int64_t cpu_millicores = 0;
  std::int64_t memory = 0;
  std::optional<base::Money> price;  // an hour
  std::string price_text;            // "2.499 EUR/hour"
  std::string sku;
  std::int64_t free = 0;  // how many more could be launched now, on all nodes
  bool simulated = false;
};
BOOST_DESCRIBE_STRUCT(ShapeOffer, (),
                      (name, gpus, gpu_model, gpu_memory, cpu_millicores, memory, price, price_text, sku, free,
                       simulated))

using node::Capacity;

struct Node {
  PrincipalId id;
  std::string name;
  Capacity capacity;
  std::int64_t cpu_used = 0;
  std::int64_t memory_used = 0;
  std::int64_t gpus_used = 0;
};

/// Files what the node has; its GPUs' slots are made when they are new.
void report(db::Tx&, PrincipalId node, std::string_view name, const Capacity&, base::Instant now);
std::vector<Node> nodes(db::Snapshot&);
std::optional<Node> node(db::Snapshot&, PrincipalId);
/// How many more of this shape the node could hold.
std::int64_t fits(const Node&, const Shape&);

/// Takes a shape's worth of the node for the instance: the GPUs' indices, or nothing when it is not there any more.
std::optional<std::vector<std::int32_t>> take(db::Tx&, const Node&, const Shape&, std::string_view instance);
void give_back(db::Tx&, PrincipalId node, const Shape&, std::string_view instance);

request::Routes routes(const Catalogue&);

}  // namespace inventory
