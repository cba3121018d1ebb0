// Three ways to decide give one answer: the index, the tables, and an evaluator that is obvious and slow. Random trees,
// people, bindings, denials and expiries, while the clock moves on and bindings come and go.
#include <algorithm>

#include "platform/iam/fixture.hpp"

namespace iam {
namespace {

// What the test itself knows of the world, as plain lists.
struct World {
  struct Place {
    Scope id;
    Scope parent;
  };
  struct Binding {
    BindingId id;
    PrincipalId who;
    Scope at;
    std::string role;
    bool deny;
    std::optional<base::Instant> until;
  };
  std::vector<Place> places;
  std::vector<PrincipalId> people;
  std::set<PrincipalId> disabled;
  std::vector<Binding> bindings;
  std::map<std::string, Scope> resources;
  std::map<std::string, std::vector<std::string>> roles;

  Scope parent_of(const Scope& scope) const { return std::ranges::find(places, scope, &Place::id)->parent; }

  // Is `at` the scope itself or one above it? The platform is above nothing but itself.
  bool reaches(const Scope& at, Scope scope) const {
    if (std::holds_alternative<request::PlatformId>(at)) return at == scope;
    while (!std::holds_alternative<request::PlatformId>(scope)) {
      if (scope == at) return true;
      scope = parent_of(scope);
    }
    return false;
  }

  bool allows(PrincipalId who, const std::string& permission, const Scope& scope, base::Instant now) const {
    if (disabled.contains(who)) return false;
    bool allowed = false;
    for (const Binding& each : bindings) {
      const auto& held = roles.at(each.role);
      const bool counts = each.who == who && reaches(each.at, scope) && (!each.until || now < *each.until) &&
                          std::ranges::find(held, permission) != held.end();
      if (counts && each.deny) return false;
      allowed = allowed || counts;
    }
    return allowed;
  }
};

constexpr std::array roles{"owner", "department-admin", "project-admin", "project-member", "viewer", "auditor"};
constexpr std::array<request::Permission, 6> permissions{{{"iam.project.read"},
                                                          {"iam.project.create"},
                                                          {"iam.binding.create"},
                                                          {"log.record.list"},
                                                          {"lamps.lamp.create"},
                                                          {"billing.credit.grant"}}};

class Decide : public test::OnEveryEngine {
 protected:
  void SetUp() override {
    house_ = std::make_unique<House>(GetParam());
    for (const Iam::Role& each : house_->iam->roles()) world_.roles[each.name] = each.permissions;
  }
  void TearDown() override {
    house_.reset();
    OnEveryEngine::TearDown();
  }

  template <class T>
  const T& any_of(const std::vector<T>& from) {
    return from[random_.below(from.size())];
  }

  void grow() {
    const PrincipalId house{};
    const auto grown = house_->change([&](db::Tx& tx, const request::Env& env) -> base::Result<bool> {
      world_.places.clear();
      world_.people.clear();
      std::vector<OrganizationId> organizations;
      for (const char* name : {"one", "two"}) {
        organizations.push_back(*house::add_organization(tx, env, house, name));
        world_.places.push_back({Scope{organizations.back()}, Scope{request::platform}});
      }
      for (int i = 0; i < 12; ++i) {
        const Scope parent = any_of(world_.places).id;
        if (std::holds_alternative<ProjectId>(parent)) continue;
        const std::string name = "s" + std::to_string(i);
        if (random_.below(2) == 0)
          world_.places.push_back({Scope{*house::add_department(tx, env, house, parent, name)}, parent});
        else
          world_.places.push_back({Scope{*house::add_project(tx, env, house, parent, name)}, parent});
      }
      for (int i = 0; i < 5; ++i) {
        const std::string name = "u" + std::to_string(i);
        world_.people.push_back(*house::add_user(tx, env, house, any_of(organizations), name, name + "@test.test"));
      }
      return true;
    });
    ASSERT_TRUE(grown) << grown.error().detail;
    house_->iam->start(*house_->store, house_->clock);
  }

  // One thing changes, as a route would change it, and the index is told only what the route's resource says.
  void change_something() {
    request::Authority authority{.permission = &binding_create, .path = {Scope{request::platform}}};
    std::string resource;
    const auto dice = random_.below(10);
    if (dice < 6 || world_.bindings.empty()) {
      const bool at_platform = random_.below(8) == 0;
      World::Binding binding{.id = {},
                             .who = any_of(world_.people),
                             .at = at_platform ? Scope{request::platform} : any_of(world_.places).id,
                             .role = at_platform ? "platform-operator" : roles[random_.below(roles.size())],
                             .deny = random_.below(4) == 0,
                             .until = {}};
      if (random_.below(3) == 0) binding.until = house_->clock.now() + std::chrono::seconds{1 + random_.below(20)};
      authority.path = *house_->read([&](db::Snapshot& s) { return path_of(s, binding.at); });
      const auto made = house_->change([&](db::Tx& tx, const request::Env& env) -> base::Result<bool> {
        binding.id = BindingId::make(env.now, env.random);
        const auto* organization = std::get_if<OrganizationId>(&authority.path.front());
        const store::Held held{.id = binding.id,
                               .principal = binding.who,
                               .scope = binding.at,
                               .organization = organization ? std::optional{*organization} : std::nullopt,
                               .role = binding.role,
                               .effect = binding.deny ? store::Effect::deny : store::Effect::allow,
                               .expires_at = binding.until};
        if (binding.deny) raise_(tx, authority.path.front(), binding.id.text());
        return store::insert_binding(tx, held, "", PrincipalId{}, env.now);
      });
      if (!*made) return;  // it stood already
      world_.bindings.push_back(binding);
      resource = binding.id.text();
    } else if (dice < 9) {
      const std::size_t at = random_.below(world_.bindings.size());
      const World::Binding binding = world_.bindings[at];
      authority.path = *house_->read([&](db::Snapshot& s) { return path_of(s, binding.at); });
      ASSERT_TRUE(house_->change([&](db::Tx& tx, const request::Env& env) -> base::Result<bool> {
        raise_(tx, authority.path.front(), binding.id.text());
        return store::remove_binding(tx, binding.at, binding.id, PrincipalId{}, env.now);
      }));
      world_.bindings.erase(world_.bindings.begin() + static_cast<std::ptrdiff_t>(at));
      resource = binding.id.text();
    } else if (random_.below(4) == 0) {
      const PrincipalId who = any_of(world_.people);
      const auto ended = house_->change([&](db::Tx& tx, const request::Env&) -> base::Result<bool> {
        raise_(tx, Scope{request::platform}, who.text());
        return store::disable(tx, who);
      });
      ASSERT_TRUE(ended);
      world_.disabled.insert(who);
      resource = who.text();
    } else {
      house_->clock.pass(std::chrono::seconds{random_.below(10)});
      return;
    }
    house_->iam->applied(*house_->store, authority, resource);
  }

  static void raise_(db::Tx& tx, const Scope& front, std::string_view about) { store::raise_epoch(tx, front, about); }

  void compare(PrincipalId who, const request::Permission& permission, const Scope& scope) {
    const base::Instant now = house_->clock.now();
    const bool at_platform = permission.name == "billing.credit.grant";
    const bool expected =
        world_.allows(who, std::string{permission.name}, at_platform ? Scope{request::platform} : scope, now);
    const auto index = house_->iam->from_index(who, permission, request::Target{scope}, now);
    const auto tables = house_->read(
        [&](db::Snapshot& s) { return house_->iam->from_tables(s, who, permission, request::Target{scope}, now); });
    ++asked_;
    yes_ += expected;
    ASSERT_EQ(tables.has_value(), expected) << permission.name << " at " << request::text(scope);
    ASSERT_EQ(index.has_value(), expected) << permission.name << " at " << request::text(scope);
    if (!expected) return;
    ASSERT_EQ(index->by, tables->by);
    ASSERT_EQ(index->path, tables->path);
    ASSERT_EQ(index->authz_epoch, tables->authz_epoch);
  }

  std::unique_ptr<House> house_;
  World world_;
  base::Random::Key key_ = seed(0);
  base::Random random_{key_, 0, 0};
  int asked_ = 0;
  int yes_ = 0;

  static base::Random::Key seed(unsigned char number) {
    base::Random::Key key{};
    key[0] = number;
    return key;
  }
};
INSTANTIATE_TEST_SUITE_P(On, Decide, test::engines(), test::engine_name);

TEST_P(Decide, IndexTablesAndReferenceAgree) {
  grow();
  for (int round = 0; round < 150; ++round) {
    change_something();
    for (int i = 0; i < 8; ++i) {
      const Scope scope = random_.below(8) == 0 ? Scope{request::platform} : any_of(world_.places).id;
      compare(any_of(world_.people), permissions[random_.below(permissions.size())], scope);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(yes_, asked_ / 20);  // else it would show little
  EXPECT_LT(yes_, asked_ * 19 / 20);
}

TEST_P(Decide, APermissionOfThePlatformIsDecidedThereForAnOrganization) {
  static constexpr request::Permission grant{"billing.credit.grant"};
  const Scope acme{house_->first.organization};
  const auto yes = house_->iam->from_index(house_->first.admin, grant, request::Target{acme}, house_->clock.now());
  ASSERT_TRUE(yes);  // the admin is the platform's operator, not because they own acme
  EXPECT_EQ(yes->path, (std::vector<Scope>{acme}));
  const auto bound = house_->read([&](db::Snapshot& s) { return store::bound(s, *BindingId::parse(yes->by)); });
  EXPECT_EQ(bound->role, "platform-operator");
  // The platform's epoch is part of it: what takes the operator's role away makes it be decided again.
  ASSERT_TRUE(house_->change([&](db::Tx& tx, const request::Env& env) -> base::Result<bool> {
    raise_(tx, Scope{request::platform}, bound->id.text());
    return store::remove_binding(tx, Scope{request::platform}, bound->id, PrincipalId{}, env.now);
  }));
  const auto confirmed = house_->change([&](db::Tx& tx, const request::Env& env) {
    return house_->iam->confirm(tx, *yes, request::Target{acme}, env.now);
  });
  ASSERT_FALSE(confirmed);
  EXPECT_EQ(confirmed.error().reason, base::forbidden);
}

// No write stands after the revocation: whatever was decided before it is decided again at its commit.
TEST_P(Decide, AWriteDecidedBeforeARevocationDoesNotCommitAfterIt) {
  const PrincipalId admin = house_->first.admin;
  const auto ann = *house_->change([&](db::Tx& tx, const request::Env& env) {
    return house::add_user(tx, env, admin, house_->first.organization, "ann", "ann@acme.test");
  });
  const Scope acme{house_->first.organization};
  const auto binding = *house_->change(
      [&](db::Tx& tx, const request::Env& env) { return house::bind(tx, env, admin, ann, "owner", acme); });
  house_->iam->start(*house_->store, house_->clock);
  const auto decided = house_->iam->from_index(ann, project_create, request::Target{acme}, house_->clock.now());
  ASSERT_TRUE(decided);
  EXPECT_TRUE(house_->change([&](db::Tx& tx, const request::Env& env) {
    return house_->iam->confirm(tx, *decided, request::Target{acme}, env.now);
  }));
  ASSERT_TRUE(house_->change([&](db::Tx& tx, const request::Env& env) -> base::Result<bool> {
    raise_(tx, acme, binding.text());
    return store::remove_binding(tx, acme, binding, admin, env.now);
  }));
  // This process has not heard of it yet, and still says yes; its commit does not.
  EXPECT_TRUE(house_->iam->from_index(ann, project_create, request::Target{acme}, house_->clock.now()));
  const auto late = house_->change([&](db::Tx& tx, const request::Env& env) {
    return house_->iam->confirm(tx, *decided, request::Target{acme}, env.now);
  });
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().reason, base::forbidden);
}

}  // namespace
}  // namespace iam
