#include "platform/billing/metering/store.hpp"

namespace metering {
namespace {

using base::Result;
using request::Call;

enum class State { recorded, rated };
BOOST_DESCRIBE_ENUM(State, recorded, rated)

struct ListUsage {
  std::string resource;
  std::string after;
  int limit = base::page_size_default;
  static constexpr std::array json_defaults{"resource", "after", "limit"};
  static constexpr std::array json_ranges{json::Range{"limit", 1, base::page_size_max}};
};
BOOST_DESCRIBE_STRUCT(ListUsage, (), (resource, after, limit))

struct ShownUsage {
  static constexpr std::string_view json_name = "UsageEvent";
  UsageEventId id;
  base::Instant at;
  base::Instant start;
  base::Instant end;
  std::string meter;
  std::string unit;
  std::string sku;
  std::int64_t quantity = 0;
  std::string resource;
  std::string resource_name;
  PrincipalId node;
  std::string node_name;
  std::vector<Scope> path;
  std::string path_text;
  bool simulated = false;
  State state = State::recorded;
};
BOOST_DESCRIBE_STRUCT(ShownUsage, (),
                      (id, at, start, end, meter, unit, sku, quantity, resource, resource_name, node, node_name, path,
                       path_text, simulated, state))

ShownUsage shown(db::Snapshot& snapshot, const request::Names& names, const UsageEvent& event) {
  return {.id = event.id,
          .at = event.recorded_at,
          .start = event.start,
          .end = event.end,
          .meter = event.meter,
          .unit = event.unit,
          .sku = event.sku,
          .quantity = event.quantity,
          .resource = event.resource,
          .resource_name = names.of_resource(snapshot, event.resource),
          .node = event.node,
          .node_name = names.of(snapshot, event.node),
          .path = event.path,
          .path_text = names.of(snapshot, event.path.back()),
          .simulated = event.simulated,
          .state = event.rated ? State::rated : State::recorded};
}

}  // namespace

request::Routes routes(Ports ports) {
  const auto list = [names = ports.names](db::Snapshot& snapshot,
                                          const Call<usage_list, ListUsage>& call) -> Result<base::Page<ShownUsage>> {
    const Scope& scope = call.granted.authority().scope();
    const base::Cursor cursor{.after = call.input.after, .limit = call.input.limit};
    auto found = call.input.resource.empty()
                     ? store::at_scope(snapshot, scope, cursor)
                     : store::of_resource(snapshot, request::text(scope), call.input.resource, cursor);
    base::Page<ShownUsage> page{.next = std::move(found.next)};
    for (const UsageEvent& each : found.items) page.items.push_back(shown(snapshot, names, each));
    return page;
  };
  request::Routes routes{"billing.metering"};
  for (const std::string scope :
       {"/v1/organizations/{organization}", "/v1/departments/{department}", "/v1/projects/{project}"})
    routes.read<usage_list>(scope + "/usage-events", list,
                            {.summary = "What was used at a scope and below, by the paths of its own time."});
  routes.change<usage_report>(
      request::POST, "/v1/nodes/{node}/usage-events",
      [ports](db::Tx& tx, const Call<usage_report, Report>& call) { return report(tx, call, ports); },
      {.reasons = {not_yet}, .keyless = true, .summary = "A node's measurements, each filed once by its id."});
  return routes;
}

}  // namespace metering
