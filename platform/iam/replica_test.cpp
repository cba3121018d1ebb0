// Several processes on one database: how the index hears of others, what it answers when it does not, and that nothing
// commits on authority that was taken away. A second Iam plays the second process.
#include "platform/iam/fixture.hpp"
#include "tests/support/bare/records.hpp"

namespace iam {
namespace {

class Replicas : public test::OnEveryEngine {
 protected:
  void SetUp() override { house_ = std::make_unique<House>(GetParam(), true); }
  void TearDown() override {
    other_.reset();
    house_.reset();
    OnEveryEngine::TearDown();
  }

  // An index of another process, that hears the log only when the test says so.
  Iam& other() {
    other_ = *make_iam({.word = "house", .beat = [this] { return beat_; }, .head = [this] { return head_; }});
    beat_ = house_->clock.now();
    other_->start(*house_->store, house_->clock);
    return *other_;
  }
  bool from_index(const Iam& iam, PrincipalId who, const Scope& at) {
    return iam.from_index(who, project_create, request::Target{at}, house_->clock.now()).has_value();
  }
  PrincipalId user(std::string_view name) {
    return *house_->change([&](db::Tx& tx, const request::Env& env) {
      return house::add_user(tx, env, house_->first.admin, house_->first.organization, name,
                             std::string{name} + "@acme.test");
    });
  }
  logbook::Entry entry(const request::Permission& action, const Scope& at, const std::string& resource) {
    return {.path = {at}, .action = std::string{action.name}, .resource = resource};
  }

  std::unique_ptr<House> house_;
  std::unique_ptr<Iam> other_;
  base::Instant beat_;
  std::int64_t head_ = 0;
};
INSTANTIATE_TEST_SUITE_P(On, Replicas, test::engines(), test::engine_name);

TEST_P(Replicas, AnotherProcessHearsOfABindingByTheLogAndOfItsEnd) {
  const Scope acme{house_->first.organization};
  const PrincipalId ann = user("ann");
  Iam& replica = other();
  const auto hear = replica.listener();
  EXPECT_FALSE(from_index(replica, ann, acme));
  const auto binding = *house_->change([&](db::Tx& tx, const request::Env& env) {
    return house::bind(tx, env, house_->first.admin, ann, "owner", acme);
  });
  EXPECT_FALSE(from_index(replica, ann, acme));
  hear({entry(binding_create, acme, binding.text())}, ++head_);
  EXPECT_TRUE(from_index(replica, ann, acme));
  ASSERT_EQ(house_
                ->ask("DELETE", "/v1/organizations/" + request::text(acme) + "/bindings/" + binding.text(),
                      house_->first.admin_key)
                .status,
            200);
  hear({entry(binding_remove, acme, binding.text())}, ++head_);
  EXPECT_FALSE(from_index(replica, ann, acme));
}

TEST_P(Replicas, AGapInWhatWasHeardIsFilledByReadingEverything) {
  const Scope acme{house_->first.organization};
  Iam& replica = other();
  const auto hear = replica.listener();
  const PrincipalId ann = user("ann");
  ASSERT_TRUE(house_->change([&](db::Tx& tx, const request::Env& env) {
    return house::bind(tx, env, house_->first.admin, ann, "owner", acme);
  }));
  head_ = 7;
  hear({entry(lamp_create, acme, "lmp_00000000000000000000000001")}, head_);
  EXPECT_TRUE(from_index(replica, ann, acme));
}

TEST_P(Replicas, AnIndexMoreThanASecondBehindTheLogAnswersNothing) {
  const Scope acme{house_->first.organization};
  const PrincipalId admin = house_->first.admin;
  Iam& replica = other();
  EXPECT_TRUE(from_index(replica, admin, acme));
  EXPECT_TRUE(replica.known(house_->first.admin_key, house_->clock.now()));
  house_->clock.pass(index_age_max);
  EXPECT_TRUE(from_index(replica, admin, acme));
  house_->clock.pass(std::chrono::microseconds{1});
  EXPECT_FALSE(from_index(replica, admin, acme));
  EXPECT_FALSE(replica.known(house_->first.admin_key, house_->clock.now()));
  beat_ = house_->clock.now();
  EXPECT_TRUE(from_index(replica, admin, acme));
  // A beat that comes with news that the listener has not heard does not count.
  head_ = 1;
  EXPECT_TRUE(from_index(replica, admin, acme));
  house_->clock.pass(index_age_max + std::chrono::microseconds{1});
  beat_ = house_->clock.now();
  EXPECT_FALSE(from_index(replica, admin, acme));
  replica.listener()({entry(lamp_create, acme, "lmp_00000000000000000000000001")}, 1);
  EXPECT_TRUE(from_index(replica, admin, acme));
  // The tables decided all the while.
  EXPECT_TRUE(house_->read([&](db::Snapshot& s) {
    return replica.from_tables(s, admin, project_create, request::Target{acme}, house_->clock.now()).has_value();
  }));
}

TEST_P(Replicas, AnIndexIsAsOldAsTheBeatThatItHeardUpToWhileNewsKeepComing) {
  const Scope acme{house_->first.organization};
  Iam& replica = other();
  const auto comes = [&](std::int64_t head) {
    head_ = head;
    beat_ = house_->clock.now();
  };
  EXPECT_TRUE(from_index(replica, house_->first.admin, acme));
  for (std::int64_t i = 1; i < 20; ++i) {  // there is always one unheard
    comes(i + 1);
    replica.listener()({entry(lamp_create, acme, "lmp_00000000000000000000000001")}, i);
    EXPECT_TRUE(from_index(replica, house_->first.admin, acme)) << i;
    house_->clock.pass(std::chrono::milliseconds{index_age_max} / 4);
  }
  for (int i = 0; i < 5; ++i) {  // and now more and more
    comes(21 + i);
    house_->clock.pass(std::chrono::milliseconds{index_age_max} / 4);
  }
  EXPECT_FALSE(from_index(replica, house_->first.admin, acme));
}

// Eight clients write as ann, in a process whose index hears nothing, while another takes ann's role away.
TEST_P(Replicas, NoWriteStandsInTheLogAfterTheRevocation) {
  const Scope acme{house_->first.organization};
  const PrincipalId ann = user("ann");
  std::string key;
  const auto binding = *house_->change([&](db::Tx& tx, const request::Env& env) {
    key = house::add_api_key(tx, env, ann, "own");
    return house::bind(tx, env, house_->first.admin, ann, "owner", acme);
  });
  // A runner of the second process, with an index that is never told anything.
  auto deaf = *make_iam({.word = "house"});
  deaf->start(*house_->store, house_->clock);
  request::Ports ports{
      .authenticator = *deaf, .authorizer = *deaf, .recorder = *house_->log, .idempotency = *house_->log};
  auto runner = *request::make_runner(*house_->store, house_->clock, {deaf->routes()}, ports,
                                      {.dice = base::Random::kernel_key(), .body_key = base::Random::kernel_key()});
  std::atomic<bool> stop = false;
  std::atomic<int> written = 0;
  std::atomic<int> refused = 0;
  std::vector<std::jthread> clients;
  for (int t = 0; t < 8; ++t)
    clients.emplace_back([&, t] {
      for (int i = 0; !stop; ++i) {
        auto catcher = std::make_shared<Catcher>();
        auto caught = catcher->caught.get_future();
        const std::string name = "p" + std::to_string(t) + "-" + std::to_string(i);
        runner->handle({.method = "POST",
                        .path = "/v1/organizations/" + request::text(acme) + "/projects",
                        .headers = {{"Authorization", "Bearer " + key}, {"Idempotency-Key", name}},
                        .body = R"({"name":")" + name + R"("})",
                        .peer = "127.0.0.1:1"},
                       catcher);
        const Said said = caught.get();
        written += said.status == 201;
        refused += said.status == 403;
      }
    });
  while (written < 40) std::this_thread::yield();
  const Said removed = house_->ask("DELETE", "/v1/organizations/" + request::text(acme) + "/bindings/" + binding.text(),
                                   house_->first.admin_key);
  EXPECT_EQ(removed.status, 200) << removed.body;
  while (refused < 16) std::this_thread::yield();
  stop = true;
  clients.clear();
  runner.reset();

  const auto lines_of = [&] {
    auto lines = test::records(*house_->store);
    std::erase_if(lines, [](const test::Record& each) {
      return each.action != project_create.name && each.action != binding_remove.name;
    });
    return lines;
  };
  std::vector<test::Record> lines = lines_of();
  for (int i = 0; i < 500 && static_cast<int>(lines.size()) < written + 1; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
    lines = lines_of();
  }
  std::int64_t revoked_at = 0;
  int stand = 0;
  for (const test::Record& each : lines) {
    if (each.action == binding_remove.name) revoked_at = each.index;
    if (each.action != project_create.name || each.outcome != "ok") continue;
    ++stand;
    EXPECT_EQ(revoked_at, 0) << "a write stands at " << each.index << ", after the revocation at " << revoked_at;
  }
  EXPECT_GT(revoked_at, 0);
  EXPECT_EQ(stand, written);
  std::printf("  %d writes before the revocation, %d refused after it\n", written.load(), refused.load());
}

TEST_P(Replicas, ManyBindingsLoadAndAreDecidedOn) {
  constexpr int projects = 1000;
  const int people =
      GetParam() == test::Engine::sqlite ? 1000 : 50;  // the index is the same; filling takes longer there
  constexpr int each = 100;
  std::vector<ProjectId> made;
  std::vector<PrincipalId> who;
  ASSERT_TRUE(house_->change([&](db::Tx& tx, const request::Env& env) -> base::Result<bool> {
    const Scope acme{house_->first.organization};
    for (int i = 0; i < projects; ++i)
      made.push_back(*house::add_project(tx, env, PrincipalId{}, acme, "p" + std::to_string(i)));
    for (int i = 0; i < people; ++i) {
      const std::string name = "u" + std::to_string(i);
      who.push_back(*house::add_user(tx, env, PrincipalId{}, house_->first.organization, name, name + "@acme.test"));
      for (int k = 0; k < each; ++k) {
        const store::Held held{.id = BindingId::make(env.now, env.random),
                               .principal = who.back(),
                               .scope = Scope{made[static_cast<std::size_t>((i * 7 + k) % projects)]},
                               .organization = house_->first.organization,
                               .role = "viewer"};
        store::insert_binding(tx, held, "", PrincipalId{}, env.now);
      }
    }
    return true;
  }));
  const auto clock = [] { return std::chrono::steady_clock::now(); };
  const auto before = clock();
  house_->iam->start(*house_->store, house_->clock);
  const std::chrono::duration<double, std::milli> loading = clock() - before;
  EXPECT_EQ(house_->iam->stats().bindings, people * each + 2);

  constexpr int decisions = 400'000;
  int yes = 0;
  const auto start = clock();
  for (int i = 0; i < decisions; ++i) {
    const auto person = static_cast<std::size_t>(i * 31 % people);
    const auto project = static_cast<std::size_t>((static_cast<int>(person) * 7 + i % each) % projects);
    yes +=
        house_->iam->from_index(who[person], project_read, request::Target{Scope{made[project]}}, house_->clock.now())
            .has_value();
  }
  const std::chrono::duration<double> took = clock() - start;
  EXPECT_EQ(yes, decisions);
  std::printf("  %d bindings loaded in %.0f ms; %.2f million decisions a second on one thread\n", people * each,
              loading.count(), decisions / took.count() / 1e6);
}

}  // namespace
}  // namespace iam
