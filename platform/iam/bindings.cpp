// Bindings: principal x role x scope. Adding one leaves the epoch alone, because it takes nothing away.
#include "platform/iam/services.hpp"

namespace iam {
namespace {

constexpr std::size_t note_max = 500;

}  // namespace

base::Result<BindingId> add_binding(const Roles& roles, db::Tx& tx, const request::Env& env, PrincipalId by,
                                    const Scope& scope, std::optional<OrganizationId> organization,
                                    const NewBinding& wanted) {
  const Roles::Role* role = roles.find(wanted.role);
  if (role == nullptr || !fits(*role, scope)) return base::Error{role_unknown, wanted.role, "/role"};
  if (wanted.note && wanted.note->size() > note_max)
    return base::Error{base::invalid, "a note has 500 bytes at most", "/note"};
  if (wanted.expires_at && *wanted.expires_at <= env.now)
    return base::Error{base::invalid, "it would be over already", "/expires_at"};
  const auto person = store::person(tx, wanted.principal);
  if (!person || person->state != store::State::active)
    return base::Error{base::invalid, "no active principal has this id", "/principal"};
  const store::Held held{.id = BindingId::make(env.now, env.random),
                         .principal = wanted.principal,
                         .scope = scope,
                         .organization = organization,
                         .role = wanted.role,
                         .expires_at = wanted.expires_at};
  if (!store::insert_binding(tx, held, wanted.note.value_or(""), by, env.now)) return base::Error{binding_exists};
  return held.id;
}

base::Result<void> remove_binding(db::Tx& tx, const request::Env& env, PrincipalId by, std::span<const Scope> path,
                                  BindingId id) {
  if (!store::remove_binding(tx, path.back(), id, by, env.now))
    return base::Error{base::not_found, "no such binding here"};
  raise_epoch(tx, path.front(), id.text());
  return {};
}

namespace {

base::Result<void> check_at(const Roles& roles, db::Snapshot& snapshot, PrincipalId principal, const Ground& ground,
                            const Roles::Role& role, base::Instant now) {
  const PermissionSet own = permissions_at(roles, store::held_by(snapshot, principal), ground, now);
  if (own.holds(role.permissions)) return {};
  PermissionSet lacking = role.permissions;
  return base::Error{role_wider, "you lack " + roles.names_of(lacking -= own).front(), "/role"};
}

}  // namespace

base::Result<void> check_width(const Roles& roles, db::Snapshot& snapshot, PrincipalId principal, const Scope& scope,
                               std::string_view role_name, base::Instant now) {
  const Roles::Role* role = roles.find(role_name);
  if (role == nullptr || !fits(*role, scope)) return base::Error{role_unknown, std::string{role_name}, "/role"};
  const auto ground = ground_of(snapshot, request::Target{scope});
  if (!ground) return ground.error();
  return check_at(roles, snapshot, principal, *ground, *role, now);
}

base::Result<void> check_width_on(const Roles& roles, db::Snapshot& snapshot, PrincipalId principal,
                                  std::span<const Scope> path, std::string_view role_name, base::Instant now) {
  const Roles::Role* role = roles.find(role_name);
  if (role == nullptr) return base::Error{role_unknown, std::string{role_name}, "/role"};
  Ground ground;
  for (const Scope& each : path)
    if (!std::holds_alternative<request::PlatformId>(each))
      ground.path.push_back({.id = each, .parent = {}, .name = {}, .created_at = {}});
  return check_at(roles, snapshot, principal, ground, *role, now);
}

BindingView view_binding(const store::Bound& bound, std::string scope_path) {
  return {.id = bound.id,
          .principal = bound.principal,
          .principal_name = bound.principal_name,
          .role = bound.role,
          .scope = bound.scope,
          .scope_path = std::move(scope_path),
          .note = bound.note,
          .created_by = bound.created_by,
          .created_by_name = bound.created_by_name,
          .created_at = bound.created_at,
          .expires_at = bound.expires_at};
}

}  // namespace iam
