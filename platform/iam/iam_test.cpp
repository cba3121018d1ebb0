// What a person does with iam, over the routes and the runner that serve them.
#include "platform/iam/fixture.hpp"
#include "shared/crypto/crypto.hpp"

namespace iam {
namespace {

class Routes : public test::OnEveryEngine {
 protected:
  void SetUp() override {
    house_ = std::make_unique<House>(GetParam());
    acme_ = house_->first.organization.text();
    admin_ = house_->first.admin_key;
  }
  void TearDown() override {
    house_.reset();
    OnEveryEngine::TearDown();
  }

  Said get(const std::string& path, std::string_view credential) { return house_->ask("GET", path, credential); }
  Said post(const std::string& path, std::string_view credential, const std::string& body = "{}") {
    return house_->ask("POST", path, credential, body);
  }
  Said remove(const std::string& path, std::string_view credential) { return house_->ask("DELETE", path, credential); }

  std::string project(const std::string& name) {
    const Said made = post("/v1/organizations/" + acme_ + "/projects", admin_, R"({"name":")" + name + R"("})");
    EXPECT_EQ(made.status, 201) << made.body;
    return made.member("id");
  }
  // A user of acme with a key of their own.
  struct User {
    std::string id;
    std::string key;
  };
  User user(const std::string& name, OrganizationId home) {
    User made;
    const auto id = house_->change([&](db::Tx& tx, const request::Env& env) {
      auto added = house::add_user(tx, env, house_->first.admin, home, name, name + "@acme.test");
      if (added) made.key = house::add_api_key(tx, env, *added, "own");
      return added;
    });
    EXPECT_TRUE(id) << id.error().reason.word;
    made.id = id->text();
    return made;
  }
  User user(const std::string& name) { return user(name, house_->first.organization); }
  Said bind(const std::string& scope, const std::string& principal, const std::string& role,
            std::string_view credential) {
    return post(scope + "/bindings", credential, R"({"principal":")" + principal + R"(","role":")" + role + R"("})");
  }

  std::unique_ptr<House> house_;
  std::string acme_;
  std::string admin_;
};
INSTANTIATE_TEST_SUITE_P(On, Routes, test::engines(), test::engine_name);

TEST_P(Routes, AFreshPlatformHoldsOneOrganizationThatItsAdminOwns) {
  const Said me = get("/v1/me", admin_);
  EXPECT_EQ(me.status, 200) << me.body;
  EXPECT_EQ(me.member("mail"), "admin@acme.test");
  const Said scopes = get("/v1/scopes", admin_);
  EXPECT_EQ(scopes.items(), 3U) << scopes.body;  // platform, acme, research
  EXPECT_TRUE(scopes.body.contains("\"acme/research\""));
  EXPECT_EQ(get("/v1/organizations/" + acme_, admin_).member("path"), "acme");

  const auto again = house_->change([](db::Tx& tx, const request::Env& env) { return house::bootstrap(tx, env, {}); });
  ASSERT_TRUE(again);
  EXPECT_EQ(again->organization, house_->first.organization);
  EXPECT_EQ(again->password, "");
  EXPECT_NE(again->join_token, house_->first.join_token);
  EXPECT_EQ(get("/v1/scopes", admin_).items(), 3U);
}

TEST_P(Routes, SignInByPasswordOpensASessionThatEndsItself) {
  const std::string body = R"({"mail":"Admin@ACME.test","password":")" + house_->first.password + R"("})";
  const Said in = house_->ask("POST", "/v1/sign-in", "", body);
  ASSERT_EQ(in.status, 201) << in.body;
  const auto cookie = http::find(in.headers, "Set-Cookie");
  ASSERT_TRUE(cookie);
  EXPECT_TRUE(cookie->contains("HttpOnly") && cookie->contains("SameSite=Strict"));
  const std::string pair{cookie->substr(0, cookie->find(';'))};
  const std::string csrf = in.member("csrf");

  const auto by_cookie = [&](std::string_view method, const std::string& path, http::Headers more = {}) {
    more.emplace_back("Cookie", pair);
    return house_->ask(method, path, "", "", std::move(more));
  };
  EXPECT_EQ(by_cookie("GET", "/v1/me").member("csrf"), csrf);
  EXPECT_EQ(by_cookie("DELETE", "/v1/sign-in").reason(), "csrf_missing");
  EXPECT_EQ(by_cookie("DELETE", "/v1/sign-in", {{"X-CSRF-Token", csrf}}).reason(), "ok");
  EXPECT_EQ(by_cookie("GET", "/v1/me").reason(), "unauthenticated");
}

TEST_P(Routes, ASessionEndsWithItsTime) {
  const std::string body = R"({"mail":"admin@acme.test","password":")" + house_->first.password + R"("})";
  const Said in = house_->ask("POST", "/v1/sign-in", "", body);
  const auto cookie = http::find(in.headers, "Set-Cookie");
  const http::Headers sent{{"Cookie", std::string{cookie->substr(0, cookie->find(';'))}}};
  house_->clock.pass(session_time - std::chrono::seconds{1});
  EXPECT_EQ(house_->ask("GET", "/v1/me", "", "", sent).status, 200);
  house_->clock.pass(std::chrono::seconds{1});
  EXPECT_EQ(house_->ask("GET", "/v1/me", "", "", sent).reason(), "unauthenticated");
}

TEST_P(Routes, ARefusedSignInSaysTheSameOfSomebodyAndNobody) {
  const Said wrong = house_->ask("POST", "/v1/sign-in", "", R"({"mail":"admin@acme.test","password":"wrong"})");
  const Said nobody = house_->ask("POST", "/v1/sign-in", "", R"({"mail":"nobody@acme.test","password":"wrong"})");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.reason(), "sign_in_refused");
  EXPECT_EQ(nobody.status, 401);
  EXPECT_EQ(nobody.reason(), "sign_in_refused");
}

TEST_P(Routes, RightsComeFromTheScopeAboveAndEndWithTheirBinding) {
  const std::string vision = project("vision");
  const User ann = user("ann");
  const std::string lamps = "/v1/projects/" + vision + "/lamps";
  EXPECT_EQ(post(lamps, ann.key, R"({"name":"desk"})").reason(), "forbidden");
  const Said bound = bind("/v1/organizations/" + acme_, ann.id, "project-member", admin_);
  ASSERT_EQ(bound.status, 201) << bound.body;
  EXPECT_EQ(bound.member("scope_path"), "acme");
  EXPECT_EQ(bound.member("created_by_name"), "admin");
  EXPECT_EQ(bind("/v1/organizations/" + acme_, ann.id, "project-member", admin_).reason(), "binding_exists");
  EXPECT_EQ(post(lamps, ann.key, R"({"name":"desk"})").reason(), "ok");
  EXPECT_EQ(post(lamps, ann.key, R"({"name":"desk"})").reason(), "name_taken");

  const std::string binding = "/v1/organizations/" + acme_ + "/bindings/" + bound.member("id");
  EXPECT_EQ(remove(binding, admin_).reason(), "ok");
  EXPECT_EQ(remove(binding, admin_).reason(), "not_found");
  EXPECT_EQ(post(lamps, ann.key, R"({"name":"floor"})").reason(), "forbidden");
  EXPECT_EQ(bind("/v1/organizations/" + acme_, ann.id, "project-member", admin_).reason(), "ok");
}

TEST_P(Routes, NobodyGivesAwayMoreThanTheyHold) {
  const std::string vision = project("vision");
  const User ann = user("ann");
  const User bob = user("bob");
  ASSERT_EQ(bind("/v1/projects/" + vision, ann.id, "project-admin", admin_).status, 201);
  EXPECT_EQ(bind("/v1/projects/" + vision, bob.id, "owner", ann.key).reason(), "role_wider");
  EXPECT_EQ(bind("/v1/projects/" + vision, bob.id, "project-member", ann.key).reason(), "ok");
  EXPECT_EQ(bind("/v1/organizations/" + acme_, bob.id, "project-member", ann.key).reason(), "forbidden");
  EXPECT_EQ(bind("/v1/projects/" + vision, bob.id, "platform-operator", admin_).reason(), "role_unknown");
  EXPECT_EQ(bind("/v1/projects/" + vision, bob.id, "king", admin_).reason(), "role_unknown");
}

TEST_P(Routes, AnotherTenantsThingsAreNotThere) {
  const std::string vision = project("vision");
  const auto other = house_->change([&](db::Tx& tx, const request::Env& env) {
    return house::add_organization(tx, env, house_->first.admin, "other");
  });
  const User eve = user("eve", *other);
  EXPECT_EQ(get("/v1/projects/" + vision, eve.key).reason(), "not_found");
  EXPECT_EQ(get("/v1/organizations/" + acme_, eve.key).reason(), "not_found");
  EXPECT_EQ(get("/v1/organizations/" + other->text(), eve.key).reason(), "forbidden");
  EXPECT_EQ(get("/v1/projects/prj_00000000000000000000000001", eve.key).reason(), "not_found");
  EXPECT_EQ(post("/v1/principals/" + house_->first.admin.text() + "/disable", eve.key).reason(), "not_found");
  EXPECT_EQ(get("/v1/scopes", eve.key).items(), 0U);
  // Once bound there, what is refused is refused by name.
  ASSERT_EQ(bind("/v1/projects/" + vision, eve.id, "viewer", admin_).status, 201);
  EXPECT_EQ(get("/v1/projects/" + vision, eve.key).member("path"), "acme/vision");
  EXPECT_EQ(get("/v1/organizations/" + acme_, eve.key).reason(), "forbidden");
  EXPECT_EQ(get("/v1/scopes", eve.key).items(), 2U);  // acme, because it leads to vision
}

TEST_P(Routes, WhatLiesAtThePlatformNoOrganizationInherits) {
  const User olga = user("olga");
  ASSERT_TRUE(house_->change([&](db::Tx& tx, const request::Env& env) {
    return house::bind(tx, env, house_->first.admin, *PrincipalId::parse(olga.id), "platform-operator",
                       Scope{request::platform});
  }));
  house_->iam->start(*house_->store, house_->clock);
  EXPECT_EQ(get("/v1/nodes", olga.key).reason(), "ok");
  EXPECT_EQ(get("/v1/organizations/" + acme_ + "/bindings", olga.key).reason(), "forbidden");
  EXPECT_EQ(post("/v1/organizations", olga.key, R"({"name":"new"})").status, 201);
  EXPECT_EQ(post("/v1/organizations", olga.key, R"({"name":"new"})").reason(), "name_taken");
}

TEST_P(Routes, WhoMakesAnOrganizationOwnsItAndLetsOthersIn) {
  const std::string globex = post("/v1/organizations", admin_, R"({"name":"globex"})").member("id");
  EXPECT_EQ(get("/v1/organizations/" + globex, admin_).reason(), "ok");
  const Said eve = post("/v1/organizations/" + globex + "/users", admin_, R"({"name":"eve","mail":"eve@globex.test"})");
  ASSERT_EQ(eve.status, 201);
  const std::string place = "/v1/organizations/" + globex;
  ASSERT_EQ(bind(place, eve.member("id"), "owner", admin_).status, 201);
  EXPECT_EQ(get(place + "/bindings", admin_).items(), 2U);
}

TEST_P(Routes, AnOrganizationIsMadeInTheCurrencyThatIsSoldInOrNotAtAll) {
  const Said refused = post("/v1/organizations", admin_, R"({"name":"globex","currency":"USD"})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.member("pointer"), "/currency");
  EXPECT_TRUE(refused.member("detail").contains("EUR")) << refused.member("detail");
  EXPECT_EQ(post("/v1/organizations", admin_, R"({"name":"globex","currency":"EUR"})").status, 201);
}

TEST_P(Routes, NamesAreUniqueUnderTheirParentAndPlain) {
  const std::string departments = "/v1/organizations/" + acme_ + "/departments";
  const std::string projects = "/v1/organizations/" + acme_ + "/projects";
  EXPECT_EQ(post(departments, admin_, R"({"name":"lab"})").reason(), "ok");
  EXPECT_EQ(post(projects, admin_, R"({"name":"lab"})").reason(), "name_taken");
  EXPECT_EQ(post(projects, admin_, R"({"name":"research"})").reason(), "name_taken");
  for (const char* bad : {"", "Lab", "a b", "-a", "a-", "a/b", "ä"})
    EXPECT_EQ(post(projects, admin_, R"({"name":")" + std::string{bad} + R"("})").reason(), "invalid") << bad;
  EXPECT_EQ(post(projects, admin_, R"({"name":")" + std::string(64, 'a') + R"("})").reason(), "invalid");
  EXPECT_EQ(post(projects, admin_, R"({"name":")" + std::string(63, 'a') + R"("})").reason(), "ok");
}

TEST_P(Routes, TheTreeHasALimitedDepth) {
  std::string parent = "/v1/organizations/" + acme_;
  for (int depth = 2; depth < tree_depth_max; ++depth) {
    const Said made = post(parent + "/departments", admin_, R"({"name":"deeper"})");
    ASSERT_EQ(made.status, 201) << made.body;
    parent = "/v1/departments/" + made.member("id");
  }
  EXPECT_EQ(post(parent + "/projects", admin_, R"({"name":"last"})").reason(), "ok");
  const Said last = post(parent + "/departments", admin_, R"({"name":"deeper"})");
  ASSERT_EQ(last.status, 201);
  EXPECT_EQ(post("/v1/departments/" + last.member("id") + "/projects", admin_, R"({"name":"over"})").reason(),
            "invalid");
}

TEST_P(Routes, AKeyIsShownOnceAndEndsWhenItIsRemovedOrExpires) {
  const std::string keys = "/v1/organizations/" + acme_ + "/api-keys";
  const Said made = post(keys, admin_, R"({"name":"ci","expires_at":"2027-03-01T10:00:00Z"})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string token = made.member("token");
  EXPECT_TRUE(token.starts_with("gpk_") && token.size() >= 30);
  EXPECT_EQ(get("/v1/me", token).status, 200);
  const Said list = get(keys, admin_);
  EXPECT_EQ(list.items(), 2U);
  EXPECT_FALSE(list.body.contains("gpk_"));
  house_->clock.pass(std::chrono::hours{1});
  EXPECT_EQ(get("/v1/me", token).reason(), "unauthenticated");

  const Said second = post(keys, admin_, R"({"name":"ci"})");
  EXPECT_EQ(get("/v1/me", second.member("token")).status, 200);
  EXPECT_EQ(remove(keys + "/" + second.member("id"), admin_).reason(), "ok");
  EXPECT_EQ(get("/v1/me", second.member("token")).reason(), "unauthenticated");
  EXPECT_EQ(remove(keys + "/" + second.member("id"), admin_).reason(), "not_found");
}

TEST_P(Routes, AServiceAccountIsGivenKeysAndAUserMakesTheirOwn) {
  const User ann = user("ann");
  const Said robot = post("/v1/organizations/" + acme_ + "/service-accounts", admin_, R"({"name":"robot"})");
  ASSERT_EQ(robot.status, 201) << robot.body;
  const std::string keys = "/v1/organizations/" + acme_ + "/api-keys";
  const auto key_for = [&](const std::string& principal) {
    return post(keys, admin_, R"({"name":"k","principal":")" + principal + R"("})");
  };
  EXPECT_EQ(get("/v1/me", key_for(robot.member("id")).member("token")).member("kind"), "service_account");
  EXPECT_EQ(key_for(ann.id).reason(), "forbidden");
}

TEST_P(Routes, AUserMadeWithoutAPasswordIsAnsweredOneOnce) {
  const std::string users = "/v1/organizations/" + acme_ + "/users";
  const Said made = post(users, admin_, R"({"name":"ann","mail":"ann@acme.test"})");
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string body = R"({"mail":"ann@acme.test","password":")" + made.member("password") + R"("})";
  EXPECT_EQ(house_->ask("POST", "/v1/sign-in", "", body).status, 201);
  EXPECT_EQ(post(users, admin_, R"({"name":"ann","mail":"ANN@acme.test"})").reason(), "mail_taken");
  EXPECT_EQ(post(users, admin_, R"({"name":"bob","mail":"bob@acme.test","password":"short"})").reason(), "invalid");
}

TEST_P(Routes, ADisabledPrincipalCanDoNothingAnywhere) {
  const std::string vision = project("vision");
  const User ann = user("ann");
  ASSERT_EQ(bind("/v1/projects/" + vision, ann.id, "viewer", admin_).status, 201);
  EXPECT_EQ(get("/v1/projects/" + vision, ann.key).status, 200);
  const Said disabled = post("/v1/principals/" + ann.id + "/disable", admin_);
  EXPECT_EQ(disabled.member("state"), "disabled") << disabled.body;
  EXPECT_EQ(get("/v1/projects/" + vision, ann.key).reason(), "unauthenticated");
  EXPECT_EQ(post("/v1/principals/" + ann.id + "/disable", admin_).reason(), "not_found");
}

TEST_P(Routes, AResourceIsFoundByNameAndDecidedAtItsProject) {
  const std::string vision = project("vision");
  const Said lamp = post("/v1/projects/" + vision + "/lamps", admin_, R"({"name":"desk"})");
  ASSERT_EQ(lamp.status, 201) << lamp.body;
  const Said found = get("/v1/organizations/" + acme_ + "/resources?name=desk&type=lamps.lamp", admin_);
  EXPECT_EQ(found.items(), 1U) << found.body;
  EXPECT_TRUE(found.body.contains("\"acme/vision\""));
  EXPECT_EQ(get("/v1/organizations/" + acme_ + "/resources?name=floor", admin_).items(), 0U);

  const std::string question =
      R"({"principal":"admin","permission":"lamps.lamp.create","target":")" + lamp.member("id") + R"("})";
  const Said answer = post("/v1/access-check", admin_, question);
  EXPECT_TRUE(answer.body.contains("\"allowed\":true")) << answer.body;
  EXPECT_EQ(answer.member("role"), "owner");
  EXPECT_EQ(answer.member("path"), "acme/vision");

  EXPECT_TRUE(*house_->change([&](db::Tx& tx, const request::Env& env) {
    return base::Result<bool>{remove_resource(tx, lamp.member("id"), env.now)};
  }));
  EXPECT_EQ(post("/v1/projects/" + vision + "/lamps", admin_, R"({"name":"desk"})").reason(), "ok");
  EXPECT_EQ(get("/v1/organizations/" + acme_ + "/resources?name=desk", admin_).items(), 2U);
}

TEST_P(Routes, WhatMemoryKnowsWaitsForNoDatabase) {
  const std::string vision = project("vision");
  const auto target = request::Target{Scope{*request::ProjectId::parse(vision)}};
  const auto admin = house_->first.admin;
  constexpr int readers = 16;  // more than there are
  std::promise<void> release;
  const auto released = release.get_future().share();
  std::atomic<int> holding = 0;
  std::promise<void> changed;
  house_->store->change(
      [&](db::Tx&) -> base::Result<void> {
        ++holding;
        released.wait();
        return {};
      },
      [&](base::Result<void>) { changed.set_value(); });
  std::vector<std::thread> held;
  for (int i = 0; i < readers; ++i)
    held.emplace_back([&] {
      house_->store->read([&](db::Snapshot&) {
        ++holding;
        released.wait();
        return 0;
      });
    });
  while (holding < 5) std::this_thread::sleep_for(std::chrono::milliseconds{1});  // the writer and four readers
  auto asked = std::async(std::launch::async, [&] {
    return house_->iam->known(admin_, house_->clock.now()).has_value() &&
           house_->iam->from_index(admin, project_create, target, house_->clock.now()).has_value();
  });
  const bool answered = asked.wait_for(std::chrono::seconds{10}) == std::future_status::ready;
  release.set_value();
  for (auto& each : held) each.join();
  changed.get_future().wait();
  EXPECT_TRUE(answered);
  EXPECT_TRUE(asked.get());
}

TEST_P(Routes, LineageNamesTheBindingThatAllowed) {
  const std::string vision = project("vision");
  const User ann = user("ann");
  const Said bound = post("/v1/organizations/" + acme_ + "/bindings", admin_,
                          R"({"principal":")" + ann.id + R"(","role":"project-admin","note":"new team"})");
  const Said lamp = post("/v1/projects/" + vision + "/lamps", ann.key, R"({"name":"desk"})");
  const auto page = house_->read([&](db::Snapshot& s) { return lineage()->lines(s, lamp.member("id"), {}); });
  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_EQ(page.items[0].step, "authority");
  EXPECT_EQ(page.items[0].id, bound.member("id"));
  EXPECT_EQ(page.items[0].text, "ann (user) --role project-admin--> acme  binding " + bound.member("id") +
                                    " by admin, 2027-03-01 \"new team\"");
}

TEST_P(Routes, AccessCheckAnswersOnlyWhoMayAsk) {
  const User ann = user("ann");
  const std::string question =
      R"({"principal":"ann@acme.test","permission":"iam.project.create","target":")" + acme_ + R"("})";
  const Said no = post("/v1/access-check", admin_, question);
  EXPECT_TRUE(no.body.contains("\"allowed\":false")) << no.body;
  EXPECT_EQ(no.member("reason"), "forbidden");
  EXPECT_EQ(post("/v1/access-check", ann.key, question).reason(), "forbidden");
}

}  // namespace
}  // namespace iam
