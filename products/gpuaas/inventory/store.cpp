#include "products/gpuaas/inventory/inventory.hpp"

namespace inventory {
namespace {

constexpr db::Query upsert_node{"gpuaas.nodes.report", R"sql(
  INSERT INTO gpuaas_nodes (node_id, name, cpu_millicores, memory, gpus, gpu_model, gpu_memory, simulated, cpu_used,
                            memory_used, reported_at)
  VALUES (:node, :name, :cpu, :memory, :gpus, :model, :gpu_memory, :simulated, 0, 0, :now)
  ON CONFLICT (node_id) DO UPDATE SET name = excluded.name, cpu_millicores = excluded.cpu_millicores,
    memory = excluded.memory, gpus = excluded.gpus, gpu_model = excluded.gpu_model, gpu_memory = excluded.gpu_memory,
    simulated = excluded.simulated, reported_at = excluded.reported_at)sql"};

constexpr db::Query add_slot{"gpuaas.slots.add", R"sql(
  INSERT INTO gpuaas_gpu_slots (node_id, gpu) VALUES (:node, :gpu) ON CONFLICT (node_id, gpu) DO NOTHING)sql"};

constexpr db::Query list_nodes{"gpuaas.nodes.list", R"sql(
  SELECT n.node_id, n.name, n.cpu_millicores, n.memory, n.gpus, n.gpu_model, n.gpu_memory, n.simulated, n.cpu_used,
         n.memory_used, (SELECT count(*) FROM gpuaas_gpu_slots s
                         WHERE s.node_id = n.node_id AND s.instance_id IS NOT NULL) AS gpus_used
  FROM gpuaas_nodes n ORDER BY n.node_id LIMIT 10000)sql"};

constexpr db::Query find_node{"gpuaas.nodes.find", R"sql(
  SELECT n.node_id, n.name, n.cpu_millicores, n.memory, n.gpus, n.gpu_model, n.gpu_memory, n.simulated, n.cpu_used,
         n.memory_used, (SELECT count(*) FROM gpuaas_gpu_slots s
                         WHERE s.node_id = n.node_id AND s.instance_id IS NOT NULL) AS gpus_used
  FROM gpuaas_nodes n WHERE n.node_id = :node)sql"};

constexpr db::Query take_cpu{"gpuaas.nodes.take", R"sql(
  UPDATE gpuaas_nodes SET cpu_used = cpu_used + :cpu, memory_used = memory_used + :memory
  WHERE node_id = :node AND cpu_used + :cpu <= cpu_millicores AND memory_used + :memory <= memory)sql"};

constexpr db::Query give_cpu{"gpuaas.nodes.give_back", R"sql(
  UPDATE gpuaas_nodes SET cpu_used = cpu_used - :cpu, memory_used = memory_used - :memory WHERE node_id = :node)sql"};

constexpr db::Query free_slots{"gpuaas.slots.free", R"sql(
  SELECT gpu FROM gpuaas_gpu_slots
  WHERE node_id = :node AND instance_id IS NULL
    AND gpu < (SELECT gpus FROM gpuaas_nodes WHERE node_id = :node)  -- a node may report fewer than it once had
  ORDER BY gpu LIMIT :most)sql"};

constexpr db::Query take_slot{"gpuaas.slots.take", R"sql(
  UPDATE gpuaas_gpu_slots SET instance_id = :instance
  WHERE node_id = :node AND gpu = :gpu AND instance_id IS NULL)sql"};

constexpr db::Query give_slots{"gpuaas.slots.give_back", R"sql(
  UPDATE gpuaas_gpu_slots SET instance_id = NULL WHERE instance_id = :instance)sql"};

Node read(const db::Row& row) {
  return {.id = row.get<PrincipalId>("node_id"),
          .name = row.get<std::string>("name"),
          .capacity = {.cpu_millicores = row.get<std::int64_t>("cpu_millicores"),
                       .memory = row.get<std::int64_t>("memory"),
                       .gpus = row.get<std::int32_t>("gpus"),
                       .gpu_model = row.get<std::string>("gpu_model"),
                       .gpu_memory = row.get<std::int64_t>("gpu_memory"),
                       .simulated = row.get<bool>("simulated")},
          .cpu_used = row.get<std::int64_t>("cpu_used"),
          .memory_used = row.get<std::int64_t>("memory_used"),
          .gpus_used = row.get<std::int64_t>("gpus_used")};
}

}  // namespace

void report(db::Tx& tx, PrincipalId node, std::string_view name, const Capacity& capacity, base::Instant now) {
  tx.put(upsert_node, {{"node", node},
                       {"name", name},
                       {"cpu", capacity.cpu_millicores},
                       {"memory", capacity.memory},
                       {"gpus", capacity.gpus},
                       {"model", capacity.gpu_model},
                       {"gpu_memory", capacity.gpu_memory},
                       {"simulated", capacity.simulated},
                       {"now", now}});
  for (std::int32_t gpu = 0; gpu < capacity.gpus; ++gpu) tx.put(add_slot, {{"node", node}, {"gpu", gpu}});
}

std::vector<Node> nodes(db::Snapshot& snapshot) { return snapshot.all(list_nodes, {}, read); }

std::optional<Node> node(db::Snapshot& snapshot, PrincipalId id) {
  return snapshot.one(find_node, {{"node", id}}, read);
}

std::optional<std::vector<std::int32_t>> take(db::Tx& tx, const Node& from, const Shape& shape,
                                              std::string_view instance) {
  const int taken = tx.run(take_cpu, {{"node", from.id}, {"cpu", shape.cpu_millicores}, {"memory", shape.memory}});
  if (taken != 1) return std::nullopt;
  auto gpus = tx.all(free_slots, {{"node", from.id}, {"most", shape.gpus}},
                     [](const db::Row& row) { return row.get<std::int32_t>("gpu"); });
  if (gpus.size() != static_cast<std::size_t>(shape.gpus)) {
    give_back(tx, from.id, shape, instance);
    return std::nullopt;
  }
  // Seen as free in this transaction, which is as if alone.
  for (const std::int32_t gpu : gpus) tx.put_one(take_slot, {{"node", from.id}, {"gpu", gpu}, {"instance", instance}});
  return gpus;
}

void give_back(db::Tx& tx, PrincipalId from, const Shape& shape, std::string_view instance) {
  tx.put(give_cpu, {{"node", from}, {"cpu", shape.cpu_millicores}, {"memory", shape.memory}});
  tx.put(give_slots, {{"instance", instance}});
}

}  // namespace inventory
