// How the world gets in. Handlers of a few lines: what they call is in the file of its noun.
#include "platform/iam/services.hpp"
#include "shared/base/check.hpp"
#include "shared/crypto/crypto.hpp"

namespace iam {
namespace {

using base::Error;
using base::Result;
using request::Call;
using request::DELETE;
using request::POST;

constexpr std::size_t password_min = 10;

template <class T, class View, class From>
base::Page<T> view_page(base::Page<From> rows, View view) {
  base::Page<T> page{.items = {}, .next = std::move(rows.next)};
  for (From& each : rows.items) page.items.push_back(view(each));
  return page;
}

PrincipalView view_person(const store::Person& person) {
  return {.id = person.id,
          .kind = person.kind,
          .name = person.name,
          .mail = person.mail,
          .state = person.state == store::State::active ? "active" : "disabled"};
}

ApiKeyView view_key(const store::ApiKey& key) {
  return {.id = key.id,
          .name = key.name,
          .principal = key.principal,
          .created_at = key.created_at,
          .expires_at = key.expires_at};
}

std::optional<OrganizationId> organization_of(const request::Authority& authority) {
  const auto* organization = std::get_if<OrganizationId>(&authority.path.front());
  return organization ? std::optional{*organization} : std::nullopt;
}

// From the index where it knows: on PostgreSQL a change that reads the tree collides with whoever makes scopes, and one
// that takes authority away must not wait its turn among them.
std::string path_of_scope(const Core& core, db::Snapshot& snapshot, const Scope& scope) {
  auto known = core.index().view(scope);
  return known ? std::move(known->path) : path_text(store::path_up(snapshot, scope));
}

// A page's scope is the one in its path, so that three routes share one handler.
Result<base::Page<BindingView>> list_bindings(db::Snapshot& snapshot, const Call<binding_list, base::Cursor>& call) {
  const Scope scope = call.granted.authority().scope();
  const std::string path = path_text(store::path_up(snapshot, scope));
  return view_page<BindingView>(store::bound_at(snapshot, scope, call.input),
                                [&](const store::Bound& each) { return view_binding(each, path); });
}

auto create_binding(const Core& core) {
  return [&core](db::Tx& tx, const Call<binding_create, NewBinding>& call) -> Result<BindingView> {
    const request::Authority& authority = call.granted.authority();
    if (auto narrow = check_width(core.built_in(), tx, call.granted.principal(), authority.scope(), call.input.role,
                                  call.env.now);
        !narrow)
      return narrow.error();
    auto id = add_binding(core.built_in(), tx, call.env, call.granted.principal(), authority.scope(),
                          organization_of(authority), call.input);
    if (!id) return id.error();
    return view_binding(*store::bound(tx, *id), path_of_scope(core, tx, authority.scope()));
  };
}

auto delete_binding(const Core& core) {
  return [&core](db::Tx& tx, const Call<binding_remove, OneBinding>& call) -> Result<BindingView> {
    const request::Authority& authority = call.granted.authority();
    // Whoever could not have given a role cannot take it: else a lower admin locks the owner out.
    if (const auto held = store::held(tx, call.input.binding); held && held->scope == authority.scope())
      if (auto narrow =
              check_width_on(core.built_in(), tx, call.granted.principal(), authority.path, held->role, call.env.now);
          !narrow)
        return narrow.error();
    auto removed = remove_binding(tx, call.env, call.granted.principal(), authority.path, call.input.binding);
    if (!removed) return removed.error();
    return view_binding(*store::bound(tx, call.input.binding), path_of_scope(core, tx, authority.scope()));
  };
}

// Whoever makes a tenant owns it until an owner says otherwise: what is held at the platform reaches into no
// organization, so that nobody else could let anyone in.
auto create_organization(const Core& core) {
  return [&core](db::Tx& tx, const Call<organization_create, NewOrganization>& call) -> Result<ScopeView> {
    if (const base::Currency& sold_in = core.options().currency; call.input.currency.value_or(sold_in) != sold_in)
      return Error{base::invalid, "an account here is in " + sold_in.code + ", as the prices are", "/currency"};
    const PrincipalId founder = call.granted.principal();
    auto id = add_organization(tx, call.env, founder, call.input.name);
    if (!id) return id.error();
    auto owner = house::bind(tx, call.env, founder, founder, owner_role, Scope{*id}, "founder");
    if (!owner) return owner.error();
    return view_scope(tx, Scope{*id});
  };
}

Result<ScopeView> create_department(db::Tx& tx, const Call<department_create, NewScope>& call) {
  auto id =
      add_scope<DepartmentId>(tx, call.env, call.granted.principal(), call.granted.authority().path, call.input.name);
  if (!id) return id.error();
  return view_scope(tx, Scope{*id});
}

auto create_project(const Core& core) {
  return [&core](db::Tx& tx, const Call<project_create, NewScope>& call) -> Result<ScopeView> {
    const request::Authority& authority = call.granted.authority();
    auto id = add_scope<ProjectId>(tx, call.env, call.granted.principal(), authority.path, call.input.name);
    if (!id) return id.error();
    return ScopeView{.id = Scope{*id},
                     .kind = ScopeKind::project,
                     .name = call.input.name,
                     .path = path_of_scope(core, tx, authority.scope()) + "/" + call.input.name,
                     .parent = authority.scope(),
                     .created_at = call.env.now};
  };
}

template <const request::Permission& P>
auto read_scope(const Core& core) {
  return
      [&core](const Call<P>& call) -> Result<ScopeView> { return view_scope(core, call.granted.authority().scope()); };
}

Result<Me> read_me(db::Snapshot& snapshot, const Call<principal_self>& call) {
  const auto person = store::person(snapshot, call.granted.principal());
  if (!person) return Error{base::not_found};
  Me me{
      .principal = person->id, .kind = person->kind, .name = person->name, .mail = person->mail, .home = person->home};
  if (call.env.credential_id.starts_with(SessionId::prefix)) me.csrf = store::csrf(snapshot, call.env.credential_id);
  for (const store::Held& each : store::held_by(snapshot, person->id))
    if (each.effect == store::Effect::allow && (!each.expires_at || *each.expires_at > call.env.now))
      me.roles.push_back({each.role, each.scope, path_text(store::path_up(snapshot, each.scope))});
  return me;
}

Result<request::Reply<Ended>> end_own_session(db::Tx& tx, const Core& core, const request::Env& env) {
  const std::string id{env.credential_id};
  if (!id.starts_with(SessionId::prefix) || !store::end_session(tx, id, env.now))
    return Error{base::not_found, "not signed in by a session"};
  return request::Reply<Ended>{
      .body = {.id = id}, .headers = {{"Set-Cookie", core.options().word + "_session=; Path=/; HttpOnly; Max-Age=0"}}};
}

struct PreparedPassword {
  std::string hash;
  std::optional<std::string> made;  // shown once
};

Result<PreparedPassword> prepare_password(const db::Reader&, const Call<user_create, NewUser>& call) {
  PreparedPassword prepared;
  if (!call.input.password) prepared.made = new_password();
  const std::string& password = prepared.made ? *prepared.made : call.input.password->reveal();
  if (password.size() < password_min || password.size() > crypto::password_max)
    return Error{base::invalid, "a password has 10 to 1024 bytes", "/password"};
  prepared.hash = crypto::password_hash(password);
  return prepared;
}

Result<PrincipalView> create_user(db::Tx& tx, const Call<user_create, NewUser>& call,
                                  const PreparedPassword& prepared) {
  auto mail = mail_from_text(call.input.mail);
  if (!mail) return mail.error();
  auto id = add_person(tx, call.env, call.granted.principal(),
                       {.kind = PrincipalKind::user,
                        .home = call.granted.organization(),
                        .name = call.input.name,
                        .mail = *mail,
                        .password_hash = prepared.hash});
  if (!id) return id.error();
  return PrincipalView{.id = *id,
                       .kind = PrincipalKind::user,
                       .name = call.input.name,
                       .mail = *mail,
                       .state = "active",
                       .password = prepared.made};
}

Result<PrincipalView> create_service_account(db::Tx& tx, const Call<service_account_create, NewServiceAccount>& call) {
  auto id = add_person(
      tx, call.env, call.granted.principal(),
      {.kind = PrincipalKind::service_account, .home = call.granted.organization(), .name = call.input.name});
  if (!id) return id.error();
  return PrincipalView{.id = *id, .kind = PrincipalKind::service_account, .name = call.input.name, .state = "active"};
}

Result<PrincipalView> disable_principal(db::Tx& tx, const Call<principal_disable, OnePrincipal>& call) {
  if (auto disabled = disable_person(tx, call.env, call.input.principal); !disabled) return disabled.error();
  const auto person = store::person(tx, call.input.principal);
  CHECK(person.has_value());
  return view_person(*person);
}

// A user's key is made by that user alone: else whoever administers a user's home could act as them elsewhere.
Result<ApiKeyView> create_key(db::Tx& tx, const Call<api_key_create, NewApiKey>& call, const std::string& token) {
  const PrincipalId principal = call.input.principal.value_or(call.granted.principal());
  if (auto named = check_name(call.input.name); !named) return named.error();
  if (call.input.expires_at && *call.input.expires_at <= call.env.now)
    return Error{base::invalid, "it would be over already", "/expires_at"};
  const auto person = store::person(tx, principal);
  if (!person || person->home != call.granted.organization() || person->state != store::State::active)
    return Error{base::invalid, "not an active principal of this organization", "/principal"};
  if (principal != call.granted.principal() && person->kind != PrincipalKind::service_account)
    return Error{base::forbidden, "a user's key is made by that user", "/principal"};
  NewKey made = add_key(tx, call.env, call.granted.principal(), *person, call.input.name, call.input.expires_at, token);
  ApiKeyView view = view_key(made.key);
  view.token = std::move(made.token);
  return view;
}

Result<ApiKeyView> delete_key(db::Tx& tx, const Call<api_key_remove, OneKey>& call) {
  const auto key = store::key(tx, call.granted.organization(), call.input.key);
  if (!key || !store::remove_key(tx, call.granted.organization(), call.input.key, call.env.now))
    return Error{base::not_found};
  raise_epoch(tx, Scope{call.granted.organization()}, call.input.key.text());
  return view_key(*key);
}

Result<base::Page<ResourceView>> list_resources(db::Snapshot& snapshot,
                                                const Call<resource_list, ListResources>& call) {
  const base::Cursor cursor{.after = call.input.after, .limit = call.input.limit};
  return view_page<ResourceView>(
      store::resources_of(snapshot, call.granted.organization(), call.input.name, call.input.type, cursor),
      [&](const Resource& each) {
        return ResourceView{.id = each.id,
                            .type = each.type,
                            .name = each.name,
                            .scope = each.scope,
                            .path = path_text(store::path_up(snapshot, each.scope)),
                            .created_at = each.created_at,
                            .removed_at = each.removed_at};
      });
}

Result<base::Page<RoleView>> list_roles(const Core& core, const base::Cursor& cursor) {
  std::vector<RoleView> all;
  for (Iam::Role& each : core.roles()) all.push_back({std::move(each.name), std::move(each.permissions)});
  return request::page_of(std::move(all), cursor, [](const RoleView& each) { return each.name; });
}

NodeView view_node(const store::Node& node) {
  return {.id = node.id,
          .name = node.name,
          .state = node.state,
          .since = node.since,
          .joined_at = node.joined_at,
          .capacity = json::Json{node.capacity}};
}

// Whoever holds no node's key comes here with a credential of another kind, and finds nothing.
Result<request::Attach> open_link(db::Snapshot& snapshot, const Call<node_link>& call) {
  const auto person = store::person(snapshot, call.granted.principal());
  if (!person || person->kind != PrincipalKind::node || person->state != store::State::active)
    return Error{base::not_found};
  return request::Attach{call.granted.principal()};
}

void add_sign_in(request::Routes& routes, Core& core) {
  routes
      .anyone<session_create>(
          POST, "/v1/sign-in", "a person without a session proves who they are",
          [&core](const db::Reader& reader, const Call<session_create, SignIn>& call) {
            return verify_sign_in(core, reader, call.input, call.env.now);
          },
          [&core](db::Tx& tx, const Call<session_create, SignIn>& call, const Verified& who)
              -> Result<request::Reply<SignedIn>> { return start_session(core, tx, call.env, who); },
          {.status = 201,
           .reasons = {sign_in_refused, request::rate_limited},
           .summary = "Sign in by mail address and password"})
      .change<session_end>(
          DELETE, "/v1/sign-in",
          [&core](db::Tx& tx, const Call<session_end>& call) { return end_own_session(tx, core, call.env); },
          {.bulk = true, .summary = "End the own sign-in session"})
      .read<principal_self>("/v1/me", read_me, {.bulk = true, .summary = "Who the caller is"});
}

void add_tree(request::Routes& routes, const Core& core) {
  const std::vector<base::Reason> named{request::name_taken};
  routes
      .read<scope_list>("/v1/scopes",
                        [&core](db::Snapshot& snapshot, const Call<scope_list, base::Cursor>& call) {
                          return list_scopes(core, snapshot, call.granted.principal(), call.input, call.env.now);
                        },
                        {.bulk = true, .summary = "The tree, as far as the caller sees it"})
      .read_memory<organization_read>("/v1/organizations/{organization}", read_scope<organization_read>(core))
      .read_memory<department_read>("/v1/departments/{department}", read_scope<department_read>(core))
      .read_memory<project_read>("/v1/projects/{project}", read_scope<project_read>(core))
      .change<organization_create>(POST, "/v1/organizations", create_organization(core),
                                   {.status = 201, .reasons = named, .summary = "Create an organization"})
      .change<department_create>(POST, "/v1/organizations/{organization}/departments", create_department,
                                 {.status = 201, .reasons = named, .summary = "Create a department"})
      .change<department_create>(POST, "/v1/departments/{department}/departments", create_department,
                                 {.status = 201, .reasons = named, .summary = "Create a department in a department"})
      .change<project_create>(POST, "/v1/departments/{department}/projects", create_project(core),
                              {.status = 201, .reasons = named, .summary = "Create a project"})
      .change<project_create>(POST, "/v1/organizations/{organization}/projects", create_project(core),
                              {.status = 201, .reasons = named, .summary = "Create a project in an organization"});
}

void add_people(request::Routes& routes) {
  routes
      .read<principal_list>("/v1/organizations/{organization}/principals",
                            [](db::Snapshot& snapshot,
                               const Call<principal_list, base::Cursor>& call) -> Result<base::Page<PrincipalView>> {
                              return view_page<PrincipalView>(
                                  store::people_of(snapshot, call.granted.organization(), call.input), view_person);
                            },
                            {.summary = "Who has this organization as home"})
      .change<user_create>(POST, "/v1/organizations/{organization}/users", prepare_password, create_user,
                           {.status = 201, .reasons = {mail_taken}, .secret = "password", .summary = "Create a user"})
      .change<service_account_create>(POST, "/v1/organizations/{organization}/service-accounts", create_service_account,
                                      {.status = 201, .summary = "Create a service account"})
      .change<principal_disable>(POST, "/v1/principals/{principal}/disable", disable_principal,
                                 {.summary = "Disable a principal everywhere"})
      .change<api_key_create>(POST, "/v1/organizations/{organization}/api-keys",
                              [](const db::Reader&, const Call<api_key_create, NewApiKey>&) -> Result<std::string> {
                                return new_key_token();
                              },
                              create_key,
                              {.status = 201, .secret = "token", .summary = "Create an API key, shown once"})
      .read<api_key_list>(
          "/v1/organizations/{organization}/api-keys",
          [](db::Snapshot& snapshot, const Call<api_key_list, base::Cursor>& call) -> Result<base::Page<ApiKeyView>> {
            return view_page<ApiKeyView>(store::keys_of(snapshot, call.granted.organization(), call.input), view_key);
          })
      .change<api_key_remove>(DELETE, "/v1/organizations/{organization}/api-keys/{key}", delete_key);
}

void add_bindings(request::Routes& routes, const Core& core) {
  for (const std::string_view at :
       {"/v1/organizations/{organization}", "/v1/departments/{department}", "/v1/projects/{project}"}) {
    const std::string path = std::string{at} + "/bindings";
    routes.read<binding_list>(path, list_bindings, {.summary = "Who holds a role here"})
        .change<binding_create>(POST, path, create_binding(core),
                                {.status = 201,
                                 .reasons = {binding_exists, role_unknown, role_wider},
                                 .summary = "Give a principal a role here"})
        .change<binding_remove>(DELETE, path + "/{binding}", delete_binding(core),
                                {.reasons = {role_wider}, .summary = "Take a role away"});
  }
  routes
      .read_memory<role_list>(
          "/v1/roles", [&core](const Call<role_list, base::Cursor>& call) { return list_roles(core, call.input); },
          {.bulk = true, .summary = "The roles and what they hold"})
      .read<resource_list>("/v1/organizations/{organization}/resources", list_resources,
                           {.summary = "Resources by name and type"})
      .change<access_check>(
          POST, "/v1/access-check",
          [&core](db::Tx& tx, const Call<access_check, AccessQuestion>& call) {
            return check_access(core, tx, call.granted.principal(), call.input, call.env.now);
          },
          {.bulk = true, .keyless = true, .summary = "Whether a principal may, and by which binding"});
}

void add_nodes(request::Routes& routes, const Core& core) {
  routes
      .anyone<node_join>(POST, "/v1/node-joins", "a machine shows the join token that an operator gave it",
                         [&core](db::Tx& tx, const Call<node_join, JoinNode>& call) -> Result<Joined> {
                           auto id = join_node(core.built_in(), tx, call.env, call.input);
                           if (!id) return id.error();
                           return Joined{*id, *id};
                         },
                         {.status = 201, .reasons = {join_refused}, .summary = "Join as a node"})
      .anyone<node_challenge>(POST, "/v1/node-challenges", "a node asks for what it must sign",
                              [](db::Tx& tx, const Call<node_challenge, OneNode>& call) -> Result<Challenge> {
                                auto challenge = challenge_node(tx, call.env, call.input.node);
                                if (!challenge) return challenge.error();
                                return Challenge{std::move(*challenge)};
                              },
                              {.summary = "A challenge for a node's link"})
      .stream<node_link>("/v1/node-link", open_link, {.bulk = true, .summary = "A node's link, as a WebSocket"})
      .change<join_token_create>(
          POST, "/v1/join-tokens",
          [](const db::Reader&, const Call<join_token_create, NewJoinToken>&) -> Result<std::string> {
            return new_join_token();
          },
          [](db::Tx& tx, const Call<join_token_create, NewJoinToken>& call,
             const std::string& token) -> Result<JoinTokenView> {
            const std::string note = call.input.note.value_or("");
            const auto id = add_join_token(tx, call.env, call.granted.principal(), note, token);
            return JoinTokenView{id, note, call.env.now + join_token_time, token};
          },
          {.status = 201, .secret = "token", .summary = "A token with which one node may join"})
      .read<node_list>(
          "/v1/nodes",
          [](db::Snapshot& snapshot, const Call<node_list, base::Cursor>& call) -> Result<base::Page<NodeView>> {
            return view_page<NodeView>(store::nodes(snapshot, call.input), view_node);
          },
          {.summary = "The nodes that joined"});
}

struct ExpiredBinding {
  Scope scope;
  BindingId binding;
};
BOOST_DESCRIBE_STRUCT(ExpiredBinding, (), (scope, binding))

}  // namespace

request::Routes Core::routes() {
  request::Routes routes{"iam"};
  add_sign_in(routes, *this);
  add_tree(routes, *this);
  add_people(routes);
  add_bindings(routes, *this);
  add_nodes(routes, *this);
  return routes;
}

// A binding ends with its time, not with this job: decisions look at the time. The job raises the epoch, so that
// streams which were allowed by it end too, and frees the place for another.
jobs::Jobs Core::jobs() {
  return jobs::Jobs{"iam"}.every<binding_expire>(
      std::chrono::seconds{1},
      [](db::Snapshot& snapshot, const request::Env& env) {
        std::vector<ExpiredBinding> due;
        for (const store::Held& each : store::expired(snapshot, env.now)) due.push_back({each.scope, each.id});
        return due;
      },
      [](db::Tx& tx, const Call<binding_expire, ExpiredBinding>& call) -> Result<bool> {
        const auto held = store::held(tx, call.input.binding);
        if (!held || !held->expires_at || *held->expires_at > call.env.now) return false;
        auto removed =
            remove_binding(tx, call.env, call.granted.principal(), call.granted.authority().path, call.input.binding);
        if (!removed) return removed.error();
        return true;
      });
}

}  // namespace iam
