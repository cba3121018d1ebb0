// The house's own hand, and what a fresh platform holds.
#include "platform/iam/services.hpp"
#include "shared/crypto/crypto.hpp"

namespace iam::house {
namespace {

const Roles& built_in() {
  static const Roles roles = *Roles::make({});  // a table without additions: only names are looked up here
  return roles;
}

base::Result<std::vector<Scope>> path_below(db::Tx& tx, const Scope& parent) { return path_of(tx, parent); }

std::optional<Scope> child(db::Snapshot& snapshot, OrganizationId organization, std::string_view name) {
  for (const store::Place& each : store::places_of(snapshot, organization))
    if (each.parent == Scope{organization} && each.name == name) return each.id;
  return std::nullopt;
}

base::Result<void> bind_if_missing(db::Tx& tx, const request::Env& env, PrincipalId principal, std::string_view role,
                                   const Scope& scope) {
  auto bound = house::bind(tx, env, PrincipalId{}, principal, role, scope, "bootstrap");
  if (!bound && bound.error().reason != binding_exists) return bound.error();
  return {};
}

}  // namespace

base::Result<OrganizationId> add_organization(db::Tx& tx, const request::Env& env, PrincipalId by,
                                              std::string_view name) {
  return iam::add_organization(tx, env, by, name);
}

base::Result<DepartmentId> add_department(db::Tx& tx, const request::Env& env, PrincipalId by, const Scope& parent,
                                          std::string_view name) {
  const auto path = path_below(tx, parent);
  if (!path) return path.error();
  return add_scope<DepartmentId>(tx, env, by, *path, name);
}

base::Result<ProjectId> add_project(db::Tx& tx, const request::Env& env, PrincipalId by, const Scope& parent,
                                    std::string_view name) {
  const auto path = path_below(tx, parent);
  if (!path) return path.error();
  return add_scope<ProjectId>(tx, env, by, *path, name);
}

base::Result<void> move(db::Tx& tx, const Scope& scope, const Scope& parent, base::Instant at) {
  const auto place = store::place(tx, scope);
  if (!place) return base::Error{base::not_found, "no such scope"};
  const auto from = path_of(tx, scope);
  if (!from) return from.error();
  const auto to = path_of(tx, parent);
  if (!to) return to.error();
  if (to->front() != from->front() || std::ranges::find(*to, scope) != to->end())
    return base::Error{base::invalid, "a scope stays in its organization, and is never below itself"};
  if (at < frozen_until(tx, std::get<OrganizationId>(from->front())))
    return base::Error{base::invalid, "what was used then is attributed already"};
  if (!store::move_scope(tx, *place, parent, at))
    return base::Error{request::name_taken, "there is a " + place->name + " there"};
  return {};
}

base::Result<void> add_resource(db::Tx& tx, const Resource& resource) {
  const auto path = path_of(tx, resource.scope);
  if (!path) return path.error();
  const auto* organization = std::get_if<OrganizationId>(&path->front());
  if (store::insert_resource(tx, resource, organization ? std::optional{*organization} : std::nullopt)) return {};
  return base::Error{request::name_taken, "there is a " + resource.type + " named " + resource.name};
}

base::Result<PrincipalId> add_user(db::Tx& tx, const request::Env& env, PrincipalId by, OrganizationId home,
                                   std::string_view name, std::string_view mail, std::string_view password) {
  auto sound = mail_from_text(mail);
  if (!sound) return sound.error();
  return add_person(tx, env, by,
                    {.kind = PrincipalKind::user,
                     .home = home,
                     .name = std::string{name},
                     .mail = *sound,
                     .password_hash = password.empty() ? "" : crypto::password_hash(password)});
}

base::Result<PrincipalId> add_service_account(db::Tx& tx, const request::Env& env, PrincipalId by, OrganizationId home,
                                              std::string_view name) {
  return add_person(tx, env, by, {.kind = PrincipalKind::service_account, .home = home, .name = std::string{name}});
}

base::Result<BindingId> bind(db::Tx& tx, const request::Env& env, PrincipalId by, PrincipalId principal,
                             std::string_view role, const Scope& scope, std::string_view note) {
  const auto path = path_of(tx, scope);
  if (!path) return path.error();
  const auto* organization = std::get_if<OrganizationId>(&path->front());
  return add_binding(built_in(), tx, env, by, scope, organization ? std::optional{*organization} : std::nullopt,
                     {.principal = principal, .role = std::string{role}, .note = std::string{note}});
}

std::string add_api_key(db::Tx& tx, const request::Env& env, PrincipalId principal, std::string_view name) {
  const auto person = store::person(tx, principal);
  CHECK(person.has_value());
  return add_key(tx, env, PrincipalId{}, *person, name, std::nullopt, new_key_token()).token;
}

std::string add_join_token(db::Tx& tx, const request::Env& env, PrincipalId by, std::string_view note) {
  std::string token = new_join_token();
  iam::add_join_token(tx, env, by, note, token);
  return token;
}

base::Result<Bootstrapped> bootstrap(db::Tx& tx, const request::Env& env, const BootstrapOptions& options) {
  const PrincipalId nobody{};
  Bootstrapped made{.organization = {}, .admin = {}, .mail = options.mail};
  if (const auto known = store::organization_by_name(tx, options.organization)) {
    made.organization = *known;
  } else {
    auto id = iam::add_organization(tx, env, nobody, options.organization);
    if (!id) return id.error();
    made.organization = *id;
  }
  if (!child(tx, made.organization, options.department)) {
    auto id = add_department(tx, env, nobody, Scope{made.organization}, options.department);
    if (!id) return id.error();
  }
  if (const auto known = store::person_by_mail(tx, options.mail)) {
    made.admin = known->id;
  } else {
    made.password = new_password();
    auto id = add_user(tx, env, nobody, made.organization, "admin", options.mail, made.password);
    if (!id) return id.error();
    made.admin = *id;
  }
  if (auto owner = bind_if_missing(tx, env, made.admin, owner_role, Scope{made.organization}); !owner)
    return owner.error();
  if (auto operate = bind_if_missing(tx, env, made.admin, operator_role, Scope{request::platform}); !operate)
    return operate.error();
  if (options.admin_key) made.admin_key = add_api_key(tx, env, made.admin, "admin");
  made.join_token = add_join_token(tx, env, made.admin, "bootstrap");
  return made;
}

base::Result<std::string> reset_password(db::Tx& tx, const request::Env& env, std::string_view mail) {
  const auto person = store::person_by_mail(tx, mail);
  if (!person) return base::Error{base::not_found, "nobody has this mail address"};
  std::string password = new_password();
  store::put_password(tx, person->id, crypto::password_hash(password), env.now);
  store::end_sessions_of(tx, person->id, env.now);
  return password;
}

}  // namespace iam::house
