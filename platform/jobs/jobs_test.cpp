#include "platform/jobs/jobs.hpp"

#include <gtest/gtest.h>

#include "tests/support/bare/bare.hpp"

namespace jobs {
namespace {

using base::Result;
using request::Call;
using request::Env;
using request::OrganizationId;
using request::Scope;

using ThingId = base::Id<"thg">;

constexpr request::Permission thing_age{"tests.thing.age"};
constexpr request::Permission thing_build{"tests.thing.build"};
constexpr base::Reason too_old{"too_old", base::Kind::conflict};
constexpr base::Reason broken{"broken", base::Kind::conflict};

struct Thing {
  OrganizationId organization;
  ThingId thing;
  std::string how = {};
  static constexpr std::array json_defaults{"how"};
};
BOOST_DESCRIBE_STRUCT(Thing, (), (organization, thing, how))

constexpr db::Query insert_thing{"test.insert", R"sql(
  INSERT INTO things (id, organization, age) VALUES (:id, :organization, :age))sql"};
constexpr db::Query list_things{"test.list", "SELECT id, organization FROM things ORDER BY id"};
constexpr db::Query find_age{"test.find", "SELECT age FROM things WHERE id = :id"};
constexpr db::Query raise_age{"test.raise", "UPDATE things SET age = age + 1 WHERE id = :id"};

Result<bool> age(db::Tx& tx, const Call<thing_age, Thing>& call) {
  const int now =
      tx.one(find_age, {{"id", call.input.thing}}, [](const db::Row& row) { return row.get<int>("age"); }).value();
  tx.run(raise_age, {{"id", call.input.thing}});
  if (now >= 10) return base::Error{too_old};
  if (now >= 5) return base::Error{base::nothing};
  return true;
}

class JobsTest : public test::OnEveryEngine {
 protected:
  JobsTest()
      : bare(GetParam(), {.modules = {"platform/jobs"}, .migrations = {{"tests", "0001_things", R"sql(-- expand
CREATE TABLE things (id @id PRIMARY KEY, organization @id NOT NULL, age @int NOT NULL) @strict;)sql"}}}) {}

  std::unique_ptr<Runner> runner(std::vector<Jobs> tables, std::string replica = "one") {
    const auto path_of = [](db::Snapshot&, const Scope& scope) -> Result<std::vector<Scope>> {
      return std::vector{scope};
    };
    return make_runner(bare.store(), bare.clock, std::move(tables), bare.log(), path_of,
                       {.dice = bare.dice, .replica = std::move(replica)});
  }
  ThingId add_thing(OrganizationId owner, int years) {
    const auto id = bare.make<ThingId>();
    EXPECT_TRUE(bare.change([&](db::Tx& tx, const Env&) -> Result<void> {
      tx.run(insert_thing, {{"id", id}, {"organization", owner}, {"age", years}});
      return {};
    }));
    return id;
  }
  int age_of(ThingId id) {
    return bare.read([&](db::Snapshot& s) {
      return s.one(find_age, {{"id", id}}, [](const db::Row& row) { return row.get<int>("age"); }).value();
    });
  }
  void enqueue_build(ThingId thing, std::string how = {}) {
    ASSERT_TRUE(bare.change([&](db::Tx& tx, const Env& env) -> Result<void> {
      enqueue(tx, env, thing_build, thing.text(),
              json::encode(Thing{.organization = acme, .thing = thing, .how = how}));
      return {};
    }));
  }
  base::Page<Listed> list(const request::Given& given = {}) {
    return bare
        .ask_for<base::Page<Listed>>(
            routes(), request::GET, "/v1/jobs",
            {.permission = nullptr, .principal = {}, .path = {Scope{request::platform}}, .authz_epoch = 0}, given)
        .value();
  }
  static Jobs aging() {
    const auto due = [](db::Snapshot& s, const Env&) {
      return s.all(list_things, {}, [](const db::Row& row) {
        return Thing{.organization = row.get<OrganizationId>("organization"), .thing = row.get<ThingId>("id")};
      });
    };
    return Jobs{"tests"}.every<thing_age>(std::chrono::hours{1}, due, age);
  }
  // Builds what it is told to, after `before` outside the transaction.
  static Jobs building(std::function<void()> before = {}) {
    const auto prepare = [before](const db::Reader&, const Call<thing_build, Thing>& call) -> Result<std::string> {
      if (before) before();
      if (call.input.how == "fail early") return base::Error{broken, "early"};
      return call.input.thing.text();
    };
    const auto commit = [](db::Tx& tx, const Call<thing_build, Thing>& call,
                           const std::string& prepared) -> Result<bool> {
      EXPECT_EQ(prepared, call.input.thing.text());
      tx.run(insert_thing, {{"id", call.input.thing}, {"organization", call.input.organization}, {"age", 0}});
      if (call.input.how == "fail") return base::Error{broken, "as told"};
      if (call.input.how == "nothing") return base::Error{base::nothing};
      return true;
    };
    return Jobs{"tests"}.task<thing_build>(prepare, commit);
  }
  bool there(ThingId id) {
    return bare.read([&](db::Snapshot& s) {
      return s.one(find_age, {{"id", id}}, [](const db::Row&) { return true; }).has_value();
    });
  }

  test::Bare bare;
  const OrganizationId acme = bare.make<OrganizationId>();
  const OrganizationId globex = bare.make<OrganizationId>();
};
INSTANTIATE_TEST_SUITE_P(On, JobsTest, test::engines(), test::engine_name);

TEST_P(JobsTest, ARepeatedJobCommitsEachItemByItselfAndRecordsOnlyChanges) {
  const ThingId young = add_thing(acme, 1), grown = add_thing(acme, 5), old = add_thing(acme, 10),
                other = add_thing(globex, 2);
  const Jobs table = aging();
  const auto changed = runner({})->run_once(table.all().front());
  EXPECT_EQ(changed, (std::vector<std::pair<Scope, int>>{{Scope{acme}, 1}, {Scope{globex}, 1}}));
  EXPECT_EQ(age_of(young), 2);
  EXPECT_EQ(age_of(grown), 5);
  EXPECT_EQ(age_of(old), 10);
  EXPECT_EQ(age_of(other), 3);
  auto written = bare.records();  // in whatever order the engine took them
  std::ranges::sort(written);
  std::vector<std::pair<std::string, std::string>> expected{{young.text(), "ok"}, {other.text(), "ok"}};
  std::ranges::sort(expected);
  EXPECT_EQ(written, expected);
}

TEST_P(JobsTest, ManyItemsShareCommitsAndAreAllDone) {
  for (int i = 0; i < 150; ++i) add_thing(acme, 0);
  const Jobs table = aging();
  const auto changed = runner({})->run_once(table.all().front());
  EXPECT_EQ(changed, (std::vector<std::pair<Scope, int>>{{Scope{acme}, 150}}));
  EXPECT_EQ(bare.records().size(), 150U);
}

TEST_P(JobsTest, ATaskIsEnqueuedOnlyIfItsTransactionCommits) {
  const ThingId thing = bare.make<ThingId>();
  EXPECT_FALSE(bare.change([&](db::Tx& tx, const Env& env) -> Result<void> {
    enqueue(tx, env, thing_build, thing.text(), json::encode(Thing{.organization = acme, .thing = thing}));
    return base::Error{base::invalid};
  }));
  EXPECT_TRUE(list().items.empty());
  enqueue_build(thing);
  ASSERT_EQ(list().items.size(), 1U);
  EXPECT_EQ(list().items[0].state, State::waiting);
  EXPECT_EQ(list().items[0].resource, thing.text());
}

TEST_P(JobsTest, ATaskIsPreparedDoneOnceAndRecorded) {
  const ThingId thing = bare.make<ThingId>();
  enqueue_build(thing);
  const Jobs table = building();
  // Not destroyed before the pass is over: its threads may be the ones that did it.
  const auto one = runner({table});
  one->run_once(table.all().front());
  EXPECT_TRUE(test::eventually([&] { return list().items[0].state == State::done; }));
  EXPECT_TRUE(there(thing));
  EXPECT_EQ(bare.records(), (std::vector<std::pair<std::string, std::string>>{{thing.text(), "ok"}}));
  EXPECT_TRUE(list({.query = {{"state", "waiting"}}}).items.empty());
}

TEST_P(JobsTest, ATaskThatHadNothingToDoIsDoneWithoutARecord) {
  const ThingId thing = bare.make<ThingId>();
  enqueue_build(thing, "nothing");
  const Jobs table = building();
  const auto one = runner({table});
  EXPECT_TRUE(test::eventually([&] { return list().items[0].state == State::done; }));
  EXPECT_FALSE(there(thing));
  EXPECT_TRUE(bare.records().empty());
}

TEST_P(JobsTest, ARefusedTaskIsRetriedWithBackoffAndThenParkedWithARecord) {
  for (const char* how : {"fail", "fail early"}) {
    const ThingId thing = bare.make<ThingId>();
    enqueue_build(thing, how);
    const Jobs table = building();
    const auto one = runner({table});
    const auto listed = [&] { return list().items.back(); };
    auto wait = std::chrono::seconds{1};
    for (int attempt = 1; attempt < attempts_max; ++attempt) {
      ASSERT_TRUE(test::eventually([&] { return listed().attempts == attempt && listed().state == State::waiting; }));
      EXPECT_EQ(listed().next_at, bare.clock.now() + std::min(wait, std::chrono::seconds{300}));
      bare.clock.set(listed().next_at);
      one->poke();
      wait *= 2;
    }
    EXPECT_TRUE(test::eventually([&] { return listed().state == State::parked; }));
    EXPECT_EQ(listed().attempts, attempts_max);
    EXPECT_TRUE(listed().error.starts_with("broken: "));
    EXPECT_FALSE(there(thing));
    EXPECT_EQ(bare.records().back(), (std::pair<std::string, std::string>{thing.text(), "broken"}));
  }
  EXPECT_EQ(bare.records().size(), 2U);
}

TEST_P(JobsTest, WhoLostTheLeaseCommitsNothing) {
  const ThingId thing = bare.make<ThingId>();
  std::promise<void> entered, go_on;
  const auto goes_on = go_on.get_future().share();
  std::atomic<bool> first = true;
  // The first to prepare sleeps over its lease; whoever comes then does it.
  const Jobs slow = building([&] {
    if (!first.exchange(false)) return;
    entered.set_value();
    goes_on.wait();
  });
  enqueue_build(thing);
  auto sleeper = runner({slow}, "sleeper");
  entered.get_future().wait();
  ASSERT_EQ(list().items[0].state, State::leased);
  bare.clock.forward(lease_time + std::chrono::seconds{1});
  {
    const auto other = runner({slow}, "other");
    EXPECT_TRUE(test::eventually([&] { return list().items[0].state == State::done; }));
  }
  go_on.set_value();
  sleeper.reset();  // waits for its attempt
  EXPECT_TRUE(there(thing));
  EXPECT_EQ(list().items[0].attempts, 2);
  EXPECT_EQ(bare.records(), (std::vector<std::pair<std::string, std::string>>{{thing.text(), "ok"}}));
}

TEST_P(JobsTest, ATaskOfAnotherVersionWaitsAndHidesNone) {
  for (int i = 0; i < 40; ++i)
    ASSERT_TRUE(bare.change([&](db::Tx& tx, const Env& env) -> Result<void> {
      enqueue(tx, env, thing_age, "unknown", "{}");
      return {};
    }));
  bare.clock.forward(std::chrono::seconds{1});
  const ThingId thing = bare.make<ThingId>();
  enqueue_build(thing);
  const auto one = runner({building()});
  EXPECT_TRUE(test::eventually([&] { return there(thing); }));
  EXPECT_EQ(list({.query = {{"state", "waiting"}}}).items.size(), 40U);
}

TEST_P(JobsTest, ThePeriodIsKeptByTheClock) {
  const ThingId thing = add_thing(acme, 0);
  const auto one = runner({aging()});
  EXPECT_TRUE(test::eventually([&] { return age_of(thing) == 1; }));
  bare.clock.forward(std::chrono::hours{1});
  EXPECT_TRUE(test::eventually([&] { return age_of(thing) == 2; }));
}

TEST_P(JobsTest, ADoneTaskIsListedForADay) {
  enqueue_build(bare.make<ThingId>());
  const auto one = runner({building()});
  EXPECT_TRUE(test::eventually([&] { return list().items[0].state == State::done; }));
  bare.clock.forward(done_time);
  EXPECT_EQ(list().items.size(), 1U);
  bare.clock.forward(std::chrono::minutes{1});
  EXPECT_TRUE(test::eventually([&] { return list().items.empty(); }));
}

}  // namespace
}  // namespace jobs
