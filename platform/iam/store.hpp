// The SQL of iam, and only of its own tables; in store_*.cpp, a file a noun. Rows come out as domain types; nothing
// here decides. `Live` in a name: neither closed nor removed.
#pragma once

#include "platform/iam/iam.hpp"
#include "shared/base/page.hpp"

namespace iam::store {

// The tree (store_tree.cpp).

struct Place {
  Scope id;
  Scope parent;  // of an organization the platform
  std::string name;
  base::Instant created_at;
};
/// The live scope with those above it, organization first; empty when there is none.
std::vector<Place> path_up(db::Snapshot&, const Scope&);
std::vector<Place> places_of(db::Snapshot&, OrganizationId);
std::vector<Place> all_places(db::Snapshot&);  // parents anywhere in the list
std::optional<Place> place(db::Snapshot&, const Scope&);
std::optional<OrganizationId> organization_by_name(db::Snapshot&, std::string_view name);
std::vector<Place> organizations(db::Snapshot&);

struct Edge {
  Scope parent;
  base::Instant valid_from;
};
std::optional<Edge> edge_at(db::Snapshot&, const Scope&, base::Instant);
std::optional<Edge> first_edge(db::Snapshot&, const Scope&);
/// False when the parent has a live child of that name.
bool insert_scope(db::Tx&, const Scope&, OrganizationId, const Scope& parent, std::string_view name, PrincipalId by,
                  base::Instant now, base::Instant valid_from);
/// False when the new parent has a live child of that name.
bool move_scope(db::Tx&, const Place&, const Scope& parent, base::Instant at);
void insert_attribution(db::Tx&, OrganizationId);
void raise_attribution(db::Tx&, OrganizationId, base::Instant until);
base::Instant attributed_until(db::Snapshot&, OrganizationId);

// Epochs. `scope` is an organization or the platform.
std::int64_t epoch(db::Snapshot&, const Scope&);
std::int64_t epoch_shared(db::Tx&, const Scope&);  // FOR SHARE
std::vector<std::pair<Scope, std::int64_t>> all_epochs(db::Snapshot&);
void insert_epoch(db::Tx&, OrganizationId);
/// `about`: the binding, principal or key whose authority ends or narrows.
void raise_epoch(db::Tx&, const Scope&, std::string_view about);
std::vector<std::string> changes_since(db::Snapshot&, const Scope&, std::int64_t epoch);

// Principals (store_people.cpp).

enum class State { active, disabled };
BOOST_DESCRIBE_ENUM(State, active, disabled)

struct Person {
  PrincipalId id;
  PrincipalKind kind;
  std::optional<OrganizationId> home;
  std::string name;
  std::optional<std::string> mail;
  State state = State::active;
};
std::optional<Person> person(db::Snapshot&, PrincipalId);
std::optional<Person> person_by_mail(db::Snapshot&, std::string_view mail);
/// Of an organization, by name; users and service accounts may share one, so several.
std::vector<Person> people_named(db::Snapshot&, OrganizationId, std::string_view name);
std::vector<Person> all_people(db::Snapshot&);
base::Page<Person> people_of(db::Snapshot&, OrganizationId, const base::Cursor&);
/// False when the mail address, the node's name, or the service account's name at its home is taken.
bool insert_person(db::Tx&, const Person&, PrincipalId by, base::Instant now);
bool disable(db::Tx&, PrincipalId);
void put_password(db::Tx&, PrincipalId, std::string_view hash, base::Instant now);
std::optional<std::string> password(db::Snapshot&, PrincipalId);

// Credentials (store_secrets.cpp). A hash is the base64url of a token's SHA-256.

struct Credential {
  std::string id;  // of the key or sign-in session
  PrincipalId principal;
  std::string hash;
  base::Instant expires_at;  // the end of time for a key without
};
std::vector<Credential> live_credentials(db::Snapshot&, base::Instant now);
/// What is live of one; nothing when it ended.
std::optional<Credential> credential_by_id(db::Snapshot&, std::string_view id);
std::optional<Credential> credential_by_hash(db::Snapshot&, std::string_view hash);

void insert_session(db::Tx&, SessionId, std::string_view hash, std::string_view csrf, PrincipalId, base::Instant now,
                    base::Instant expires_at);
std::optional<std::string> csrf(db::Snapshot&, std::string_view session);
bool end_session(db::Tx&, std::string_view id, base::Instant now);
int end_sessions_of(db::Tx&, PrincipalId, base::Instant now);

struct ApiKey {
  ApiKeyId id;
  PrincipalId principal;
  std::string name;
  base::Instant created_at;
  std::optional<base::Instant> expires_at;
};
void insert_key(db::Tx&, const ApiKey&, std::optional<OrganizationId> home, std::string_view hash, PrincipalId by);
base::Page<ApiKey> keys_of(db::Snapshot&, OrganizationId, const base::Cursor&);
std::optional<ApiKey> key(db::Snapshot&, OrganizationId, ApiKeyId);
bool remove_key(db::Tx&, OrganizationId, ApiKeyId, base::Instant now);

// Bindings (store_bindings.cpp).

enum class Effect { allow, deny };
BOOST_DESCRIBE_ENUM(Effect, allow, deny)

struct Held {
  BindingId id;
  PrincipalId principal;
  Scope scope;
  std::optional<OrganizationId> organization;  // the scope's
  std::string role;
  Effect effect = Effect::allow;
  std::optional<base::Instant> expires_at = {};
};
struct Bound : Held {
  std::string principal_name;
  std::string note;
  PrincipalId created_by;
  std::string created_by_name;
  base::Instant created_at;
};
std::vector<Held> held_by(db::Snapshot&, PrincipalId);
std::vector<Held> held_at(db::Snapshot&, const Scope&);
std::vector<Held> all_held(db::Snapshot&);
std::optional<Held> held(db::Snapshot&, BindingId);    // nothing when removed
std::optional<Bound> bound(db::Snapshot&, BindingId);  // removed or not
base::Page<Bound> bound_at(db::Snapshot&, const Scope&, const base::Cursor&);
bool insert_binding(db::Tx&, const Held&, std::string_view note, PrincipalId by, base::Instant now);
bool remove_binding(db::Tx&, const Scope&, BindingId, PrincipalId by, base::Instant now);
std::vector<Held> expired(db::Snapshot&, base::Instant now);  // a few hundred at most

// Resources (store_resources.cpp).

std::optional<Scope> resource_scope(db::Snapshot&, std::string_view id);
bool insert_resource(db::Tx&, const Resource&, std::optional<OrganizationId>);
base::Page<Resource> resources_of(db::Snapshot&, OrganizationId, std::string_view name, std::string_view type,
                                  const base::Cursor&);

// Nodes (store_nodes.cpp).

void insert_join_token(db::Tx&, JoinTokenId, std::string_view hash, std::string_view note, PrincipalId by,
                       base::Instant now, base::Instant expires_at);
/// Who made it, if it is unused and not expired; it is used now.
std::optional<PrincipalId> use_join_token(db::Tx&, std::string_view hash, PrincipalId node, base::Instant now);

struct Node {
  PrincipalId id;
  std::string name;
  NodeState state;
  base::Instant since;
  base::Instant joined_at;
  std::string capacity;
};
void insert_node(db::Tx&, PrincipalId, std::string_view public_key, std::string_view capacity, base::Instant now);
std::optional<std::string> node_key(db::Snapshot&, PrincipalId);  // of an active one
base::Page<Node> nodes(db::Snapshot&, const base::Cursor&);
void put_challenge(db::Tx&, PrincipalId node, int slot, std::string_view challenge, base::Instant expires_at);
/// True once, for an unexpired challenge of this node.
bool use_challenge(db::Tx&, PrincipalId node, std::string_view challenge, base::Instant now);

}  // namespace iam::store
