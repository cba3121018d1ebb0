// What the contract files say, out of the tables: OpenAPI, and which built-in role may ask what.
#include <algorithm>
#include <set>

#include "cmd/house/house.hpp"
#include "cmd/house/modules.hpp"

namespace house {
namespace {

/// The routes as the runner names them; no handler of theirs is ever called.
struct Table {
  registry::Registry registry;
  std::unique_ptr<iam::Iam> iam;
  std::vector<request::Route> routes;
};

base::Result<Table> table(const std::filesystem::path& products) {
  Table made;
  auto read = registry::Registry::read(products);
  if (!read) return read.error();
  made.registry = std::move(*read);
  auto catalogue = inventory::Catalogue::read(made.registry);
  if (!catalogue) return catalogue.error();
  auto iam = iam::make_iam(
      {.word = std::string{word}, .beat = [] { return base::Instant{}; }, .additions = made.registry.role_additions()});
  if (!iam) return iam.error();
  made.iam = std::move(*iam);
  const base::WallClock clock;
  const auto sources = lineage_sources();
  const auto modules = routes(*made.iam, *catalogue, made.registry, clock, sources);
  if (auto agreed = registry::check(made.registry, modules); !agreed) return agreed.error();
  for (const request::Routes& module : modules)
    made.routes.insert(made.routes.end(), module.all().begin(), module.all().end());
  if (auto named = request::name_operations(made.routes); !named) return named.error();
  return made;
}

}  // namespace

base::Result<std::string> contract(const std::filesystem::path& products) {
  auto made = table(products);
  if (!made) return made.error();
  return request::openapi(made->routes);
}

base::Result<std::string> access_cases(const std::filesystem::path& products) {
  auto made = table(products);
  if (!made) return made.error();
  const auto roles = made->iam->roles();
  std::string text =
      "# Who may ask what: a line a role and route, made by `./dev contract --bless` and compared with the manifests.\n"
      "# role  method  path  permission  => allow|deny\n";
  std::vector<std::string> lines;
  for (const request::Route& route : made->routes) {
    const std::string what = std::string{request::method_name(route.method)} + "  " + route.path + "  " +
                             std::string{route.permission->name};
    if (route.anyone()) {
      lines.push_back("anyone  " + what + "  => allow  # " + route.why_anyone);
      continue;
    }
    if (route.options.bulk) {
      lines.push_back("signed-in  " + what + "  => allow  # shows only what the caller may see");
      continue;
    }
    for (const auto& role : roles) {
      const bool holds = std::binary_search(role.permissions.begin(), role.permissions.end(), route.permission->name);
      lines.push_back(role.name + "  " + what + "  => " + (holds ? "allow" : "deny"));
    }
  }
  std::sort(lines.begin(), lines.end());
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace house
