#include "products/gpuaas/instances/store.hpp"

#include "shared/json/json.hpp"

namespace instances::store {
namespace {

constexpr int waiting_max = 200;  // of one round; the next finds the rest

#define INSTANCE_COLUMNS                                                                                              \
  "id, project_id, path, name, shape, command, env, state, state_reason, wanted, generation, node_id, gpu_indices, "  \
  "holds, created_by, requested_at, placed_at, starting_at, running_at, ended_at, exit_code, exit_signal, exit_oom, " \
  "exit_failure, exit_detail, deleted_at"

constexpr db::Query insert_instance{"gpuaas.instances.insert", R"sql(
  INSERT INTO gpuaas_instances (id, project_id, path, name, shape, command, env, state, state_reason, wanted, generation,
                                gpu_indices, holds, created_by, requested_at)
  VALUES (:id, :project, :path, :name, :shape, :command, :env, :state, :reason, :wanted, :generation, '[]', 0, :by,
          :requested_at))sql"};

constexpr db::Query find_instance{"gpuaas.instances.find",
                                  "SELECT " INSTANCE_COLUMNS " FROM gpuaas_instances WHERE id = :id"};

// `:to` is the path with the character after "/": a range of the index, where LIKE would need an escape.
constexpr db::Query list_instances{"gpuaas.instances.list", "SELECT " INSTANCE_COLUMNS R"sql(
  FROM gpuaas_instances
  WHERE (path = :path OR (path >= :from AND path < :to)) AND deleted_at IS NULL AND id > :after
    AND (:state = '' OR state = :state)
  ORDER BY id LIMIT :limit)sql"};

constexpr db::Query list_of_node{"gpuaas.instances.of_node", "SELECT " INSTANCE_COLUMNS R"sql(
  FROM gpuaas_instances
  WHERE node_id = :node AND (wanted <> 'removed' OR holds = 1) AND id > :after ORDER BY id LIMIT :limit)sql"};

constexpr db::Query list_waiting{"gpuaas.instances.waiting", "SELECT " INSTANCE_COLUMNS R"sql(
  FROM gpuaas_instances WHERE state = 'requested' ORDER BY id LIMIT :most)sql"};

constexpr db::Query update_instance{"gpuaas.instances.update", R"sql(
  UPDATE gpuaas_instances SET state = :state, state_reason = :reason, wanted = :wanted, generation = :generation,
    node_id = :node, gpu_indices = :gpus, holds = :holds, placed_at = :placed_at, starting_at = :starting_at,
    running_at = :running_at, ended_at = :ended_at, exit_code = :code, exit_signal = :signal, exit_oom = :oom,
    exit_failure = :failure, exit_detail = :detail, deleted_at = :deleted_at
  WHERE id = :id AND state = :before)sql"};

template <class T>
T decoded(const std::string& text) {
  auto value = json::decode<T>(text);
  CHECK(value.has_value());
  return std::move(*value);
}

bool is_end(State state) { return transitions.is_final(state); }

bool sound(const Row& row) {
  return is_end(row.state) == row.ended_at.has_value() && (!row.holds || row.node.has_value()) &&
         !(is_end(row.state) && row.holds);
}

Row read(const db::Row& row) {
  Row instance{.id = row.get<InstanceId>("id"),
               .project = row.get<ProjectId>("project_id"),
               .path = row.get<std::string>("path"),
               .name = row.get<std::string>("name"),
               .shape = row.get<std::string>("shape"),
               .command = decoded<std::vector<std::string>>(row.get<std::string>("command")),
               .env = decoded<std::map<std::string, std::string>>(row.get<std::string>("env")),
               .state = row.get<State>("state"),
               .state_reason = row.get<std::string>("state_reason"),
               .wanted = row.get<Wanted>("wanted"),
               .generation = row.get<std::int64_t>("generation"),
               .node = row.get<std::optional<PrincipalId>>("node_id"),
               .gpus = decoded<std::vector<std::int32_t>>(row.get<std::string>("gpu_indices")),
               .holds = row.get<bool>("holds"),
               .created_by = row.get<PrincipalId>("created_by"),
               .requested_at = row.get<base::Instant>("requested_at"),
               .placed_at = row.get<std::optional<base::Instant>>("placed_at"),
               .starting_at = row.get<std::optional<base::Instant>>("starting_at"),
               .running_at = row.get<std::optional<base::Instant>>("running_at"),
               .ended_at = row.get<std::optional<base::Instant>>("ended_at"),
               .deleted_at = row.get<std::optional<base::Instant>>("deleted_at")};
  if (const auto oom = row.get<std::optional<bool>>("exit_oom"))
    instance.exit = Exit{.code = row.get<std::optional<std::int32_t>>("exit_code"),
                         .signal = row.get<std::optional<std::int32_t>>("exit_signal"),
                         .oom = *oom,
                         .failure = row.get<std::optional<std::string>>("exit_failure"),
                         .detail = row.get<std::optional<std::string>>("exit_detail")};
  CHECK(sound(instance));
  return instance;
}

}  // namespace

void insert(db::Tx& tx, const request::Granted<instance_create>& granted, const Row& row) {
  CHECK(sound(row) && row.project == granted.project() && row.created_by == granted.principal());
  tx.put_one(insert_instance, {{"id", row.id},
                               {"project", row.project},
                               {"path", row.path},
                               {"name", row.name},
                               {"shape", row.shape},
                               {"command", json::encode(row.command)},
                               {"env", json::encode(row.env)},
                               {"state", row.state},
                               {"reason", row.state_reason},
                               {"wanted", row.wanted},
                               {"generation", row.generation},
                               {"by", row.created_by},
                               {"requested_at", row.requested_at}});
}

std::optional<Row> find(db::Snapshot& snapshot, InstanceId id) {
  return snapshot.one(find_instance, {{"id", id}}, read);
}

std::optional<Row> find_kept(db::Snapshot& snapshot, InstanceId id) {
  auto row = find(snapshot, id);
  return row && !row->deleted_at ? std::move(row) : std::nullopt;
}

base::Page<Row> list(db::Snapshot& snapshot, std::string_view path, std::optional<State> state,
                     const base::Cursor& cursor) {
  const std::string at{path};
  return snapshot.page(list_instances, cursor,
                       {{"path", at},
                        {"from", at + "/"},
                        {"to", at + "0"},  // '0' is the character after '/'
                        {"state", state ? db::enum_text(*state) : std::string{}}},
                       read);
}

base::Page<Row> of_node(db::Snapshot& snapshot, PrincipalId node, const base::Cursor& cursor) {
  return snapshot.page(list_of_node, cursor, {{"node", node}}, read);
}

std::vector<Row> waiting(db::Snapshot& snapshot) { return snapshot.all(list_waiting, {{"most", waiting_max}}, read); }

void update(db::Tx& tx, const Row& row, State before) {
  CHECK(sound(row));
  CHECK(row.state == before || transitions.may(before, row.state));
  const Exit exit = row.exit.value_or(Exit{});
  tx.put_one(update_instance, {{"id", row.id},
                               {"before", before},
                               {"state", row.state},
                               {"reason", row.state_reason},
                               {"wanted", row.wanted},
                               {"generation", row.generation},
                               {"node", row.node},
                               {"gpus", json::encode(row.gpus)},
                               {"holds", row.holds},
                               {"placed_at", row.placed_at},
                               {"starting_at", row.starting_at},
                               {"running_at", row.running_at},
                               {"ended_at", row.ended_at},
                               {"code", exit.code},
                               {"signal", exit.signal},
                               {"oom", row.exit ? std::optional<bool>{exit.oom} : std::nullopt},
                               {"failure", exit.failure},
                               {"detail", exit.detail},
                               {"deleted_at", row.deleted_at}});  // read in this transaction, which is as if alone
}

}  // namespace instances::store
