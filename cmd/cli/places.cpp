#include "cmd/cli/places.hpp"

namespace cli {
namespace {

constexpr std::string_view organization_kinds[] = {"organization"};
constexpr std::string_view parent_kinds[] = {"organization", "department"};
constexpr std::string_view project_kinds[] = {"project"};
constexpr std::string_view scope_kinds[] = {"organization", "department", "project"};
constexpr std::size_t organizations_searched_max = 20;
constexpr std::size_t tree_max = 100'000;

}  // namespace

Outcome<Items> all_items(Session& session, Ask ask, std::size_t limit) {
  Items all;
  const std::size_t query = ask.query.size();
  while (true) {
    auto page = session.read(ask);
    if (!page) return std::unexpected(page.error());
    for (const json::Document& each : (*page)["items"].items()) {
      if (all.items.size() == limit) {
        all.more = true;
        return all;
      }
      all.items.push_back(each);
    }
    const std::string& next = (*page)["next"].as_text();
    if (next.empty()) return all;
    ask.query.resize(query);
    std::erase_if(ask.query, [](const auto& each) { return each.first == "after"; });
    ask.query.emplace_back("after", next);
    if (all.items.size() == limit) {
      all.more = true;
      return all;
    }
  }
}

Outcome<std::vector<json::Document>> Places::items(const Ask& ask) {
  auto all = all_items(session_, ask, tree_max);
  if (!all) return std::unexpected(all.error());
  return std::move(all->items);
}

Outcome<const Tree*> Places::tree() {
  if (!tree_) {
    auto scopes = items({.path = "/v1/scopes"});
    if (!scopes) return std::unexpected(scopes.error());
    tree_.emplace(Tree::rows(*scopes));
  }
  return &*tree_;
}

Outcome<ScopeRow> Places::scope(std::string_view word, std::span<const std::string_view> kinds) {
  auto known = tree();
  if (!known) return std::unexpected(known.error());
  return (*known)->find(word, kinds);
}

Outcome<ScopeRow> Places::organization_of(const ScopeRow& scope) {
  auto known = tree();
  if (!known) return std::unexpected(known.error());
  auto organization = (*known)->organization_of(scope);
  if (!organization)
    return std::unexpected(Failure{.exit = Exit::absent, .what = "you do not see the organization of " + scope.path});
  return *organization;
}

// Nobody typed its name in this command, so what does not find it says where it comes from.
Outcome<ScopeRow> Places::project() {
  auto known = tree();
  if (!known) return std::unexpected(known.error());
  auto found = (*known)->find(project_, project_kinds);
  if (!found) {
    found.error().what = "GPUAAS_PROJECT: " + found.error().what;
    found.error().next = "Set GPUAAS_PROJECT to one of `gpuaas project list`, or unset it.";
  }
  return found;
}

Outcome<ScopeRow> Places::here() { return project_.empty() ? own_organization() : project(); }

Outcome<ScopeRow> Places::own_organization() {
  auto me = session_.read({.path = "/v1/me"});
  if (!me) return std::unexpected(me.error());
  if (const std::string& home = (*me)["home"].as_text(); !home.empty()) {
    auto seen = scope(home, organization_kinds);
    if (seen || project_.empty()) return seen;  // a guest elsewhere may see nothing at home
  }
  auto known = tree();
  if (!known) return std::unexpected(known.error());
  if (auto all = (*known)->organizations(); all.size() == 1) return all.front();
  if (project_.empty())
    return wrong_usage("you belong to no organization, so say where", "Give --at PATH, or see `gpuaas scope tree`.");
  auto mine = project();
  if (!mine) return std::unexpected(mine.error());
  return organization_of(*mine);
}

// A path names its organization first; a bare name may be of any that the caller sees.
Outcome<std::vector<ScopeRow>> Places::organizations(std::string_view word) {
  auto known = tree();
  if (!known) return std::unexpected(known.error());
  if (const auto slash = word.find('/'); slash != word.npos) {
    auto top = (*known)->find(word.substr(0, slash), organization_kinds);
    if (top) return std::vector{*top};
  }
  auto all = (*known)->organizations();
  if (all.size() <= organizations_searched_max) return all;
  auto home = here();
  if (!home) return std::unexpected(home.error());
  auto own = organization_of(*home);
  if (!own) return std::unexpected(own.error());
  return std::vector{*own};
}

Outcome<ResourceRow> Places::resource(std::string_view word, std::string_view type) {
  if (is_id(word)) return ResourceRow{.id = std::string{word}};
  auto where = organizations(word);
  if (!where) return std::unexpected(where.error());
  std::vector<ResourceRow> found;
  std::optional<Failure> refused;
  for (const ScopeRow& each : *where) {
    Ask ask{.path = "/v1/organizations/" + each.id + "/resources",
            .query = {{"name", std::string{split_last(word).second}}}};
    if (!type.empty()) ask.query.emplace_back("type", type);
    auto rows = items(ask);
    if (!rows && rows.error().exit == Exit::unavailable) return std::unexpected(rows.error());
    if (!rows) {
      refused = rows.error();  // one that may not be looked into is as one that has nothing of the name
      continue;
    }
    for (ResourceRow& row : resource_rows(*rows)) found.push_back(std::move(row));
  }
  if (found.empty() && refused) return std::unexpected(*refused);
  std::string home = project_;
  if (!home.empty())
    if (auto project = scope(home, project_kinds)) home = project->path;
  return pick(found, word, home);
}

Outcome<std::string> Places::named(std::string_view word, const std::string& organization, const std::string& route,
                                   std::string_view what) {
  if (is_id(word)) return std::string{word};
  auto rows = items({.path = "/v1/organizations/" + organization + route});
  if (!rows) return std::unexpected(rows.error());
  std::vector<Named> all;
  for (const json::Document& each : *rows)
    all.push_back({each["id"].as_text(), each["name"].as_text(), each["mail"].as_text()});
  return pick_named(all, word, what);
}

Outcome<std::string> Places::value(Takes takes, std::string_view word, std::optional<std::string> within) {
  const auto id = [](auto found) -> Outcome<std::string> {
    if (!found) return std::unexpected(found.error());
    return found->id;
  };
  switch (takes) {
    case Takes::text:
      return std::string{word};
    case Takes::number:
      if (!whole_number(word)) return wrong_usage("`" + std::string{word} + "` is no number");
      return std::string{word};
    case Takes::scope:
    case Takes::parent: {
      auto found = takes == Takes::scope ? scope(word, scope_kinds) : scope(word, parent_kinds);
      if (!found) return std::unexpected(found.error());
      return in_route(*found);
    }
    case Takes::organization: {
      if (is_id(word, "org")) return std::string{word};
      auto found = scope(word, organization_kinds);
      if (!found && found.error().exit == Exit::usage) found = scope(word, scope_kinds);
      if (!found) return std::unexpected(found.error());
      return id(organization_of(*found));
    }
    case Takes::project:
      return id(scope(word, project_kinds));
    case Takes::resource:
      return id(resource(word, ""));
    case Takes::instance:
      return id(resource(word, "gpuaas.instance"));
    case Takes::target: {
      if (is_id(word)) return std::string{word};
      auto found = scope(word, scope_kinds);
      return found ? Outcome<std::string>{found->id} : id(resource(word, ""));
    }
    case Takes::principal:
    case Takes::api_key: {
      if (is_id(word)) return std::string{word};
      if (!within) {
        auto own = own_organization();
        if (!own) return std::unexpected(own.error());
        within = own->id;
      }
      return takes == Takes::principal ? named(word, *within, "/principals", "principal")
                                       : named(word, *within, "/api-keys", "api-key");
    }
  }
  return wrong_usage("cannot tell what `" + std::string{word} + "` is");
}

}  // namespace cli
