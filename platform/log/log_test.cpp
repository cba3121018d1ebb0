#include "platform/log/log.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <set>

#include "platform/log/store.hpp"
#include "tests/support/bare/bare.hpp"

namespace logbook {
namespace {

using request::Authority;
using request::DepartmentId;
using request::Env;
using request::OrganizationId;
using request::PrincipalId;
using request::ProjectId;
using request::Scope;

constexpr request::Permission thing_create{"tests.thing.create"};
constexpr request::Permission thing_read{"tests.thing.read"};

class LogTest : public test::OnEveryEngine {
 protected:
  explicit LogTest(bool sequenced = true)
      : bare(GetParam(), {.modules = {},
                          .migrations = {{"tests", "0001_chain", R"sql(-- expand
CREATE TABLE chain (id @id PRIMARY KEY, value @int NOT NULL) @strict;)sql"}},
                          .sequenced = sequenced}) {}

  Entry entry(std::string action, std::string resource = {}) const {
    return {.path = {Scope{acme}, Scope{research}, Scope{vision}},
            .principal = ann,
            .home = acme,
            .action = std::move(action),
            .resource = std::move(resource)};
  }
  void append_one(const Entry& each) {
    ASSERT_TRUE(bare.change([&](db::Tx& tx, const Env& env) -> base::Result<void> {
      append(tx, env, each);
      return {};
    }));
  }
  std::vector<store::Stored> all() {
    bare.settle();
    return bare.read([](db::Snapshot& s) { return store::range(s, 0, store::head(s)); });
  }
  Authority at(const Scope& scope) const {
    std::vector<Scope> path;
    for (const Scope& each : {Scope{acme}, Scope{research}, Scope{vision}}) {
      path.push_back(each);
      if (each == scope) return {.permission = nullptr, .principal = ann, .path = path, .authz_epoch = 1};
    }
    return {.permission = nullptr, .principal = ann, .path = {scope}, .authz_epoch = 1};
  }
  base::Page<Record> list(const Scope& scope, const request::Given& given = {}) {
    bare.settle();
    const std::string kind = std::holds_alternative<ProjectId>(scope)      ? "/v1/projects/{project}"
                             : std::holds_alternative<DepartmentId>(scope) ? "/v1/departments/{department}"
                                                                           : "/v1/organizations/{organization}";
    return bare.ask_for<base::Page<Record>>(routes(), request::GET, kind + "/audit-records", at(scope), given).value();
  }

  test::Bare bare;
  const OrganizationId acme = bare.make<OrganizationId>();
  const OrganizationId globex = bare.make<OrganizationId>();
  const DepartmentId research = bare.make<DepartmentId>();
  const ProjectId vision = bare.make<ProjectId>();
  const PrincipalId ann = bare.make<PrincipalId>();
};
INSTANTIATE_TEST_SUITE_P(On, LogTest, test::engines(), test::engine_name);

// What a follower was given, from any thread.
class Heard {
 public:
  request::Feed::Give give() {
    return [this](const request::Feed::Entry& each) {
      const std::lock_guard lock{mutex_};
      if (each.index < 0)
        ++beats_;
      else
        indexes_.push_back(each.index);
      last_ = each;
      return !refuse_;
    };
  }
  void refuse() {
    const std::lock_guard lock{mutex_};
    refuse_ = true;
  }
  std::vector<std::int64_t> indexes() const {
    const std::lock_guard lock{mutex_};
    return indexes_;
  }
  int beats() const {
    const std::lock_guard lock{mutex_};
    return beats_;
  }
  request::Feed::Entry last() const {
    const std::lock_guard lock{mutex_};
    return last_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::int64_t> indexes_;
  int beats_ = 0;
  bool refuse_ = false;
  request::Feed::Entry last_{};
};

std::vector<std::int64_t> counted(std::int64_t from, std::int64_t to) {
  std::vector<std::int64_t> numbers;
  for (std::int64_t i = from; i <= to; ++i) numbers.push_back(i);
  return numbers;
}

TEST_P(LogTest, EntriesOfATransactionStandTogetherInItsOrderAtDenseIndexes) {
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(bare.change([&](db::Tx& tx, const Env& env) -> base::Result<void> {
      for (const char* action : {"a.b.one", "a.b.two", "a.b.three"}) append(tx, env, entry(action));
      return {};
    }));
  const auto found = all();
  ASSERT_EQ(found.size(), 9U);
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].index, static_cast<std::int64_t>(i + 1));
    EXPECT_EQ(found[i].entry.action, (std::array{"a.b.one", "a.b.two", "a.b.three"})[i % 3]);
  }
}

TEST_P(LogTest, WhatDidNotCommitIsNotInTheLog) {
  append_one(entry("a.b.before"));
  EXPECT_FALSE(bare.change([&](db::Tx& tx, const Env& env) -> base::Result<void> {
    append(tx, env, entry("a.b.undone"));
    return base::Error{base::invalid};
  }));
  append_one(entry("a.b.after"));
  const auto found = all();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[1].entry.action, "a.b.after");
}

TEST_P(LogTest, MoreThanABatchInOneTransactionIsSequencedWhole) {
  constexpr int many = store::batch_max + 500;
  ASSERT_TRUE(bare.change([&](db::Tx& tx, const Env& env) -> base::Result<void> {
    for (int i = 0; i < many; ++i) append(tx, env, entry("a.b.many", std::to_string(i)));
    return {};
  }));
  const auto found = all();
  ASSERT_EQ(found.size(), static_cast<std::size_t>(many));
  for (int i = 0; i < many; ++i) EXPECT_EQ(found[static_cast<std::size_t>(i)].entry.resource, std::to_string(i));
}

TEST_P(LogTest, TheDatabaseRefusesToChangeOrRemoveAnEntry) {
  append_one(entry("a.b.kept"));
  bare.settle();
  for (const std::string_view sql : {"UPDATE log SET action = 'x'", "DELETE FROM log",
                                     "UPDATE log_topics SET topic = 'x'", "DELETE FROM log_topics"}) {
    const auto done = bare.change([&](db::Tx& tx, const Env&) -> base::Result<void> {
      tx.run(db::Query{"test.tamper", sql}, {});
      return {};
    });
    EXPECT_EQ(test::word_of(done), "internal") << sql;
  }
  EXPECT_EQ(all().size(), 1U);
}

// Each reads what the one before it wrote, and writes down what it saw; the log has to tell it in that order.
TEST_P(LogTest, NothingStandsBeforeWhatItSaw) {
  constexpr db::Query insert{"test.insert", "INSERT INTO chain (id, value) VALUES ('x', 0)"};
  constexpr db::Query find{"test.find", "SELECT value FROM chain WHERE id = 'x'"};
  constexpr db::Query raise{"test.raise", "UPDATE chain SET value = :value WHERE id = 'x'"};
  ASSERT_TRUE(bare.change([&](db::Tx& tx, const Env&) -> base::Result<void> {
    tx.run(insert, {});
    return {};
  }));
  std::atomic<int> stands = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 25; ++i) {
        const auto done = bare.change([&](db::Tx& tx, const Env& env) -> base::Result<void> {
          const auto seen = tx.one(find, {}, [](const db::Row& row) { return row.get<int>("value"); }).value();
          tx.run(raise, {{"value", seen + 1}});
          append(tx, env, entry("chain.seen", std::to_string(seen)));
          return {};
        });
        if (done) ++stands;
      }
    });
  threads.clear();
  const auto found = all();
  ASSERT_EQ(found.size(), static_cast<std::size_t>(stands.load()));
  for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i].entry.resource, std::to_string(i));
}

TEST_P(LogTest, AListenerHearsEachEntryOnceInOrder) {
  std::mutex mutex;
  std::vector<std::string> heard;
  std::int64_t head = 0;
  bare.log().listen([&](const std::vector<Entry>& entries, std::int64_t newest) {
    const std::lock_guard lock{mutex};
    for (const auto& each : entries) heard.push_back(each.resource);
    head = newest;
  });
  for (int i = 0; i < 50; ++i) append_one(entry("a.b.heard", std::to_string(i)));
  EXPECT_TRUE(test::eventually([&] {
    const std::lock_guard lock{mutex};
    return heard.size() == 50;
  }));
  const std::lock_guard lock{mutex};
  EXPECT_EQ(head, 50);
  EXPECT_EQ(bare.log().head(), 50);
  for (std::size_t i = 0; i < heard.size(); ++i) EXPECT_EQ(heard[i], std::to_string(i));
}

TEST_P(LogTest, AFollowerIsGivenThePastThenTheNewsWithoutGapOrRepetition) {
  constexpr int past = 700;  // more than one page
  constexpr int all_of_them = 1200;
  ASSERT_TRUE(bare.change([&](db::Tx& tx, const Env& env) -> base::Result<void> {
    for (int i = 0; i < past; ++i) append(tx, env, entry("a.b.c"));
    return {};
  }));
  bare.settle();
  std::vector<std::unique_ptr<Heard>> heard;
  std::vector<std::shared_ptr<void>> following;
  std::jthread writer{[&] {
    for (int i = past; i < all_of_them; i += 5)
      ASSERT_TRUE(bare.change([&](db::Tx& tx, const Env& env) -> base::Result<void> {
        for (int n = 0; n < 5; ++n) append(tx, env, entry("a.b.c"));
        return {};
      }));
  }};
  for (int i = 0; i < 10; ++i) {
    heard.push_back(std::make_unique<Heard>());
    following.push_back(bare.log().follow(acme.text(), i * 30, heard.back()->give()));
    std::this_thread::sleep_for(std::chrono::milliseconds{3});
  }
  writer.join();
  for (std::size_t i = 0; i < heard.size(); ++i) {
    const auto expected = counted(static_cast<std::int64_t>(i) * 30 + 1, all_of_them);
    EXPECT_TRUE(test::eventually([&] { return heard[i]->indexes().size() >= expected.size(); }));
    EXPECT_EQ(heard[i]->indexes(), expected);
  }
  following.clear();
  bare.log().stop();
}

TEST_P(LogTest, AFollowerIsGivenWhatTouchesItsTopicOnly) {
  Heard project, organization, resource, other;
  const std::string thing = "thg_" + std::string(26, '0');
  auto a = bare.log().follow(vision.text(), -1, project.give());
  auto b = bare.log().follow(acme.text(), -1, organization.give());
  auto c = bare.log().follow(thing, -1, resource.give());
  auto d = bare.log().follow(globex.text(), -1, other.give());
  append_one(entry("a.b.one", thing));
  append_one({.path = {Scope{acme}}, .principal = ann, .home = acme, .action = "a.b.two"});
  append_one({.path = {Scope{globex}}, .principal = ann, .home = acme, .action = "a.b.three"});
  EXPECT_TRUE(test::eventually([&] { return other.indexes().size() == 1; }));
  EXPECT_EQ(project.indexes(), counted(1, 1));
  EXPECT_EQ(organization.indexes(), counted(1, 2));
  EXPECT_EQ(resource.indexes(), counted(1, 1));
  EXPECT_EQ(other.indexes(), counted(3, 3));
  EXPECT_EQ(resource.last().event, "a.b.one");
  const auto record = json::decode<Record>(resource.last().data);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->resource, thing);
  EXPECT_EQ(record->scope, Scope{vision});

  // The same from the past.
  Heard again;
  auto e = bare.log().follow(thing, 0, again.give());
  EXPECT_TRUE(test::eventually([&] { return again.indexes() == counted(1, 1); }));
  a = b = c = d = e = nullptr;
  bare.log().stop();
}

TEST_P(LogTest, AFollowerThatRefusesOrIsDroppedIsGivenNoMore) {
  Heard refusing, dropped, witness;
  auto a = bare.log().follow(acme.text(), -1, refusing.give());
  auto b = bare.log().follow(acme.text(), -1, dropped.give());
  auto c = bare.log().follow(acme.text(), -1, witness.give());
  append_one(entry("a.b.one"));
  EXPECT_TRUE(test::eventually([&] { return witness.indexes().size() == 1; }));
  refusing.refuse();
  b = nullptr;
  for (int i = 0; i < 3; ++i) append_one(entry("a.b.more"));
  EXPECT_TRUE(test::eventually([&] { return witness.indexes().size() == 4; }));
  EXPECT_EQ(refusing.indexes(), counted(1, 2));  // the second was refused, and nothing after it
  EXPECT_EQ(dropped.indexes(), counted(1, 1));
  a = c = nullptr;
  bare.log().stop();
}

TEST_P(LogTest, AStreamWithoutNewsHasAHeartbeat) {
  Heard heard;
  auto follow = bare.log().follow(acme.text(), -1, heard.give());
  append_one(entry("a.b.one"));
  EXPECT_TRUE(test::eventually([&] { return heard.indexes().size() == 1; }));
  EXPECT_EQ(heard.beats(), 0);
  bare.clock.forward(heartbeat_every);
  EXPECT_TRUE(test::eventually([&] { return heard.beats() == 1; }));
  follow = nullptr;
  bare.log().stop();
}

TEST_P(LogTest, TheSameKeyAnswersTheSame) {
  const auto claim = [&](std::string_view body, std::string_view answer) {
    std::string outcome;
    const auto done = bare.change([&](db::Tx& tx, const Env& env) -> base::Result<void> {
      auto claimed = bare.log().claim(tx, "ann thing_create k1", body, env.now);
      if (!claimed) return claimed.error();
      outcome = claimed->value_or("fresh");
      if (!*claimed) bare.log().keep(tx, "ann thing_create k1", answer);
      return {};
    });
    return done ? outcome : test::word_of(done);
  };
  EXPECT_EQ(claim("body", "first"), "fresh");
  EXPECT_EQ(claim("body", "second"), "first");
  EXPECT_EQ(claim("another", "third"), "key_reused");
  EXPECT_EQ(bare.read([&](db::Snapshot& s) { return bare.log().find(s, "ann thing_create k1"); }), "first");
  bare.clock.forward(key_time + std::chrono::seconds{1});
  EXPECT_EQ(claim("another", "fourth"), "fresh");
  EXPECT_EQ(claim("another", "fifth"), "fourth");
}

TEST_P(LogTest, RacingClaimsOfOneKeyRunOnce) {
  std::vector<std::future<base::Result<void>>> racing;
  std::atomic<int> fresh = 0;
  std::atomic<int> replayed = 0;
  for (int i = 0; i < 8; ++i)
    racing.push_back(std::async(std::launch::async, [&]() -> base::Result<void> {
      bool was_fresh = false;
      auto done = bare.change([&](db::Tx& tx, const Env& env) -> base::Result<void> {
        auto claimed = bare.log().claim(tx, "k", "body", env.now);
        if (!claimed) return claimed.error();
        was_fresh = !*claimed;
        if (was_fresh) bare.log().keep(tx, "k", "answer");
        return {};
      });
      if (done) ++(was_fresh ? fresh : replayed);
      return done;
    }));
  for (auto& each : racing) EXPECT_EQ(test::word_of(each.get()), "ok");
  EXPECT_EQ(fresh, 1);
  EXPECT_EQ(replayed, 7);
}

TEST_P(LogTest, ADenialIsFiledAtHomeAndHidesItsTarget) {
  const request::Caller caller{.principal = ann, .home = acme};
  ASSERT_TRUE(bare.change([&](db::Tx& tx, const Env& env) -> base::Result<void> {
    bare.log().denial(tx, env, caller, thing_create, request::Target{Scope{globex}}, base::forbidden);
    return {};
  }));
  bare.log().denied_read(caller, thing_read, request::Target{std::string{"thg_1"}}, base::not_found, bare.clock.now());
  EXPECT_TRUE(test::eventually([&] { return list(acme).items.size() == 2; }));
  const auto page = list(acme);
  EXPECT_EQ(page.items[0].outcome, "forbidden");
  EXPECT_EQ(page.items[0].action, "tests.thing.create");
  EXPECT_EQ(page.items[1].outcome, "not_found");
  EXPECT_EQ(json::encode(page).find(globex.text()), std::string::npos);
  EXPECT_EQ(all()[0].entry.target, globex.text());
  EXPECT_TRUE(list(globex).items.empty());
}

TEST_P(LogTest, DeniedReadsBeyondTheBoundAreCountedOnly) {
  const auto idle = make_log();  // not started: nothing is taken from its queue
  const request::Caller caller{.principal = ann, .home = acme};
  for (std::size_t i = 0; i < denied_reads_max + 10; ++i)
    idle->denied_read(caller, thing_read, request::Target{Scope{acme}}, base::forbidden, bare.clock.now());
  EXPECT_EQ(idle->denied_reads_lost(), 10);
}

TEST_P(LogTest, TheListIsOfTheScopeAndBelowByPagesAndFilters) {
  for (int i = 1; i <= 5; ++i) append_one(entry(i % 2 == 1 ? "a.b.odd" : "a.b.even", i < 3 ? "thing" : ""));
  append_one({.path = {Scope{acme}}, .principal = ann, .home = acme, .action = "a.b.wide", .resource = "thing"});
  EXPECT_EQ(list(vision).items.size(), 5U);
  EXPECT_EQ(list(research).items.size(), 5U);
  EXPECT_EQ(list(acme).items.size(), 6U);
  EXPECT_TRUE(list(globex).items.empty());
  EXPECT_EQ(list(acme, {.query = {{"action", "a.b.odd"}}}).items.size(), 3U);
  EXPECT_EQ(list(acme, {.query = {{"resource", "thing"}}}).items.size(), 3U);
  EXPECT_EQ(list(vision, {.query = {{"resource", "thing"}}}).items.size(), 2U);
  EXPECT_EQ(list(vision, {.query = {{"resource", "thing"}, {"action", "a.b.even"}}}).items.size(), 1U);

  const auto first = list(acme, {.query = {{"limit", "4"}}});
  ASSERT_EQ(first.items.size(), 4U);
  EXPECT_EQ(first.next, "4");
  const auto rest = list(acme, {.query = {{"limit", "4"}, {"after", *first.next}}});
  ASSERT_EQ(rest.items.size(), 2U);
  EXPECT_EQ(rest.items[0].index, 5);
  EXPECT_EQ(rest.next, std::nullopt);
}

TEST_P(LogTest, LineageTellsTheDecisionApartFromTheOtherRecords) {
  Entry made = entry("tests.thing.create", "thing");
  made.by = "bnd_1";
  append_one(made);
  append_one(entry("tests.thing.stop", "thing"));
  append_one(entry("tests.thing.stop", "another"));
  bare.settle();
  const auto page = bare.read([](db::Snapshot& s) { return lineage()->lines(s, "thing", {}); });
  ASSERT_EQ(page.items.size(), 2U);
  EXPECT_EQ(page.items[0].step, "decision");
  EXPECT_EQ(page.items[0].from, "bnd_1");
  EXPECT_EQ(page.items[0].scope, Scope{vision});
  EXPECT_EQ(page.items[0].permission, &record_list);
  EXPECT_EQ(page.items[1].step, "audit");
  EXPECT_FALSE(page.items[1].pending);
}

class UnsequencedLogTest : public LogTest {
 protected:
  UnsequencedLogTest() : LogTest(false) {}
};
INSTANTIATE_TEST_SUITE_P(On, UnsequencedLogTest, test::engines(), test::engine_name);

TEST_P(UnsequencedLogTest, LineageShowsWhatIsNotInTheLogYetAsPending) {
  append_one(entry("tests.thing.create", "thing"));
  const auto page = bare.read([](db::Snapshot& s) { return lineage()->lines(s, "thing", {}); });
  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_TRUE(page.items[0].pending);
}

}  // namespace
}  // namespace logbook
