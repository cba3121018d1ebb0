#include "platform/iam/decide.hpp"

#include <algorithm>

namespace iam {
namespace {

bool is_live(const store::Held& held, base::Instant now) { return !held.expires_at || *held.expires_at > now; }

// How many steps above the target the binding hangs; nothing when it hangs elsewhere.
std::optional<std::size_t> distance(const Ground& ground, const Scope& scope) {
  if (std::holds_alternative<request::PlatformId>(scope))
    return ground.path.empty() ? std::optional<std::size_t>{0} : std::nullopt;
  for (std::size_t i = 0; i < ground.path.size(); ++i)
    if (ground.path[i].id == scope) return ground.path.size() - 1 - i;
  return std::nullopt;
}

bool counts(const Roles::Role& role, const store::Held& held, const Ground& ground) {
  return role.held != Held::by_itself || ground.self == held.principal;
}

// Another tenant's target is not there. One's own organization is, and any in which one is bound; the platform is
// everybody's.
bool may_know(const store::Person& person, std::span<const store::Held> held, const Ground& ground, base::Instant now) {
  if (ground.path.empty()) return !ground.self;
  const auto& organization = std::get<OrganizationId>(ground.path.front().id);
  if (person.home == organization) return true;
  return std::ranges::any_of(held, [&](const store::Held& each) {
    return each.organization == organization && each.effect == store::Effect::allow && is_live(each, now);
  });
}

}  // namespace

bool fits(const Roles::Role& role, const Scope& scope) {
  return (role.held == Held::in_tree) != std::holds_alternative<request::PlatformId>(scope);
}

base::Result<Ground> ground_of(db::Snapshot& snapshot, const request::Target& target) {
  Scope scope;
  Ground ground;
  if (const auto* at = std::get_if<Scope>(&target)) {
    scope = *at;
  } else {
    const std::string& id = std::get<std::string>(target);
    if (auto principal = PrincipalId::parse(id)) {
      const auto person = store::person(snapshot, *principal);
      if (!person) return base::Error{base::not_found, "no such principal"};
      ground.self = *principal;
      if (person->home) scope = *person->home;
    } else if (auto found = store::resource_scope(snapshot, id)) {
      scope = *found;
    } else {
      return base::Error{base::not_found, "no such resource"};
    }
  }
  if (std::holds_alternative<request::PlatformId>(scope)) return ground;
  ground.path = store::path_up(snapshot, scope);
  if (ground.path.empty()) return base::Error{base::not_found, "no such scope"};
  CHECK(std::holds_alternative<OrganizationId>(ground.path.front().id));
  return ground;
}

base::Result<store::Held> decide(const Roles& roles, const store::Person& person, std::span<const store::Held> held,
                                 const Ground& ground, std::string_view permission, base::Instant now) {
  const int number = roles.number(permission);
  const bool of_platform = number >= 0 && roles.of_platform(number);
  const Ground platform_ground{.path = {}, .self = ground.self};
  const store::Held* best = nullptr;
  std::size_t best_distance = 0;
  bool denied = number < 0 || person.state != store::State::active;
  for (const store::Held& each : held) {
    const auto far = distance(of_platform ? platform_ground : ground, each.scope);
    const Roles::Role* role = roles.find(each.role);
    if (denied || !far || role == nullptr || !is_live(each, now)) continue;
    if (!role->permissions.has(number) || !counts(*role, each, ground)) continue;
    if (each.effect == store::Effect::deny) {
      denied = true;
    } else if (best == nullptr || *far < best_distance || (*far == best_distance && each.id < best->id)) {
      best = &each;
      best_distance = *far;
    }
  }
  if (best != nullptr && !denied) return *best;
  const bool known = may_know(person, held, ground, now) || (of_platform && best != nullptr);
  return base::Error{known ? base::forbidden : base::not_found,
                     "needs " + std::string{permission} + " at " + request::text(ground.scope())};
}

PermissionSet permissions_at(const Roles& roles, std::span<const store::Held> held, const Ground& ground,
                             base::Instant now) {
  PermissionSet allowed;
  PermissionSet denied;
  for (const store::Held& each : held) {
    const Roles::Role* role = roles.find(each.role);
    if (role == nullptr || !is_live(each, now) || !distance(ground, each.scope) || !counts(*role, each, ground))
      continue;
    (each.effect == store::Effect::allow ? allowed : denied) |= role->permissions;
  }
  return allowed -= denied;
}

std::vector<Scope> epochs_of(const Roles& roles, const Scope& front, std::string_view permission) {
  std::vector<Scope> epochs{front};
  const int number = roles.number(permission);
  if (number >= 0 && roles.of_platform(number) && !std::holds_alternative<request::PlatformId>(front))
    epochs.push_back(Scope{request::platform});
  return epochs;
}

base::Result<request::Authority> decide_from_tables(db::Snapshot& snapshot, const Roles& roles, PrincipalId principal,
                                                    const request::Permission& permission,
                                                    const request::Target& target, base::Instant now,
                                                    Ground* stood_on) {
  const auto person = store::person(snapshot, principal);
  if (!person) return base::Error{base::forbidden, "no such principal"};
  auto ground = ground_of(snapshot, target);
  if (!ground) return ground.error();
  auto allowed = decide(roles, *person, store::held_by(snapshot, principal), *ground, permission.name, now);
  if (!allowed) return allowed.error();
  request::Authority authority{
      .permission = &permission, .principal = principal, .authz_epoch = 0, .by = allowed->id.text()};
  for (const store::Place& each : ground->path) authority.path.push_back(each.id);
  if (authority.path.empty()) authority.path.push_back(Scope{request::platform});
  for (const Scope& each : epochs_of(roles, authority.path.front(), permission.name))
    authority.authz_epoch += store::epoch(snapshot, each);
  if (stood_on != nullptr) *stood_on = std::move(*ground);
  return authority;
}

}  // namespace iam
