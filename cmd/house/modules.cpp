#include "cmd/house/modules.hpp"

#include <algorithm>

#include "cmd/house/schemas.hpp"
#include "platform/access/access.hpp"
#include "platform/log/log.hpp"
#include "platform/request/names.hpp"
#include "products/gpuaas/instances/instances.hpp"

namespace house {
namespace {

constexpr std::string_view order[] = {
    "platform/request",          "platform/log",           "platform/jobs",
    "platform/registry",         "platform/iam",           "platform/access",
    "platform/billing/metering", "platform/billing/ledger", "platform/billing/rating",
    "products/gpuaas/inventory", "products/gpuaas/instances"};

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
              }};
}

std::vector<request::Routes> routes(iam::Iam& iam, const inventory::Catalogue& catalogue, const registry::Registry&,
                                    const request::Authorizer&) {
  std::vector<request::Routes> all;
  all.push_back(iam.routes());
  all.push_back(logbook::routes(names()));
  all.push_back(jobs::routes());
  all.push_back(entrance::routes());
  all.push_back(inventory::routes(catalogue));
  all.push_back(instances::routes(catalogue));
  return all;
}

std::vector<jobs::Jobs> jobs(iam::Iam& iam, const inventory::Catalogue& catalogue, const registry::Registry&) {
  return {iam.jobs(), logbook::jobs(), instances::jobs(catalogue)};
}

}  // namespace house
