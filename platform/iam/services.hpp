// The services of iam: what its routes, its jobs and the house's hand have in common. Each file *.cpp of this folder
// that is named after a noun has its part; routes.cpp lists them.
#pragma once

#include "platform/iam/core.hpp"
#include "platform/iam/views.hpp"

namespace iam {

/// Takes the organization's (or the platform's) lock exclusively and raises its epoch.
void raise_epoch(db::Tx&, const Scope& front, std::string_view about);

/// "acme/research/vision"; "platform" of no path.
std::string path_text(std::span<const store::Place> path);

/// Lower-case letters, digits and dashes, 1 to 63, no dash at either end. Errors: `invalid` at /name.
base::Result<void> check_name(std::string_view name);

// tree.cpp
base::Result<OrganizationId> add_organization(db::Tx&, const request::Env&, PrincipalId by, std::string_view name);
/// Below the last of `path`. Errors: `invalid` (a name, too deep), `name_taken`.
template <class Id>
base::Result<Id> add_scope(db::Tx&, const request::Env&, PrincipalId by, std::span<const Scope> path,
                           std::string_view name);
extern template base::Result<DepartmentId> add_scope(db::Tx&, const request::Env&, PrincipalId, std::span<const Scope>,
                                                     std::string_view);
extern template base::Result<ProjectId> add_scope(db::Tx&, const request::Env&, PrincipalId, std::span<const Scope>,
                                                  std::string_view);
base::Result<ScopeView> view_scope(const Core&, const Scope&);
base::Result<base::Page<ScopeView>> list_scopes(const Core&, db::Snapshot&, PrincipalId, const base::Cursor&,
                                                base::Instant now);
/// The same from the tables, for what was just made.
ScopeView view_scope(db::Snapshot&, const Scope&);

// people.cpp
struct NewPerson {
  PrincipalKind kind;
  OrganizationId home;
  std::string name;
  std::optional<std::string> mail = {};
  std::string password_hash = {};  // empty: none
};
base::Result<PrincipalId> add_person(db::Tx&, const request::Env&, PrincipalId by, const NewPerson&);
base::Result<void> disable_person(db::Tx&, const request::Env&, PrincipalId);
/// Lower case, one @, no blanks, 254 bytes at most. Errors: `invalid` at /mail.
base::Result<std::string> mail_from_text(std::string_view);
std::string new_password();

// sessions.cpp
struct Verified {
  store::Person person;
  std::string token;
};
base::Result<Verified> verify_sign_in(Core&, const db::Reader&, const SignIn&, base::Instant now);
request::Reply<SignedIn> start_session(const Core&, db::Tx&, const request::Env&, const Verified&);

// keys.cpp
struct NewKey {
  store::ApiKey key;
  std::string token;
};
NewKey add_key(db::Tx&, const request::Env&, PrincipalId by, const store::Person&, std::string_view name,
               std::optional<base::Instant> expires_at, std::string token);
std::string new_key_token();

// bindings.cpp
base::Result<BindingId> add_binding(const Roles&, db::Tx&, const request::Env&, PrincipalId by, const Scope&,
                                    std::optional<OrganizationId>, const NewBinding&);
/// Errors: `not_found` (none there).
base::Result<void> remove_binding(db::Tx&, const request::Env&, PrincipalId by, std::span<const Scope> path, BindingId);
/// Errors: `role_wider` (the role holds what `principal` does not hold there itself), `role_unknown`.
base::Result<void> check_width(const Roles&, db::Snapshot&, PrincipalId, const Scope&, std::string_view role,
                               base::Instant now);
/// The same along a path that is decided already: it does not read the tree.
base::Result<void> check_width_on(const Roles&, db::Snapshot&, PrincipalId, std::span<const Scope> path,
                                  std::string_view role, base::Instant now);
BindingView view_binding(const store::Bound&, std::string scope_path);

// nodes.cpp
std::string new_join_token();
JoinTokenId add_join_token(db::Tx&, const request::Env&, PrincipalId by, std::string_view note, std::string_view token);
base::Result<PrincipalId> join_node(const Roles&, db::Tx&, const request::Env&, const JoinNode&);
base::Result<std::string> challenge_node(db::Tx&, const request::Env&, PrincipalId);

// access.cpp
base::Result<AccessAnswer> check_access(const Core&, db::Snapshot&, PrincipalId caller, const AccessQuestion&,
                                        base::Instant now);

}  // namespace iam
