#include "products/gpuaas/instances/present.hpp"
#include "products/gpuaas/instances/store.hpp"

namespace instances {

using base::Error;
using base::Result;
using request::DELETE;
using request::POST;

namespace {

Result<base::Page<Instance>> list(db::Snapshot& snapshot, const Catalogue& catalogue,
                                  const Call<instance_list, ListInstances>& call) {
  const auto rows = store::list(snapshot, request::path_text(call.granted.authority().path), call.input.state,
                                {.after = call.input.after, .limit = call.input.limit});
  base::Page<Instance> page{.items = {}, .next = rows.next};
  for (const Row& row : rows.items) page.items.push_back(present(snapshot, catalogue, row, call.env.now));
  return page;
}

Result<Instance> read(db::Snapshot& snapshot, const Catalogue& catalogue,
                      const Call<instance_read, InstanceRef>& call) {
  const auto row = store::find_kept(snapshot, call.input.instance);
  if (!row) return Error{base::not_found};
  return present(snapshot, catalogue, *row, call.env.now);
}

Result<request::Relay> to_node(db::Snapshot& snapshot, InstanceId id, std::string what, std::string type) {
  const auto row = store::find_kept(snapshot, id);
  if (!row || !row->node) return Error{row ? instance_not_running : base::not_found};
  return request::Relay{.node = *row->node, .what = std::move(what), .content_type = std::move(type)};
}

Result<request::Relay> logs(db::Snapshot& snapshot, const Call<instance_logs, ReadLogs>& call) {
  const ReadLogs& asked = call.input;
  return to_node(snapshot, asked.instance,
                 "logs " + asked.instance.text() + (asked.follow ? " 1 " : " 0 ") + std::to_string(asked.offset),
                 "text/plain; charset=utf-8");
}

Result<request::Relay> metrics(db::Snapshot& snapshot, const Call<instance_metrics, InstanceRef>& call) {
  return to_node(snapshot, call.input.instance, "metrics " + call.input.instance.text(), "text/event-stream");
}

Result<request::Follow> follow(db::Snapshot& snapshot, const Call<instance_follow, InstanceRef>& call) {
  if (!store::find_kept(snapshot, call.input.instance)) return Error{base::not_found};
  return request::Follow{.topic = call.input.instance.text()};
}

DesiredItem desired_item(const Catalogue& catalogue, const Row& row) {
  const inventory::Shape* shape = catalogue.find(row.shape);
  CHECK(shape != nullptr);
  return {.instance = row.id,
          .name = row.name,
          .generation = row.generation,
          .wanted = row.wanted,
          .command = row.command,
          .env = row.env,
          .cpu_millicores = shape->cpu_millicores,
          .memory = shape->memory,
          .gpus = row.gpus,
          .meter = shape->meter,
          .sku = shape->name,
          .units_per_second = shape->units_per_second(),
          .simulated = shape->simulated};
}

Result<base::Page<DesiredItem>> desired(db::Snapshot& snapshot, const Catalogue& catalogue,
                                        const Call<node_desired, NodeRef>& call) {
  if (call.input.node != call.granted.principal()) return Error{base::not_found};
  const auto rows = store::of_node(snapshot, call.input.node, {.after = call.input.after, .limit = call.input.limit});
  base::Page<DesiredItem> page{.items = {}, .next = rows.next};
  for (const Row& row : rows.items) page.items.push_back(desired_item(catalogue, row));
  return page;
}

Result<request::Follow> follow_node(db::Snapshot&, const Call<node_follow, NodeRef>& call) {
  if (call.input.node != call.granted.principal()) return Error{base::not_found};
  return request::Follow{.topic = call.input.node.text()};
}

// Binds what a handler of this product needs beside its call.
template <class Out, class From, class Asked>
auto with(const Catalogue& catalogue, Out (*handler)(From&, const Catalogue&, const Asked&)) {
  return [catalogue, handler](From& from, const Asked& call) { return handler(from, catalogue, call); };
}

}  // namespace

request::Routes routes(const Catalogue& catalogue) {
  return request::Routes{"gpuaas"}
      .change<instance_create>(POST, "/v1/projects/{project}/instances", with(catalogue, create),
                               {.status = 201,
                                .creates = resource_type,
                                .reasons = {name_invalid, shape_unknown, command_invalid, env_invalid},
                                .summary = "Launch a workload"})
      .read<instance_list>("/v1/organizations/{organization}/instances", with(catalogue, list),
                           {.summary = "What was launched here"})
      .read<instance_list>("/v1/departments/{department}/instances", with(catalogue, list),
                           {.summary = "What was launched here"})
      .read<instance_list>("/v1/projects/{project}/instances", with(catalogue, list),
                           {.summary = "What was launched here"})
      .read<instance_read>("/v1/instances/{instance}", with(catalogue, read), {.summary = "One instance"})
      .change<instance_stop>(POST, "/v1/instances/{instance}/stop", with(catalogue, stop),
                             {.summary = "End the workload"})
      .change<instance_delete>(DELETE, "/v1/instances/{instance}", with(catalogue, remove),
                               {.reasons = {instance_active}, .summary = "Take an ended instance off the lists"})
      .stream<instance_logs>("/v1/instances/{instance}/logs", logs,
                             {.reasons = {instance_not_running}, .summary = "What the workload printed"})
      .stream<instance_metrics>("/v1/instances/{instance}/metrics", metrics,
                                {.reasons = {instance_not_running}, .summary = "CPU, memory and GPU use, each second"})
      .stream<instance_follow>("/v1/instances/{instance}/events", follow, {.summary = "What happens to it"})
      .change<entrance::session_create>(POST, "/v1/instances/{instance}/access-sessions", ask_session,
                                        {.status = 201,
                                         .creates = entrance::session_type,
                                         .reasons = {instance_not_running, surface_absent, command_invalid},
                                         .secret = "ticket",
                                         .summary = "Ask for a shell, its own terminal, or to run a command in it"})
      .read<node_desired>("/v1/nodes/{node}/desired", with(catalogue, desired),
                          {.summary = "What the node should hold"})
      .change<node_report>(POST, "/v1/nodes/{node}/reports", with(catalogue, report),
                           {.keyless = true, .summary = "What the node observed"})
      .stream<node_follow>("/v1/nodes/{node}/events", follow_node, {.summary = "Wakes the node"});
}

}  // namespace instances
