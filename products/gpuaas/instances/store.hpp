// The SQL of instances, and only of its own table.
#pragma once

#include "products/gpuaas/instances/instances.hpp"

namespace instances::store {

void insert(db::Tx&, const request::Granted<instance_create>&, const Row&);
[[nodiscard]] std::optional<Row> find(db::Snapshot&, InstanceId);
/// One that was not deleted: what people and programs may ask for by its id.
[[nodiscard]] std::optional<Row> find_kept(db::Snapshot&, InstanceId);
/// Those launched at or below a path of scope ids that are not deleted, by id.
[[nodiscard]] base::Page<Row> list(db::Snapshot&, std::string_view path, std::optional<State>, const base::Cursor&);
/// What a node must know: all that it holds or has not yet removed.
[[nodiscard]] base::Page<Row> of_node(db::Snapshot&, PrincipalId, const base::Cursor&);
/// Those that wait for room, oldest first.
[[nodiscard]] std::vector<Row> waiting(db::Snapshot&);
/// Writes what may change: state, reason, wanted, generation, node, GPUs, times, exit. The row was read in this
/// transaction; its state moved along `transitions` or stayed.
void update(db::Tx&, const Row&, State before);

}  // namespace instances::store
