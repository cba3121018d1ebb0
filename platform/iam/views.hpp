// What iam's routes take and answer, as JSON has it.
#pragma once

#include <boost/describe.hpp>

#include "platform/iam/iam.hpp"
#include "shared/telemetry/secret.hpp"

namespace iam {

using telemetry::Secret;

struct SignIn {
  std::string mail;
  Secret<std::string> password;
};
BOOST_DESCRIBE_STRUCT(SignIn, (), (mail, password))

struct SignedIn {
  SessionId id;
  PrincipalId principal;
  std::string name;
  std::string mail;
  std::optional<OrganizationId> organization;
  std::string csrf;
  base::Instant expires_at;
};
BOOST_DESCRIBE_STRUCT(SignedIn, (), (id, principal, name, mail, organization, csrf, expires_at))

struct Ended {
  std::string id;
  bool ended = true;
};
BOOST_DESCRIBE_STRUCT(Ended, (), (id, ended))

struct MyRole {
  std::string role;
  Scope scope;
  std::string scope_path;
};
BOOST_DESCRIBE_STRUCT(MyRole, (), (role, scope, scope_path))

struct Me {
  PrincipalId principal;
  PrincipalKind kind;
  std::string name;
  std::optional<std::string> mail;
  std::optional<OrganizationId> home;
  std::optional<std::string> csrf;
  std::vector<MyRole> roles;
};
BOOST_DESCRIBE_STRUCT(Me, (), (principal, kind, name, mail, home, csrf, roles))

enum class ScopeKind { platform, organization, department, project };
BOOST_DESCRIBE_ENUM(ScopeKind, platform, organization, department, project)

struct ScopeView {
  static constexpr std::string_view json_name = "Scope";
  Scope id;
  ScopeKind kind;
  std::string name;
  std::string path;
  std::optional<Scope> parent;
  std::optional<base::Instant> created_at;
};
BOOST_DESCRIBE_STRUCT(ScopeView, (), (id, kind, name, path, parent, created_at))

struct NewOrganization {
  std::string name;
  std::optional<base::Currency> currency;
};
BOOST_DESCRIBE_STRUCT(NewOrganization, (), (name, currency))

struct NewScope {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(NewScope, (), (name))

struct PrincipalView {
  static constexpr std::string_view json_name = "Principal";
  PrincipalId id;
  PrincipalKind kind;
  std::string name;
  std::optional<std::string> mail;
  std::string state;
  std::optional<std::string> password = {};  // shown once, when it was made here
};
BOOST_DESCRIBE_STRUCT(PrincipalView, (), (id, kind, name, mail, state, password))

struct NewUser {
  std::string name;
  std::string mail;
  std::optional<Secret<std::string>> password;
};
BOOST_DESCRIBE_STRUCT(NewUser, (), (name, mail, password))

struct NewServiceAccount {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(NewServiceAccount, (), (name))

struct OnePrincipal {
  PrincipalId principal;
};
BOOST_DESCRIBE_STRUCT(OnePrincipal, (), (principal))

struct NewApiKey {
  std::optional<PrincipalId> principal;  // nothing: the caller's own
  std::string name;
  std::optional<base::Instant> expires_at;
};
BOOST_DESCRIBE_STRUCT(NewApiKey, (), (principal, name, expires_at))

struct ApiKeyView {
  static constexpr std::string_view json_name = "ApiKey";
  ApiKeyId id;
  std::string name;
  PrincipalId principal;
  base::Instant created_at;
  std::optional<base::Instant> expires_at;
  std::optional<std::string> token = {};  // shown once
};
BOOST_DESCRIBE_STRUCT(ApiKeyView, (), (id, name, principal, created_at, expires_at, token))

struct OneKey {
  ApiKeyId key;
};
BOOST_DESCRIBE_STRUCT(OneKey, (), (key))

struct NewBinding {
  PrincipalId principal;
  std::string role;
  std::optional<std::string> note = {};
  std::optional<base::Instant> expires_at = {};
};
BOOST_DESCRIBE_STRUCT(NewBinding, (), (principal, role, note, expires_at))

struct OneBinding {
  BindingId binding;
};
BOOST_DESCRIBE_STRUCT(OneBinding, (), (binding))

struct BindingView {
  static constexpr std::string_view json_name = "Binding";
  BindingId id;
  PrincipalId principal;
  std::string principal_name;
  std::string role;
  Scope scope;
  std::string scope_path;
  std::string note;
  PrincipalId created_by;
  std::string created_by_name;
  base::Instant created_at;
  std::optional<base::Instant> expires_at;
};
BOOST_DESCRIBE_STRUCT(BindingView, (),
                      (id, principal, principal_name, role, scope, scope_path, note, created_by, created_by_name,
                       created_at, expires_at))

struct RoleView {
  static constexpr std::string_view json_name = "Role";
  std::string name;
  std::vector<std::string> permissions;
};
BOOST_DESCRIBE_STRUCT(RoleView, (), (name, permissions))

struct ListResources {
  std::string name;
  std::string type;
  std::string after;
  int limit = base::page_size_default;
  static constexpr std::array json_defaults{"name", "type", "after", "limit"};
  static constexpr std::array json_ranges{json::Range{"limit", 1, base::page_size_max}};
};
BOOST_DESCRIBE_STRUCT(ListResources, (), (name, type, after, limit))

struct ResourceView {
  static constexpr std::string_view json_name = "Resource";
  static constexpr request::PageBy page_by = request::PageBy::any_id;
  std::string id;
  std::string type;
  std::string name;
  Scope scope;
  std::string path;
  base::Instant created_at;
  std::optional<base::Instant> removed_at;
};
BOOST_DESCRIBE_STRUCT(ResourceView, (), (id, type, name, scope, path, created_at, removed_at))

struct AccessQuestion {
  std::string principal;  // id, mail address, or a name in the target's organization
  std::string permission;
  std::string target;  // the id of a scope, resource or principal
};
BOOST_DESCRIBE_STRUCT(AccessQuestion, (), (principal, permission, target))

struct AccessAnswer {
  bool allowed = false;
  std::string reason;  // ok, or why not
  std::optional<std::string> by;
  std::optional<std::string> binding;
  std::optional<std::string> role;
  std::string path;
};
BOOST_DESCRIBE_STRUCT(AccessAnswer, (), (allowed, reason, by, binding, role, path))

struct JoinNode {
  Secret<std::string> token;
  std::string name;
  std::string public_key;
  json::Json capacity;
};
BOOST_DESCRIBE_STRUCT(JoinNode, (), (token, name, public_key, capacity))

struct Joined {
  PrincipalId id;
  PrincipalId node;
};
BOOST_DESCRIBE_STRUCT(Joined, (), (id, node))

struct OneNode {
  PrincipalId node;
};
BOOST_DESCRIBE_STRUCT(OneNode, (), (node))

struct Challenge {
  std::string challenge;
};
BOOST_DESCRIBE_STRUCT(Challenge, (), (challenge))

struct NewJoinToken {
  std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(NewJoinToken, (), (note))

struct JoinTokenView {
  static constexpr std::string_view json_name = "JoinToken";
  JoinTokenId id;
  std::string note;
  base::Instant expires_at;
  std::string token;  // shown once
};
BOOST_DESCRIBE_STRUCT(JoinTokenView, (), (id, note, expires_at, token))

struct NodeView {
  static constexpr std::string_view json_name = "JoinedNode";
  PrincipalId id;
  std::string name;
  NodeState state;
  base::Instant since;
  base::Instant joined_at;
  json::Json capacity;
};
BOOST_DESCRIBE_STRUCT(NodeView, (), (id, name, state, since, joined_at, capacity))

}  // namespace iam
