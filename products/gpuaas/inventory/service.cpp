#include <algorithm>

#include "products/gpuaas/inventory/inventory.hpp"

namespace inventory {

using base::Result;
using request::Call;

namespace {

constexpr std::string_view product_name = "gpuaas";
constexpr std::int64_t seconds_per_hour = 3600;

struct Shapes {
  std::vector<Shape> shapes;
};
BOOST_DESCRIBE_STRUCT(Shapes, (), (shapes))

std::string price_text(const base::Money& price) {
  return base::decimal_text(price.micros, 6, true) + " " + price.currency.code + "/hour";
}

}  // namespace

Result<Catalogue> Catalogue::read(const registry::Registry& registry) {
  const registry::Product* product = registry.product(product_name);
  if (product == nullptr) return base::Error{registry::manifest_refused, "there is no product gpuaas"};
  auto shapes = json::decode<Shapes>(R"({"shapes":)" + product->shapes.text + "}");
  if (!shapes)
    return base::Error{registry::manifest_refused, "gpuaas" + shapes.error().pointer + ": " + shapes.error().detail};
  Catalogue catalogue;
  catalogue.shapes_ = std::move(shapes->shapes);
  for (const Shape& shape : catalogue.shapes_)
    if (registry.meter(shape.meter) == nullptr)
      return base::Error{registry::manifest_refused, "shape " + shape.name + ": there is no meter " + shape.meter};
  return catalogue;
}

const Shape* Catalogue::find(std::string_view name) const {
  const auto found = std::find_if(shapes_.begin(), shapes_.end(), [&](const Shape& each) { return each.name == name; });
  return found == shapes_.end() ? nullptr : &*found;
}

std::optional<base::Money> hourly(db::Snapshot& snapshot, const Shape& shape, base::Instant at) {
  const auto price = registry::price_at(snapshot, shape.name, shape.meter, at);
  if (!price) return std::nullopt;
  auto money = base::charge(price->rate, shape.units_per_second() * seconds_per_hour, base::Round::half_even);
  if (!money) return std::nullopt;
  return *money;
}

std::int64_t fits(const Node& node, const Shape& shape) {
  const Capacity& has = node.capacity;
  if (shape.gpus > 0 && (has.simulated != shape.simulated || !has.gpu_model.contains(shape.gpu_model))) return 0;
  if (shape.gpus == 0 && shape.simulated) return 0;
  std::int64_t most = (has.cpu_millicores - node.cpu_used) / shape.cpu_millicores;
  most = std::min(most, (has.memory - node.memory_used) / shape.memory);
  if (shape.gpus > 0) most = std::min(most, (has.gpus - node.gpus_used) / shape.gpus);
  return std::max<std::int64_t>(most, 0);
}

request::Routes routes(const Catalogue& catalogue) {
  const auto list = [catalogue](db::Snapshot& snapshot,
                                const Call<shape_list, base::Cursor>& call) -> Result<base::Page<ShapeOffer>> {
    const auto all = nodes(snapshot);
    std::vector<ShapeOffer> offers;
    for (const Shape& shape : catalogue.shapes()) {
      const auto price = hourly(snapshot, shape, call.env.now);
      std::int64_t free = 0;
      for (const Node& node : all) free += fits(node, shape);
      offers.push_back({.name = shape.name,
                        .gpus = shape.gpus,
                        .gpu_model = shape.gpu_model,
                        .gpu_memory = shape.gpu_memory,
                        .cpu_millicores = shape.cpu_millicores,
                        .memory = shape.memory,
                        .price = price,
                        .price_text = price ? price_text(*price) : "no price",
                        .sku = shape.name,
                        .free = free,
                        .simulated = shape.simulated});
    }
    return request::page_of(std::move(offers), call.input, [](const ShapeOffer& each) { return each.name; });
  };
  return request::Routes{"gpuaas"}.read<shape_list>(
      "/v1/shapes", list, {.bulk = true, .summary = "What can be launched, and for how much"});
}

}  // namespace inventory
