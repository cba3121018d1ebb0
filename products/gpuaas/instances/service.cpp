#include "products/gpuaas/instances/instances.hpp"

#include <algorithm>

#include "platform/iam/iam.hpp"
#include "platform/log/log.hpp"
#include "products/gpuaas/instances/present.hpp"
#include "products/gpuaas/instances/store.hpp"
#include "products/gpuaas/scheduling/scheduling.hpp"
#include "shared/json/document.hpp"

namespace instances {

using base::Error;
using base::Result;

namespace {

constexpr std::size_t name_max = 63;

bool is_name(std::string_view name) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !name.empty() && name.size() <= name_max && name.front() >= 'a' && name.front() <= 'z' &&
         std::all_of(name.begin(), name.end(), fits);
}

// What followers of the instance and of its scopes are told, and what stands in its history.
void announce(db::Tx& tx, const request::Env& env, PrincipalId by, const Row& row) {
  json::Writer detail;
  detail.object().member("state", db::enum_text(row.state)).member("name", row.name);
  if (!row.state_reason.empty()) detail.member("reason", row.state_reason);
  if (row.node) detail.member("node", row.node->text());
  if (row.exit) detail.key("exit").raw(json::encode(*row.exit));
  detail.end();
  const auto path = request::path_from_text(row.path);
  logbook::append(tx, env,
                  {.path = path,
                   .principal = by,
                   .home = std::get<request::OrganizationId>(path.front()),
                   .action = "gpuaas.instance." + db::enum_text(row.state),
                   .resource = row.id.text(),
                   .detail = detail.take()});
}

// Its node follows this entry, and then compares what is wanted with what it has.
void wake_node(db::Tx& tx, const request::Env& env, PrincipalId by, const Row& row) {
  if (!row.node) return;
  logbook::append(tx, env,
                  {.path = {request::platform},
                   .principal = by,
                   .home = {},
                   .action = "gpuaas.node.wanted",
                   .resource = row.node->text(),
                   .detail = R"({"instance":")" + row.id.text() + R"("})"});
}

void give_back(db::Tx& tx, const Catalogue& catalogue, Row& row) {
  if (!row.holds) return;
  const inventory::Shape* shape = catalogue.find(row.shape);
  CHECK(shape != nullptr);  // a shape in use is never taken out of a manifest
  CHECK(row.node.has_value());
  inventory::give_back(tx, *row.node, *shape, row.id.text());
  row.holds = false;
}

}  // namespace

Result<Instance> create(db::Tx& tx, const Catalogue& catalogue, const Call<instance_create, CreateInstance>& call) {
  const CreateInstance& asked = call.input;
  if (!is_name(asked.name)) return Error{name_invalid, {}, "/name"};
  if (catalogue.find(asked.shape) == nullptr) return Error{shape_unknown, "there is no shape " + asked.shape, "/shape"};
  if (auto fit = node::check_words(asked.command, asked.env); !fit) return fit.error();
  const Row row{.id = InstanceId::make(call.env.now, call.env.random),
                .project = call.granted.project(),
                .path = request::path_text(call.granted.authority().path),
                .name = asked.name,
                .shape = asked.shape,
                .command = asked.command,
                .env = asked.env,
                .created_by = call.granted.principal(),
                .requested_at = call.env.now};
  store::insert(tx, call.granted, row);
  jobs::enqueue(tx, call.env, instance_place, row.id.text(),
                json::encode(PlaceInstance{.project = row.project, .instance = row.id}));
  return present(tx, catalogue, row, call.env.now);
}

Result<Instance> stop(db::Tx& tx, const Catalogue& catalogue, const Call<instance_stop, InstanceRef>& call) {
  auto row = store::find_kept(tx, call.input.instance);
  if (!row) return Error{base::not_found};
  const State before = row->state;
  if (transitions.is_final(before) || before == State::stopping) return present(tx, catalogue, *row, call.env.now);
  row->wanted = Wanted::stopped;
  ++row->generation;
  if (before == State::requested) {
    row->state = State::stopped;
    row->ended_at = call.env.now;
  } else {
    row->state = State::stopping;
  }
  row->state_reason.clear();
  store::update(tx, *row, before);
  announce(tx, call.env, call.granted.principal(), *row);
  wake_node(tx, call.env, call.granted.principal(), *row);
  return present(tx, catalogue, *row, call.env.now);
}

Result<Instance> remove(db::Tx& tx, const Catalogue& catalogue, const Call<instance_delete, InstanceRef>& call) {
  auto row = store::find_kept(tx, call.input.instance);
  if (!row) return Error{base::not_found};
  if (!transitions.is_final(row->state)) return Error{instance_active};
  row->deleted_at = call.env.now;
  row->wanted = Wanted::removed;
  ++row->generation;
  store::update(tx, *row, row->state);
  iam::remove_resource(tx, row->id.text(), call.env.now);
  wake_node(tx, call.env, call.granted.principal(), *row);
  return present(tx, catalogue, *row, call.env.now);
}

Result<entrance::Opened> ask_session(db::Tx& tx, const Call<entrance::session_create, AskSession>& call) {
  const AskSession& asked = call.input;
  const auto row = store::find_kept(tx, asked.instance);
  if (!row) return Error{base::not_found};
  if (asked.surface != entrance::Family::terminal) return Error{surface_absent, {}, "/surface"};
  if (!asked.command.empty())
    if (auto fit = node::check_words(asked.command, {}); !fit) return fit.error();
  if (row->state != State::running || !row->node) return Error{instance_not_running};
  const int rows = std::clamp(asked.rows, 1, terminal_side_max);
  const int cols = std::clamp(asked.cols, 1, terminal_side_max);
  std::string what;
  if (asked.command.empty()) {
    what =
        (asked.own ? "own " : "terminal ") + row->id.text() + " " + std::to_string(rows) + " " + std::to_string(cols);
  } else {
    json::Writer exec;
    exec.object().member("command", asked.command).member("tty", asked.tty);
    exec.member("rows", static_cast<std::int64_t>(rows)).member("cols", static_cast<std::int64_t>(cols)).end();
    what = "exec " + row->id.text() + " " + exec.take();
    if (what.size() > entrance::what_max)
      return Error{command_invalid, "a command to run in it has 32 KiB", "/command"};
  }
  return entrance::open(tx, call.granted, call.env,
                        {.family = asked.surface, .resource = row->id.text(), .node = *row->node, .what = what});
}

Result<bool> place(db::Tx& tx, const Catalogue& catalogue, const request::Authority& authority, const request::Env& env,
                   InstanceId id) {
  auto row = store::find(tx, id);
  if (!row || row->state != State::requested) return false;
  const inventory::Shape* shape = catalogue.find(row->shape);
  CHECK(shape != nullptr);
  auto found = scheduling::place(tx, *shape, row->id.text());
  if (!found) {
    if (row->state_reason == "no_capacity") return false;
    row->state_reason = "no_capacity";
    store::update(tx, *row, State::requested);
    announce(tx, env, authority.principal, *row);
    return false;
  }
  row->state = State::placed;
  row->state_reason.clear();
  row->node = found->node.id;
  row->gpus = std::move(found->gpus);
  row->holds = true;
  row->placed_at = env.now;
  store::update(tx, *row, State::requested);
  announce(tx, env, authority.principal, *row);
  wake_node(tx, env, authority.principal, *row);
  return true;
}

namespace {

// The state that an observation means for a row; nothing when it tells nothing new.
std::optional<State> state_of(const Row& row, const Observation& seen) {
  const bool ends = seen.state == Observed::exited || seen.state == Observed::failed;
  State next = State::starting;
  if (seen.state == Observed::running) next = State::running;
  if (ends) {
    const bool killed = seen.exit && seen.exit->oom;
    next = row.state == State::stopping               ? State::stopped
           : seen.state == Observed::failed || killed ? State::failed
                                                      : State::exited;
  }
  if (next == row.state || !transitions.may(row.state, next)) return std::nullopt;
  return next;
}

std::string reason_of(const Observation& seen) {
  if (!seen.exit) return {};
  if (seen.exit->failure) return *seen.exit->failure;
  if (seen.exit->oom) return "out_of_memory";
  if (seen.exit->signal) return "signal_" + std::to_string(*seen.exit->signal);
  return {};
}

bool observe(db::Tx& tx, const Catalogue& catalogue, const Call<node_report, Report>& call, const Observation& seen) {
  auto row = store::find(tx, seen.instance);
  if (!row || row->node != call.granted.principal()) return false;  // not (any more) that node's: it will be told so
  const State before = row->state;
  if (seen.started_at && !row->running_at && seen.state != Observed::failed) row->running_at = seen.started_at;
  if (seen.state == Observed::removed) {
    if (row->wanted != Wanted::removed || !row->node) return false;
    row->node.reset();
    store::update(tx, *row, before);
    return true;
  }
  const auto next = state_of(*row, seen);
  if (!next) return false;
  row->state = *next;
  row->state_reason = reason_of(seen);
  if (*next == State::starting) row->starting_at = seen.at;
  if (transitions.is_final(*next)) {
    row->ended_at = seen.at;
    row->exit = seen.exit;
    if (row->wanted == Wanted::running) row->wanted = Wanted::stopped;
    give_back(tx, catalogue, *row);
  }
  store::update(tx, *row, before);
  announce(tx, call.env, call.granted.principal(), *row);
  return true;
}

}  // namespace

Result<ReportTaken> report(db::Tx& tx, const Catalogue& catalogue, const Call<node_report, Report>& call) {
  if (call.input.node != call.granted.principal()) return Error{base::forbidden, "a node speaks for itself only"};
  if (call.input.instances.size() > reports_max) return Error{base::invalid, "too many at once", "/instances"};
  if (call.input.capacity) inventory::report(tx, call.input.node, call.input.name, *call.input.capacity, call.env.now);
  ReportTaken taken{.changed = 0};
  for (const Observation& seen : call.input.instances) taken.changed += observe(tx, catalogue, call, seen) ? 1 : 0;
  return taken;
}

std::vector<Burning> burning(db::Snapshot& snapshot, const Catalogue& catalogue, const request::Scope& scope,
                             base::Instant now) {
  const auto path = iam::path_of(snapshot, scope);
  if (!path) return {};
  std::map<ProjectId, Burning> sums;
  base::Cursor cursor{.after = {}, .limit = base::page_size_max};
  for (;;) {
    auto page = store::list(snapshot, request::path_text(*path), State::running, cursor);
    for (const Row& row : page.items) {
      const inventory::Shape* shape = catalogue.find(row.shape);
      const auto price = shape ? inventory::hourly(snapshot, *shape, row.running_at.value_or(now)) : std::nullopt;
      Burning& sum = sums[row.project];
      sum.project = row.project;
      ++sum.running;
      if (!price) continue;
      sum.per_hour.currency = price->currency;
      sum.per_hour.micros += price->micros;
    }
    if (!page.next) break;
    cursor.after = *page.next;
  }
  std::vector<Burning> all;
  for (auto& [project, sum] : sums) all.push_back(std::move(sum));
  return all;
}

std::optional<About> about(db::Snapshot& snapshot, const Catalogue& catalogue, std::string_view resource) {
  const auto id = InstanceId::parse(resource);
  const auto row = id ? store::find(snapshot, *id) : std::nullopt;
  if (!row) return std::nullopt;
  const inventory::Shape* shape = catalogue.find(row->shape);
  return About{.state = db::enum_text(row->state),
               .simulated = shape != nullptr && shape->simulated,
               .in_use = row->running_at && !row->ended_at,
               .used_until = row->running_at ? row->ended_at : std::nullopt};
}

Result<void> ran(db::Snapshot& snapshot, PrincipalId node, std::string_view resource, std::string_view shape) {
  const auto id = InstanceId::parse(resource);
  if (!id) return Error{base::not_found};
  const auto row = store::find(snapshot, *id);
  if (!row || row->node != node || row->shape != shape) return Error{base::not_found};
  return {};
}

}  // namespace instances
