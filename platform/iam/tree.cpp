// The tree: how scopes are made and shown, and the path that it had at a time.
#include <algorithm>
#include <charconv>
#include <map>

#include "platform/iam/services.hpp"

namespace iam {
namespace {

ScopeKind kind_of(const Scope& scope) { return static_cast<ScopeKind>(scope.index()); }

static_assert(
    std::is_same_v<std::variant_alternative_t<static_cast<std::size_t>(ScopeKind::project), Scope>, ProjectId>);

ScopeView view_of(const store::Place& place, std::string path) {
  return {.id = place.id,
          .kind = kind_of(place.id),
          .name = place.name,
          .path = std::move(path),
          .parent = place.parent,
          .created_at = place.created_at};
}

ScopeView view_platform() {
  return {.id = Scope{request::platform}, .kind = ScopeKind::platform, .name = "platform", .path = "platform"};
}

std::string_view read_permission(const Scope& scope) {
  switch (kind_of(scope)) {
    case ScopeKind::organization:
      return organization_read.name;
    case ScopeKind::department:
      return department_read.name;
    default:
      return project_read.name;
  }
}

std::vector<store::Place> up_from(const std::map<Scope, store::Place>& places, const Scope& scope) {
  std::vector<store::Place> path;
  for (auto found = places.find(scope); found != places.end(); found = places.find(found->second.parent))
    path.push_back(found->second);
  std::reverse(path.begin(), path.end());
  return path;
}

// Parents before children; of one depth, the oldest first.
std::string order_of(std::size_t depth, const Scope& scope) {
  return (depth < 10 ? "0" : "") + std::to_string(depth) + ":" + request::text(scope);
}

// A scope that is gone since is a place in the order all the same.
bool is_place_in_order(std::string_view text) {
  std::size_t depth = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), depth);
  const std::string_view rest{parsed.ptr, text.data() + text.size()};
  if (parsed.ec != std::errc{} || !rest.starts_with(':')) return false;
  const auto scope = request::scope_from_text(rest.substr(1));
  return scope && order_of(depth, *scope) == text;
}

}  // namespace

std::string path_text(std::span<const store::Place> path) {
  if (path.empty()) return "platform";
  std::string text;
  for (const store::Place& each : path) text += (text.empty() ? "" : "/") + each.name;
  return text;
}

base::Result<void> check_name(std::string_view name) {
  const auto good = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  if (!name.empty() && name.size() <= name_max && std::ranges::all_of(name, good) && name.front() != '-' &&
      name.back() != '-')
    return {};
  return base::Error{base::invalid, "a name has 1 to 63 lower-case letters, digits and dashes, no dash at an end",
                     "/name"};
}

base::Result<OrganizationId> add_organization(db::Tx& tx, const request::Env& env, PrincipalId by,
                                              std::string_view name) {
  if (auto checked = check_name(name); !checked) return checked.error();
  const auto id = OrganizationId::make(env.now, env.random);
  if (!store::insert_scope(tx, Scope{id}, id, Scope{request::platform}, name, by, env.now, env.now))
    return base::Error{request::name_taken, "there is an organization named " + std::string{name}, "/name"};
  store::insert_epoch(tx, id);
  store::insert_attribution(tx, id);
  return id;
}

// Its first edge begins now, and reads nothing: what lies above it counts, for times before its own first edge, as it
// was then (see path_at), so that two clocks that differ leave no hole. On PostgreSQL, to read the parent's edge here
// would make creators of siblings run again.
template <class Id>
base::Result<Id> add_scope(db::Tx& tx, const request::Env& env, PrincipalId by, std::span<const Scope> path,
                           std::string_view name) {
  CHECK(!path.empty() && std::holds_alternative<OrganizationId>(path.front()));
  if (auto checked = check_name(name); !checked) return checked.error();
  if (static_cast<int>(path.size()) >= tree_depth_max)
    return base::Error{base::invalid, "the tree has at most " + std::to_string(tree_depth_max) + " levels"};
  const auto id = Id::make(env.now, env.random);
  if (!store::insert_scope(tx, Scope{id}, std::get<OrganizationId>(path.front()), path.back(), name, by, env.now,
                           env.now))
    return base::Error{request::name_taken, "there is a " + std::string{name} + " here", "/name"};
  return id;
}
template base::Result<DepartmentId> add_scope(db::Tx&, const request::Env&, PrincipalId, std::span<const Scope>,
                                              std::string_view);
template base::Result<ProjectId> add_scope(db::Tx&, const request::Env&, PrincipalId, std::span<const Scope>,
                                           std::string_view);

base::Result<ScopeView> view_scope(const Core& core, const Scope& scope) {
  auto view = core.index().view(scope);
  if (!view) return base::Error{base::unavailable, "not in the index yet"};
  return view_of(view->place, std::move(view->path));
}

ScopeView view_scope(db::Snapshot& snapshot, const Scope& scope) {
  const auto path = store::path_up(snapshot, scope);
  CHECK(!path.empty());
  return view_of(path.back(), path_text(path));
}

// What the caller may read, and whatever leads there. From the tables: a list is also a no about what it lacks.
base::Result<base::Page<ScopeView>> list_scopes(const Core& core, db::Snapshot& snapshot, PrincipalId principal,
                                                const base::Cursor& cursor, base::Instant now) {
  if (!cursor.after.empty() && !is_place_in_order(cursor.after)) return request::foreign_cursor();
  const auto person = store::person(snapshot, principal);
  if (!person) return base::Page<ScopeView>{};
  const auto held = store::held_by(snapshot, principal);
  std::map<std::string, ScopeView> visible;
  std::set<OrganizationId> organizations;
  for (const store::Held& each : held) {
    if (each.organization)
      organizations.insert(*each.organization);
    else
      visible.emplace(order_of(0, each.scope), view_platform());
  }
  const auto show = [&](std::span<const store::Place> path) {
    for (std::size_t depth = 1; depth <= path.size(); ++depth)
      visible.try_emplace(order_of(depth, path[depth - 1].id), view_of(path[depth - 1], path_text(path.first(depth))));
  };
  if (permissions_at(core.built_in(), held, Ground{}, now).has(core.built_in().number(organization_create.name)))
    for (const store::Place& each : store::organizations(snapshot)) show(std::vector{each});
  for (const OrganizationId& organization : organizations) {
    std::map<Scope, store::Place> places;
    for (store::Place& each : store::places_of(snapshot, organization)) places.emplace(each.id, std::move(each));
    for (const auto& [scope, place] : places) {
      const Ground ground{.path = up_from(places, scope), .self = {}};
      if (decide(core.built_in(), *person, held, ground, read_permission(scope), now)) show(ground.path);
    }
  }
  base::Page<ScopeView> page;
  const auto limit = static_cast<std::size_t>(std::clamp(cursor.limit, 1, base::page_size_max));
  for (auto each = visible.upper_bound(cursor.after); each != visible.end(); ++each) {
    if (page.items.size() == limit) {
      page.next = std::prev(each)->first;
      break;
    }
    page.items.push_back(std::move(each->second));
  }
  return page;
}

base::Result<std::vector<Scope>> path_at(db::Snapshot& snapshot, const Scope& scope, base::Instant at) {
  if (std::holds_alternative<request::PlatformId>(scope)) return std::vector{scope};
  auto edge = store::edge_at(snapshot, scope, at);
  if (!edge) return base::Error{base::not_found, "the scope was not there then"};
  std::vector<Scope> path{scope};
  while (!std::holds_alternative<request::PlatformId>(edge->parent)) {
    path.push_back(edge->parent);
    CHECK(path.size() <= 64);  // the tree has no rings
    const Scope above = edge->parent;
    edge = store::edge_at(snapshot, above, at);
    if (!edge) edge = store::first_edge(snapshot, above);  // made by a clock ahead of the child's
    CHECK(edge.has_value());
  }
  std::reverse(path.begin(), path.end());
  return path;
}

base::Result<std::vector<Scope>> path_of(db::Snapshot& snapshot, const Scope& scope) {
  if (std::holds_alternative<request::PlatformId>(scope)) return std::vector{scope};
  std::vector<Scope> path;
  for (const store::Place& each : store::path_up(snapshot, scope)) path.push_back(each.id);
  if (path.empty()) return base::Error{base::not_found, "no such scope"};
  return path;
}

void freeze(db::Tx& tx, OrganizationId organization, base::Instant until) {
  store::raise_attribution(tx, organization, until);
}

base::Instant frozen_until(db::Snapshot& snapshot, OrganizationId organization) {
  return store::attributed_until(snapshot, organization);
}

std::string path_text(db::Snapshot& snapshot, std::span<const Scope> path) {
  std::vector<store::Place> places;
  for (const Scope& each : path)
    if (auto place = store::place(snapshot, each)) places.push_back(std::move(*place));
  return path_text(places);
}

}  // namespace iam
