// Instances: a launched workload, from the request to its end.
//
// A person asks for one; a job places it on a node that has room; the node sees it in its desired state, starts it and
// reports what it observes. There are no commands to lose: the node compares what is wanted with what it has.
//
// Always true
//   - states move only along `transitions`, and only forward: a late or repeated report changes nothing;
//   - room on a node is held from placement to the end, and given back exactly once;
//   - what no node would start is refused at once, by the node's own check;
//   - one that was deleted is there for its lineage and its bill alone: no route of its own finds it;
//   - what the node reports is what the workload's own shim saw: exit code, signal, OOM kill and start failure.
//
// Not here: which node (scheduling), what it costs (platform/billing, from the node's usage events), the sandbox
// (node).
#pragma once

#include <boost/describe.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/access/access.hpp"
#include "platform/jobs/jobs.hpp"
#include "platform/request/request.hpp"
#include "products/gpuaas/inventory/inventory.hpp"
#include "products/gpuaas/node/wire.hpp"
#include "shared/base/money.hpp"
#include "shared/base/transitions.hpp"
#include "shared/db/db.hpp"

namespace instances {

inline constexpr request::Permission instance_create{"gpuaas.instance.create"};
inline constexpr request::Permission instance_list{"gpuaas.instance.list"};
inline constexpr request::Permission instance_read{"gpuaas.instance.read"};
inline constexpr request::Permission instance_stop{"gpuaas.instance.stop"};
inline constexpr request::Permission instance_delete{"gpuaas.instance.delete"};
inline constexpr request::Permission instance_logs{"gpuaas.instance.logs"};
inline constexpr request::Permission instance_metrics{"gpuaas.instance.metrics"};
inline constexpr request::Permission instance_follow{"gpuaas.instance.follow"};
inline constexpr request::Permission instance_place{"gpuaas.instance.place"};   // the house's own: no role holds it
inline constexpr request::Permission instance_replace{"gpuaas.instance.wait"};  // likewise: those that found no room
inline constexpr request::Permission node_desired{"gpuaas.node.desired"};       // nodes'
inline constexpr request::Permission node_report{"gpuaas.node.report"};
inline constexpr request::Permission node_follow{"gpuaas.node.follow"};

inline constexpr base::Reason shape_unknown{"shape_unknown", base::Kind::invalid, "See `gpuaas shape list`."};
inline constexpr base::Reason name_invalid{"name_invalid", base::Kind::invalid,
                                           "Use lower-case letters, digits and dashes, 1 to 63, a letter first."};
inline constexpr base::Reason instance_active{"instance_active", base::Kind::conflict, "Stop it first."};
inline constexpr base::Reason instance_not_running{"instance_not_running", base::Kind::conflict,
                                                   "Wait until it runs, or launch it again."};
inline constexpr base::Reason surface_absent{"surface_absent", base::Kind::invalid,
                                             "An instance has the surface `terminal`."};

inline constexpr std::string_view resource_type = "gpuaas.instance";
inline constexpr std::size_t reports_max = 1000;  // of one report
inline constexpr int terminal_side_max = 1000;    // rows, columns

using inventory::Catalogue;
using node::command_invalid;
using node::env_invalid;
using node::InstanceId;
using request::Call;
using request::PrincipalId;
using request::ProjectId;

enum class State { requested, placed, starting, running, stopping, stopped, exited, failed };
BOOST_DESCRIBE_ENUM(State, requested, placed, starting, running, stopping, stopped, exited, failed)

inline constexpr base::Transitions<State> transitions{
    {State::requested, State::placed},  {State::requested, State::stopped}, {State::requested, State::failed},
    {State::placed, State::starting},   {State::placed, State::running},    {State::placed, State::stopping},
    {State::placed, State::exited},     {State::placed, State::failed},     {State::starting, State::running},
    {State::starting, State::stopping}, {State::starting, State::exited},   {State::starting, State::failed},
    {State::running, State::stopping},  {State::running, State::exited},    {State::running, State::failed},
    {State::stopping, State::stopped},
};
static_assert(transitions.is_final(State::stopped) && transitions.is_final(State::exited) &&
              transitions.is_final(State::failed));
static_assert(!transitions.may(State::running, State::starting));

using node::Exit;
using node::Wanted;

/// A row. What is shown of it is `Instance`.
struct Row {
  InstanceId id;
  ProjectId project;
  std::string path;  // of scope ids
  std::string name;
  std::string shape;
  std::vector<std::string> command;
  std::map<std::string, std::string> env;
  State state = State::requested;
  std::string state_reason;
  Wanted wanted = Wanted::running;
  std::int64_t generation = 1;
  std::optional<PrincipalId> node;
  std::vector<std::int32_t> gpus;
  bool holds = false;
  PrincipalId created_by;
  base::Instant requested_at;
  std::optional<base::Instant> placed_at = {}, starting_at = {}, running_at = {}, ended_at = {};
  std::optional<Exit> exit = {};
  std::optional<base::Instant> deleted_at = {};
};

struct Instance {
  InstanceId id;
  std::string name;
  ProjectId project;
  std::string path;  // acme/research/vision
  std::string shape;
  std::int32_t gpus = 0;
  std::string gpu_model;
  std::int64_t gpu_memory = 0;
  std::int64_t cpu_millicores = 0;
  std::int64_t memory = 0;
  std::vector<std::string> command;
  State state;
  std::string state_reason;
  std::optional<PrincipalId> node;
  std::string node_name;
  std::vector<std::int32_t> gpu_indices;
  base::Instant requested_at;
  std::optional<base::Instant> placed_at, starting_at, running_at, ended_at;
  std::optional<Exit> exit;
  std::optional<base::Money> price;  // an hour of running
  std::string price_text;            // "2.499 EUR/hour"
  bool simulated = false;
  PrincipalId created_by;
  std::string created_by_name;
};
BOOST_DESCRIBE_STRUCT(Instance, (),
                      (id, name, project, path, shape, gpus, gpu_model, gpu_memory, cpu_millicores, memory, command,
                       state, state_reason, node, node_name, gpu_indices, requested_at, placed_at, starting_at,
                       running_at, ended_at, exit, price, price_text, simulated, created_by, created_by_name))

struct CreateInstance {
  std::string name;
  std::string shape;
  std::vector<std::string> command;
  std::map<std::string, std::string> env;
  static constexpr std::array json_defaults{"env"};
};
BOOST_DESCRIBE_STRUCT(CreateInstance, (), (name, shape, command, env))

struct InstanceRef {
  InstanceId instance;
};
BOOST_DESCRIBE_STRUCT(InstanceRef, (), (instance))

struct ListInstances {
  std::optional<State> state;
  std::string after;
  int limit = base::page_size_default;
  static constexpr std::array json_defaults{"after", "limit"};
};
BOOST_DESCRIBE_STRUCT(ListInstances, (), (state, after, limit))

struct ReadLogs {
  InstanceId instance;
  bool follow = false;
  std::int64_t offset = 0;  // bytes from the log's beginning
  static constexpr std::array json_defaults{"follow", "offset"};
};
BOOST_DESCRIBE_STRUCT(ReadLogs, (), (instance, follow, offset))

/// Asks for the shell that all who ask share, with `own` for its command's own terminal, or with a command for an exec.
struct AskSession {
  InstanceId instance;
  entrance::Family surface = entrance::Family::terminal;
  std::int32_t rows = 24;
  std::int32_t cols = 80;
  std::vector<std::string> command;
  bool tty = true;
  bool own = false;
  static constexpr std::array json_defaults{"surface", "rows", "cols", "command", "tty", "own"};
};
BOOST_DESCRIBE_STRUCT(AskSession, (), (instance, surface, rows, cols, command, tty, own))

// What a node and the server tell each other.

struct NodeRef {
  PrincipalId node;
  std::string after;
  int limit = base::page_size_max;
  static constexpr std::array json_defaults{"after", "limit"};
};
BOOST_DESCRIBE_STRUCT(NodeRef, (), (node, after, limit))

using node::DesiredItem;
using node::Observation;
using node::Observed;
using node::Report;
using node::ReportTaken;

// The service: its functions are the handlers of the route and job tables.

/// Errors: `name_invalid`, `shape_unknown`, `command_invalid`, `env_invalid`; the runner's `name_taken`.
base::Result<Instance> create(db::Tx&, const Catalogue&, const Call<instance_create, CreateInstance>&);
/// Ends a workload; what waits for room ends at once. Asking again changes nothing. Errors: `not_found`.
base::Result<Instance> stop(db::Tx&, const Catalogue&, const Call<instance_stop, InstanceRef>&);
/// Takes an ended one off the lists; its bill and records stay. Errors: `not_found`, `instance_active`.
base::Result<Instance> remove(db::Tx&, const Catalogue&, const Call<instance_delete, InstanceRef>&);
/// Errors: `not_found`, `instance_not_running`, `surface_absent`, `command_invalid`.
base::Result<entrance::Opened> ask_session(db::Tx&, const Call<entrance::session_create, AskSession>&);

struct PlaceInstance {
  ProjectId project;
  InstanceId instance;
};
BOOST_DESCRIBE_STRUCT(PlaceInstance, (), (project, instance))

/// True when it found room; false when it waits on, or needs none any more.
base::Result<bool> place(db::Tx&, const Catalogue&, const request::Authority&, const request::Env&, InstanceId);

/// What a node observed. Errors: `forbidden` (a node speaks for itself only), `invalid` (too many at once).
base::Result<ReportTaken> report(db::Tx&, const Catalogue&, const Call<node_report, Report>&);

/// What runs in one project and what it costs an hour, for the cost pages (main connects billing to it).
struct Burning {
  ProjectId project;
  std::int64_t running = 0;
  base::Money per_hour;
};
std::vector<Burning> burning(db::Snapshot&, const Catalogue&, const request::Scope&, base::Instant now);

/// Whether this instance was sold as that shape and placed on that node. Errors: `not_found`.
base::Result<void> ran(db::Snapshot&, PrincipalId node, std::string_view resource, std::string_view shape);

/// What lineage says of an instance beside what others' rows say of it; nothing: it is none.
struct About {
  std::string state;
  bool simulated = false;
  bool in_use = false;                      // a workload runs
  std::optional<base::Instant> used_until;  // it ran, and ended then
};
std::optional<About> about(db::Snapshot&, const Catalogue&, std::string_view resource);

request::Routes routes(const Catalogue&);
jobs::Jobs jobs(const Catalogue&);

}  // namespace instances
