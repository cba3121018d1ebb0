#include <algorithm>

#include "platform/billing/rating/store.hpp"

namespace rating {
namespace {

using base::Result;
using request::Call;

enum class State { posted, pending };
BOOST_DESCRIBE_ENUM(State, posted, pending)

struct ShownRate {
  std::string amount;  // decimal, for each `per`
  base::Currency currency;
  std::int64_t per = 1;
  std::string per_text;
};
BOOST_DESCRIBE_STRUCT(ShownRate, (), (amount, currency, per, per_text))

struct ShownCharge {
  static constexpr std::string_view json_name = "Charge";
  ChargeId id;
  base::Instant at;
  UsageEventId usage_event;
  std::string meter;
  std::string unit;
  std::int64_t quantity = 0;
  ShownRate rate;
  std::string price_book;
  std::string sku;
  base::Money amount;
  std::string resource;
  std::string resource_name;
  std::string path_text;
  bool simulated = false;
  State state = State::posted;  // a charge is written with what pays for it
};
BOOST_DESCRIBE_STRUCT(ShownCharge, (),
                      (id, at, usage_event, meter, unit, quantity, rate, price_book, sku, amount, resource,
                       resource_name, path_text, simulated, state))

struct ListCharges {
  std::string resource;
  std::string after;
  int limit = base::page_size_default;
  static constexpr std::array json_defaults{"resource", "after", "limit"};
  static constexpr std::array json_ranges{json::Range{"limit", 1, base::page_size_max}};
};
BOOST_DESCRIBE_STRUCT(ListCharges, (), (resource, after, limit))

struct ShownPrice {
  static constexpr std::string_view json_name = "Price";
  std::string sku;
  std::string meter;
  std::string unit;
  ShownRate rate;
  std::string per_text;
  std::string product;
  std::string price_book;
  base::Instant valid_from;
  bool simulated = false;
};
BOOST_DESCRIBE_STRUCT(ShownPrice, (), (sku, meter, unit, rate, per_text, product, price_book, valid_from, simulated))

struct DayCost {
  base::Day day;
  base::Money amount;
};
BOOST_DESCRIBE_STRUCT(DayCost, (), (day, amount))

struct ProjectCost {
  Scope scope;
  std::string path;
  base::Money amount;
  int running = 0;
  base::Money burn;  // an hour
};
BOOST_DESCRIBE_STRUCT(ProjectCost, (), (scope, path, amount, running, burn))

struct Costs {
  int running = 0;
  base::Money burn;     // an hour
  base::Money charged;  // this month (UTC)
  std::vector<DayCost> by_day;
  std::vector<ProjectCost> by_project;
};
BOOST_DESCRIBE_STRUCT(Costs, (), (running, burn, charged, by_day, by_project))

ShownRate shown(const base::Rate& rate, std::string per_text) {
  return {.amount = base::decimal_text(rate.picos, 12, true),
          .currency = rate.currency,
          .per = rate.per,
          .per_text = std::move(per_text)};
}

ShownCharge shown(db::Snapshot& snapshot, const request::Names& names, const Charge& charge) {
  return {.id = charge.id,
          .at = charge.at,
          .usage_event = charge.usage_event,
          .meter = charge.meter,
          .unit = charge.unit,
          .quantity = charge.quantity,
          .rate = shown(charge.rate, charge.per_text),
          .price_book = charge.price_book,
          .sku = charge.sku,
          .amount = charge.amount,
          .resource = charge.resource,
          .resource_name = names.of_resource(snapshot, charge.resource),
          .path_text = names.of(snapshot, charge.scope),
          .simulated = charge.simulated,
          .state = State::posted};
}

Result<base::Page<ShownCharge>> list(db::Snapshot& snapshot, const Call<charge_list, ListCharges>& call,
                                     const request::Names& names) {
  const Scope& scope = call.granted.authority().scope();
  const base::Cursor cursor{.after = call.input.after, .limit = call.input.limit};
  auto found = call.input.resource.empty()
                   ? store::at_scope(snapshot, scope, cursor)
                   : store::of_resource(snapshot, request::text(scope), call.input.resource, cursor);
  base::Page<ShownCharge> page{.next = std::move(found.next)};
  for (const Charge& each : found.items) page.items.push_back(shown(snapshot, names, each));
  return page;
}

Result<base::Page<ShownPrice>> prices(db::Snapshot& snapshot, const Call<price_list, base::Cursor>& call) {
  std::vector<ShownPrice> all;
  for (const auto& each : registry::prices_at(snapshot, call.env.now))
    all.push_back({.sku = each.sku,
                   .meter = each.meter,
                   .unit = each.unit,
                   .rate = shown(each.rate, each.per_text),
                   .per_text = each.per_text,
                   .product = each.product,
                   .price_book = each.book,
                   .valid_from = each.valid_from,
                   .simulated = each.simulated});
  return request::page_of(std::move(all), call.input,
                          [](const ShownPrice& each) { return each.sku + "/" + each.meter; });
}

base::Day month_of(base::Instant at) {
  const std::chrono::year_month_day day{base::day_of(at)};
  return std::chrono::sys_days{day.year() / day.month() / 1};
}

// One currency an organization; a sum past 64 bits is shown as what it can hold.
void add(base::Money& sum, const base::Money& more) {
  if (more.currency != sum.currency) return;
  if (const auto total = base::add(sum, more)) sum = *total;
}

ProjectCost& project(Costs& costs, const Scope& scope, const base::Money& nothing) {
  const auto found = std::ranges::find_if(costs.by_project, [&](const auto& each) { return each.scope == scope; });
  if (found != costs.by_project.end()) return *found;
  costs.by_project.push_back({.scope = scope, .path = {}, .amount = nothing, .running = 0, .burn = nothing});
  return costs.by_project.back();
}

Result<Costs> costs(db::Snapshot& snapshot, const Call<cost_read>& call, const Ports& ports) {
  const Scope& scope = call.granted.authority().scope();
  const base::Day from = month_of(call.env.now);
  const auto currency = ports.currency ? ports.currency(snapshot, call.granted.organization()) : std::nullopt;
  const base::Money nothing{.micros = 0, .currency = currency.value_or(base::Currency{"EUR"})};
  Costs costs{.burn = nothing, .charged = nothing};
  for (const auto& [day, amount] : store::by_day(snapshot, scope, from)) {
    costs.by_day.push_back({.day = day, .amount = amount});
    add(costs.charged, amount);
  }
  for (const auto& [where, amount] : store::by_scope(snapshot, scope, from))
    add(project(costs, where, nothing).amount, amount);
  for (const Burning& each : ports.burning ? ports.burning(snapshot, scope) : std::vector<Burning>{}) {
    ProjectCost& there = project(costs, each.scope, nothing);
    there.running += each.running;
    costs.running += each.running;
    add(there.burn, each.per_hour);
    add(costs.burn, each.per_hour);
  }
  for (ProjectCost& each : costs.by_project) each.path = ports.names.of(snapshot, each.scope);
  return costs;
}

}  // namespace

request::Routes routes(Ports ports) {
  request::Routes routes{"billing.rating"};
  for (const std::string scope :
       {"/v1/organizations/{organization}", "/v1/departments/{department}", "/v1/projects/{project}"}) {
    routes.read<charge_list>(scope + "/charges",
                             [names = ports.names](db::Snapshot& s, const Call<charge_list, ListCharges>& call) {
                               return list(s, call, names);
                             },
                             {.summary = "What usage at a scope and below was charged, oldest first."});
    routes.read<cost_read>(scope + "/costs",
                           [ports](db::Snapshot& s, const Call<cost_read>& call) { return costs(s, call, ports); },
                           {.summary = "What runs, what it costs an hour, and what this month came to."});
  }
  routes.read<price_list>("/v1/prices", prices, {.bulk = true, .summary = "The prices in force."});
  return routes;
}

}  // namespace rating
