// Iam: who is here, where they stand in the tree, and who may do what. It implements request's Authenticator and
// Authorizer: an index in memory answers yes, and whenever it would say anything else, the tables decide.
//
// Always true
//   - a decision is: some live binding of the principal, at the target's scope or above it in its organization, has a
//     role that holds the permission, and no live deny rule there takes it away; a binding at the platform counts
//     there;
//   - whatever can take authority away raises its organization's authz epoch in the same transaction;
//   - the index answers only yes, and nothing once it is more than a second behind the log;
//   - an edge of the tree is only ever closed, never changed: `path_at` of an instant always gives the same answer once
//     that instant is frozen;
//   - secrets (passwords, keys, sign-in and join tokens) are stored as hashes, and shown once.
//
// Not here: custom roles, groups, conditions, moving and closing scopes, workload identities, foreign identity
// providers.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "platform/jobs/jobs.hpp"
#include "platform/log/log.hpp"
#include "platform/registry/registry.hpp"
#include "platform/request/names.hpp"
#include "platform/request/ports.hpp"
#include "platform/request/request.hpp"
#include "shared/db/db.hpp"

namespace iam {

using request::DepartmentId;
using request::OrganizationId;
using request::PrincipalId;
using request::ProjectId;
using request::Scope;

inline constexpr request::Permission session_create{"iam.session.create"};  // anyone: sign-in
inline constexpr request::Permission session_end{"iam.session.end"};
inline constexpr request::Permission principal_self{"iam.principal.self"};
inline constexpr request::Permission principal_list{"iam.principal.list"};
inline constexpr request::Permission principal_disable{"iam.principal.disable"};
inline constexpr request::Permission scope_list{"iam.scope.list"};
inline constexpr request::Permission organization_read{"iam.organization.read"};
inline constexpr request::Permission organization_create{"iam.organization.create"};
inline constexpr request::Permission department_read{"iam.department.read"};
inline constexpr request::Permission department_create{"iam.department.create"};
inline constexpr request::Permission project_read{"iam.project.read"};
inline constexpr request::Permission project_create{"iam.project.create"};
inline constexpr request::Permission user_create{"iam.user.create"};
inline constexpr request::Permission service_account_create{"iam.service_account.create"};
inline constexpr request::Permission api_key_create{"iam.api_key.create"};
inline constexpr request::Permission api_key_list{"iam.api_key.list"};
inline constexpr request::Permission api_key_remove{"iam.api_key.remove"};
inline constexpr request::Permission binding_list{"iam.binding.list"};
inline constexpr request::Permission binding_create{"iam.binding.create"};
inline constexpr request::Permission binding_remove{"iam.binding.remove"};
inline constexpr request::Permission binding_expire{"iam.binding.expire"};  // the house's own: no role holds it
inline constexpr request::Permission role_list{"iam.role.list"};
inline constexpr request::Permission resource_list{"iam.resource.list"};
inline constexpr request::Permission access_check{"iam.access.check"};
inline constexpr request::Permission node_join{"iam.node.join"};            // anyone with a join token
inline constexpr request::Permission node_challenge{"iam.node.challenge"};  // anyone
inline constexpr request::Permission node_link{"iam.node.link"};
inline constexpr request::Permission node_list{"iam.node.list"};
inline constexpr request::Permission join_token_create{"iam.join_token.create"};

inline constexpr base::Reason sign_in_refused{"sign_in_refused", base::Kind::unauthenticated,
                                              "Check the mail address and the password."};
inline constexpr base::Reason mail_taken{"mail_taken", base::Kind::conflict, "Choose another mail address."};
inline constexpr base::Reason binding_exists{"binding_exists", base::Kind::conflict,
                                             "The principal holds this role here already."};
inline constexpr base::Reason role_unknown{"role_unknown", base::Kind::invalid,
                                           "List the roles to see which there are."};
inline constexpr base::Reason role_wider{"role_wider", base::Kind::forbidden,
                                         "Nobody can give a role that holds more than they hold there themselves."};
inline constexpr base::Reason join_refused{"join_refused", base::Kind::unauthenticated,
                                           "Ask an operator for a new join token."};

using BindingId = base::Id<"bnd">;
using SessionId = base::Id<"sgn">;  // a sign-in session
using ApiKeyId = base::Id<"key">;
using JoinTokenId = base::Id<"jtk">;

inline constexpr std::chrono::hours session_time{12};
inline constexpr std::chrono::minutes join_token_time{10};
inline constexpr std::chrono::seconds index_age_max{1};
inline constexpr int tree_depth_max = 12;  // organization and project included
inline constexpr std::size_t name_max = 63;

enum class PrincipalKind { user, service_account, node };
BOOST_DESCRIBE_ENUM(PrincipalKind, user, service_account, node)

struct Options {
  std::string word;  // of the installation, in the names of its cookie and subprotocols: WORD_session, WORD.node
  std::function<base::Instant()> beat;                 // of the log: how old the index may be
  std::function<std::int64_t()> head = {};             // of the log: whether the listener has seen all of it
  std::vector<registry::RoleAddition> additions = {};  // of the manifests: Registry::role_additions()
  base::Currency currency = {};                        // of every organization's account; no other may be asked for
  bool secure_cookies = false;                         // under TLS
  base::Random::Key dice{};                            // for the records that are written outside a request
};

class Iam : public request::Authenticator, public request::Authorizer {
 public:
  /// Reads the whole index; once, after the migrations and before the first request. The store is kept, to reload what
  /// others changed and to record refused sign-ins.
  virtual void start(db::Store&, const base::Clock&) = 0;
  /// To hand to `logbook::Log::listen`: reloads what other processes changed.
  virtual logbook::Log::Listener listener() = 0;
  virtual request::OneUse& node_link() = 0;  // scheme WORD.node
  virtual request::Routes routes() = 0;
  virtual jobs::Jobs jobs() = 0;

  /// For access.cases and OpenAPI: every built-in role with the permissions it holds, both sorted.
  struct Role {
    std::string name;
    std::vector<std::string> permissions;
  };
  virtual std::vector<Role> roles() const = 0;

  struct Stats {
    std::int64_t scopes, principals, bindings, credentials, resources;
  };
  virtual Stats stats() const = 0;
};
/// Additions that name no built-in role are errors (`manifest_refused`).
base::Result<std::unique_ptr<Iam>> make_iam(Options);

// The tree, for those who attribute what was used.

/// The path (organization first, scope last; at the platform only that) that the tree had at `at`. Errors: `not_found`
/// (the scope was not there then).
base::Result<std::vector<Scope>> path_at(db::Snapshot&, const Scope&, base::Instant at);
/// The path now, whatever the clock says.
base::Result<std::vector<Scope>> path_of(db::Snapshot&, const Scope&);
/// No edge of this organization will begin before `until` any more. Called in the transaction that files paths of
/// events that end by then; `until` is not after the server's now.
void freeze(db::Tx&, OrganizationId, base::Instant until);
/// The latest `until` of its freezes; 1970 before the first.
base::Instant frozen_until(db::Snapshot&, OrganizationId);
/// "acme/research/vision", with the names that the scopes have now; "platform".
std::string path_text(db::Snapshot&, std::span<const Scope> path);

/// Who they are, for lists that show people.
struct PrincipalName {
  PrincipalKind kind;
  std::string name;
};
std::optional<PrincipalName> principal_name(db::Snapshot&, PrincipalId);

/// How ids are shown to people, for the modules that may not know iam: principals by name, scopes by path.
request::Names names();

// Resources, for the products that create them (the runner registers, see Authorizer::add_resource).

struct Resource {
  std::string id;
  std::string type;
  std::string name;
  Scope scope;
  PrincipalId created_by;
  std::optional<BindingId> created_by_binding;
  base::Instant created_at;
  std::optional<base::Instant> removed_at;
};
std::optional<Resource> resource(db::Snapshot&, std::string_view id);
/// Frees its name; it can still be found by id. False when it was removed before, or never was.
bool remove_resource(db::Tx&, std::string_view id, base::Instant now);

/// Nodes: whether this node's link stands; whoever holds links says so. False when it said so already.
enum class NodeState { linked, lost };
BOOST_DESCRIBE_ENUM(NodeState, linked, lost)
bool set_node_state(db::Tx&, PrincipalId node, NodeState, base::Instant now);

/// Lineage: the binding that allowed a resource's creation.
std::unique_ptr<request::LineageSource> lineage();

// The house's own hand: what main does at bootstrap, and what tests and demonstrations build their worlds with. None of
// it is decided by anyone, so no route reaches it. An index that was started before learns of it only by the log, so
// call it before `start`, or call `Iam::start` again.
namespace house {

/// Errors: `name_taken`, `invalid` (a name that is none).
base::Result<OrganizationId> add_organization(db::Tx&, const request::Env&, PrincipalId by, std::string_view name);
base::Result<DepartmentId> add_department(db::Tx&, const request::Env&, PrincipalId by, const Scope& parent,
                                          std::string_view name);
base::Result<ProjectId> add_project(db::Tx&, const request::Env&, PrincipalId by, const Scope& parent,
                                    std::string_view name);
/// From `at` on, which is after it came to where it lies, the scope lies under `parent`, with all below it. For worlds
/// that are still being built: no authority that ends by it is taken away. Errors: `not_found`, `name_taken`, `invalid`
/// (another organization, below itself, or `at` is frozen).
base::Result<void> move(db::Tx&, const Scope&, const Scope& parent, base::Instant at);
/// Without a product, as the runner registers what one creates. Errors: `not_found` (its scope), `name_taken`.
base::Result<void> add_resource(db::Tx&, const Resource&);
/// Without a password nobody signs in as this user. Hashing takes a tenth of a second. Errors: `mail_taken`.
base::Result<PrincipalId> add_user(db::Tx&, const request::Env&, PrincipalId by, OrganizationId home,
                                   std::string_view name, std::string_view mail, std::string_view password = {});
base::Result<PrincipalId> add_service_account(db::Tx&, const request::Env&, PrincipalId by, OrganizationId home,
                                              std::string_view name);
/// Errors: `binding_exists`, `role_unknown`.
base::Result<BindingId> bind(db::Tx&, const request::Env&, PrincipalId by, PrincipalId, std::string_view role,
                             const Scope&, std::string_view note = {});
/// The secret text of a new key, `gpk_…`.
std::string add_api_key(db::Tx&, const request::Env&, PrincipalId, std::string_view name);
/// The secret text of a token with which one node may join once within `join_token_time`.
std::string add_join_token(db::Tx&, const request::Env&, PrincipalId by, std::string_view note);

struct BootstrapOptions {
  std::string organization = "acme";
  std::string department = "research";
  std::string mail = "admin@acme.test";
  bool admin_key = false;  // make one
};
struct Bootstrapped {
  OrganizationId organization;
  PrincipalId admin;
  std::string mail;
  std::string password = {};   // empty: the admin was there already
  std::string admin_key = {};  // empty: not asked for
  std::string join_token;
};
/// Makes what is missing and leaves alone what is there; the join token is always a new one.
base::Result<Bootstrapped> bootstrap(db::Tx&, const request::Env&, const BootstrapOptions&);
/// A new password for that user, whose sign-in sessions end. Errors: `not_found`.
base::Result<std::string> reset_password(db::Tx&, const request::Env&, std::string_view mail);

}  // namespace house
}  // namespace iam
