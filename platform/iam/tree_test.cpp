// The tree's history, and how paths are taken from it.
#include "platform/iam/fixture.hpp"

namespace iam {
namespace {

class Tree : public test::OnEveryEngine {
 protected:
  void SetUp() override {
    house_ = std::make_unique<House>(GetParam());
    acme_ = Scope{house_->first.organization};
  }
  void TearDown() override {
    house_.reset();
    OnEveryEngine::TearDown();
  }
  Scope department(const Scope& parent, std::string_view name) {
    return Scope{*house_->change([&](db::Tx& tx, const request::Env& env) {
      return house::add_department(tx, env, house_->first.admin, parent, name);
    })};
  }
  Scope project(const Scope& parent, std::string_view name) {
    return Scope{*house_->change([&](db::Tx& tx, const request::Env& env) {
      return house::add_project(tx, env, house_->first.admin, parent, name);
    })};
  }
  std::string path_then(const Scope& scope, base::Instant at) {
    return house_->read([&](db::Snapshot& s) {
      const auto path = path_at(s, scope, at);
      return path ? path_text(s, *path) : std::string{path.error().reason.word};
    });
  }

  std::unique_ptr<House> house_;
  Scope acme_;
};
INSTANTIATE_TEST_SUITE_P(On, Tree, test::engines(), test::engine_name);

TEST_P(Tree, APathIsThatOfTheInstantAskedFor) {
  const base::Instant before = house_->clock.now();
  house_->clock.pass(std::chrono::seconds{1});
  const Scope lab = department(acme_, "lab");
  const Scope vision = project(lab, "vision");
  const base::Instant made = house_->clock.now();
  EXPECT_EQ(path_then(vision, made), "acme/lab/vision");
  EXPECT_EQ(path_then(vision, made - std::chrono::microseconds{1}), "not_found");
  EXPECT_EQ(path_then(vision, before), "not_found");
  EXPECT_EQ(path_then(acme_, made + std::chrono::hours{9000}), "acme");
  EXPECT_EQ(path_then(Scope{request::platform}, before), "platform");
}

TEST_P(Tree, AChildMadeByAClockBehindItsParentsHasAPathAllTheSame) {
  house_->clock.pass(std::chrono::seconds{2});
  const Scope lab = department(acme_, "lab");
  house_->clock.pass(-std::chrono::seconds{1});
  const Scope vision = project(lab, "vision");
  EXPECT_EQ(path_then(vision, house_->clock.now()), "acme/lab/vision");
}

TEST_P(Tree, FreezingOnlyEverRaises) {
  const OrganizationId acme = house_->first.organization;
  const auto freeze_at = [&](base::Instant at) {
    EXPECT_TRUE(house_->change([&](db::Tx& tx, const request::Env&) {
      freeze(tx, acme, at);
      return base::Result<bool>{true};
    }));
    return house_->read([&](db::Snapshot& s) { return frozen_until(s, acme); });
  };
  const base::Instant now = house_->clock.now();
  EXPECT_EQ(freeze_at(now), now);
  EXPECT_EQ(freeze_at(now - std::chrono::seconds{5}), now);
  EXPECT_EQ(freeze_at(now + std::chrono::seconds{5}), now + std::chrono::seconds{5});
}

TEST_P(Tree, AMovedScopeLiesWhereItLayForTheTimeBefore) {
  const Scope lab = department(acme_, "lab");
  const Scope inner = department(lab, "inner");
  const Scope vision = project(inner, "vision");
  const base::Instant at = house_->clock.now() + std::chrono::seconds{1};
  const auto move = [&](const Scope& scope, const Scope& parent, base::Instant when) {
    const auto moved = house_->change([&](db::Tx& tx, const request::Env&) -> base::Result<bool> {
      if (auto done = house::move(tx, scope, parent, when); !done) return done.error();
      return true;
    });
    return moved ? "ok" : std::string{moved.error().reason.word};
  };
  EXPECT_EQ(move(inner, acme_, at), "ok");
  EXPECT_EQ(path_then(vision, at - std::chrono::microseconds{1}), "acme/lab/inner/vision");
  EXPECT_EQ(path_then(vision, at), "acme/inner/vision");

  const base::Instant later = at + std::chrono::seconds{1};
  department(lab, "inner");
  EXPECT_EQ(move(inner, lab, later), "name_taken");
  EXPECT_EQ(path_then(vision, later), "acme/inner/vision");
  EXPECT_EQ(move(inner, vision, later), "invalid");
  EXPECT_EQ(move(inner, Scope{request::platform}, later), "invalid");
  EXPECT_EQ(move(acme_, lab, later), "invalid");
  EXPECT_TRUE(house_->change([&](db::Tx& tx, const request::Env&) {
    freeze(tx, house_->first.organization, later + std::chrono::seconds{1});
    return base::Result<bool>{true};
  }));
  EXPECT_EQ(move(lab, inner, later), "invalid");
}

TEST_P(Tree, RacingCreatorsOfOneNameMakeOneScope) {
  const std::string path = "/v1/organizations/" + house_->first.organization.text() + "/projects";
  std::map<std::string, int> tally;
  std::mutex mutex;
  std::vector<std::jthread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      const std::string came = house_->ask("POST", path, house_->first.admin_key, R"({"name":"vision"})").reason();
      const std::lock_guard lock{mutex};
      ++tally[came];
    });
  threads.clear();
  EXPECT_EQ(tally, (std::map<std::string, int>{{"ok", 1}, {"name_taken", 7}}));
}

TEST_P(Tree, ManyCreateSideBySide) {
  const std::string path = "/v1/organizations/" + house_->first.organization.text() + "/projects";
  std::atomic<int> made = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i)
        made += house_
                    ->ask("POST", path, house_->first.admin_key,
                          R"({"name":"p)" + std::to_string(t) + "-" + std::to_string(i) + R"("})")
                    .status == 201;
    });
  threads.clear();
  EXPECT_EQ(made, 200);
  EXPECT_LE(house_->store->stats().again, 10) << "creators of siblings read what the others write";
  EXPECT_EQ(house_->iam->stats().scopes, 203);  // platform, acme, research
}

}  // namespace
}  // namespace iam
