#include "cmd/house/modules.hpp"

#include <algorithm>

#include "cmd/house/schemas.hpp"
#include "platform/access/access.hpp"
#include "platform/billing/ledger/ledger.hpp"
#include "platform/billing/metering/metering.hpp"
#include "platform/billing/rating/rating.hpp"
#include "platform/lineage/lineage.hpp"
#include "platform/log/log.hpp"
#include "platform/request/names.hpp"
#include "products/gpuaas/instances/instances.hpp"

namespace house {
namespace {

constexpr std::int64_t first_credit_micros = 100 * base::micros_per_unit;

constexpr std::string_view order[] = {"platform/request",
                                      "platform/log",
                                      "platform/jobs",
                                      "platform/registry",
                                      "platform/iam",
                                      "platform/access",
                                      "platform/billing/metering",
                                      "platform/billing/ledger",
                                      "platform/billing/rating",
                                      "products/gpuaas/inventory",
                                      "products/gpuaas/instances"};

}  // namespace

std::vector<db::Migration> migrations() {
  std::vector<db::Migration> all;
  for (const std::string_view module : order)
    for (const Schema& each : schemas())
      if (each.module == module)
        all.push_back({std::string{each.module}, std::string{each.name}, std::string{each.sql}});
  CHECK(all.size() == schemas().size());  // a module whose tables nobody makes is a mistake in `order`
  return all;
}

request::Names names() {
  return {.principal =
              [](db::Snapshot& snapshot, request::PrincipalId id) {
                const auto known = iam::principal_name(snapshot, id);
                return known ? known->name : std::string{};
              },
          .scope =
              [](db::Snapshot& snapshot, const request::Scope& scope) {
                const auto path = iam::path_of(snapshot, scope);
                return path ? iam::path_text(snapshot, *path) : std::string{};
              },
          .resource =
              [](db::Snapshot& snapshot, std::string_view id) {
                const auto known = iam::resource(snapshot, id);
                return known ? known->name : std::string{};
              },
          .resource_type =
              [](db::Snapshot& snapshot, std::string_view id) {
                const auto known = iam::resource(snapshot, id);
                return known ? known->type : std::string{};
              }};
}

namespace {

metering::Ports metering_ports(const registry::Registry& registry) {
  return {.attribute = metering::attribute_by_tree,
          .ran = instances::ran,
          .unit = [registry](std::string_view name) -> std::optional<std::string> {
            const registry::Meter* meter = registry.meter(name);
            return meter ? std::optional{meter->unit} : std::nullopt;
          },
          .names = names()};
}

auto organization_currency(const registry::Registry& registry) {
  return [currency = currency_of(registry)](db::Snapshot& snapshot,
                                            request::OrganizationId organization) -> std::optional<base::Currency> {
    if (!iam::path_of(snapshot, request::Scope{organization})) return std::nullopt;
    return currency;
  };
}

rating::Ports rating_ports(const inventory::Catalogue& catalogue, const registry::Registry& registry,
                           const base::Clock& clock) {
  return {.burning =
              [catalogue, &clock](db::Snapshot& snapshot, const request::Scope& scope) {
                std::vector<rating::Burning> all;
                for (const auto& each : instances::burning(snapshot, catalogue, scope, clock.now()))
                  all.push_back(
                      {.scope = each.project, .running = static_cast<int>(each.running), .per_hour = each.per_hour});
                return all;
              },
          .currency = organization_currency(registry),
          .names = names()};
}

std::optional<lineage::About> about(db::Snapshot& snapshot, const inventory::Catalogue& catalogue,
                                    std::string_view id) {
  const auto known = iam::resource(snapshot, id);
  if (!known) return std::nullopt;
  lineage::About about{.resource = {.id = known->id, .type = known->type, .name = known->name}};
  const auto path = iam::path_of(snapshot, known->scope);
  if (path) about.resource.path = iam::path_text(snapshot, *path);
  if (const auto told = instances::about(snapshot, catalogue, id)) {
    about.resource.state = told->state;
    about.simulated = told->simulated;
    about.in_use = told->in_use;
    about.used_until = told->used_until;
  }
  return about;
}

}  // namespace

std::vector<request::Routes> routes(iam::Iam& iam, const inventory::Catalogue& catalogue,
                                    const registry::Registry& registry, const base::Clock& clock,
                                    const std::vector<std::unique_ptr<request::LineageSource>>& sources) {
  lineage::Ports lineage{
      .authorizer = &iam,
      .about = [catalogue](db::Snapshot& snapshot, std::string_view id) { return about(snapshot, catalogue, id); },
      .names = names()};
  for (const auto& source : sources) lineage.sources.push_back(source.get());
  std::vector<request::Routes> all;
  all.push_back(iam.routes());
  all.push_back(logbook::routes(names()));
  all.push_back(jobs::routes());
  all.push_back(entrance::routes());
  all.push_back(metering::routes(metering_ports(registry)));
  all.push_back(rating::routes(rating_ports(catalogue, registry, clock)));
  all.push_back(ledger::routes({.currency = organization_currency(registry), .names = names()}));
  all.push_back(lineage::routes(std::move(lineage)));
  all.push_back(inventory::routes(catalogue));
  all.push_back(instances::routes(catalogue));
  return all;
}

// Each module tells of a resource what its own rows say, in the order in which it came about.
std::vector<std::unique_ptr<request::LineageSource>> lineage_sources() {
  std::vector<std::unique_ptr<request::LineageSource>> all;
  all.push_back(iam::lineage());
  all.push_back(logbook::lineage(names()));
  all.push_back(metering::lineage(names()));
  all.push_back(rating::lineage());
  all.push_back(ledger::lineage(names()));
  return all;
}

base::Currency currency_of(const registry::Registry& registry) {
  return registry.currency().value_or(base::Currency{"EUR"});
}

base::Result<void> grant_first_credit(db::Tx& tx, const request::Env& env, const iam::house::Bootstrapped& made,
                                      base::Currency currency) {
  const request::Authority authority{&ledger::credit_grant, made.admin, {request::platform}, 0};
  auto posted = ledger::post(tx, authority, env, made.organization,
                             {{.id = ledger::TransferId::make(env.now, env.random),
                               .debit = ledger::credits_granted(made.organization),
                               .credit = ledger::prepaid(made.organization),
                               .amount = {.micros = first_credit_micros, .currency = std::move(currency)},
                               .note = "to begin with"}});
  if (!posted) return posted.error();
  return {};
}

std::vector<jobs::Jobs> jobs(iam::Iam& iam, const inventory::Catalogue& catalogue) {
  return {iam.jobs(), logbook::jobs(), rating::jobs(), instances::jobs(catalogue)};
}

}  // namespace house
