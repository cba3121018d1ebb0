// The sequence on both engines: a log made of an inbox by one leader, heard by every replica.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "shared/db/store_world.hpp"

namespace db {
namespace {

using test::Engine;
using Result = base::Result<void>;

constexpr Query insert_inbox{"inbox.insert", R"sql(
  INSERT INTO inbox (xid, what) VALUES (CAST(CAST(pg_current_xact_id() AS text) AS bigint), :what))sql"};
constexpr Query take_inbox{"inbox.take", "SELECT id, what FROM inbox ORDER BY xid, id LIMIT 4096"};
constexpr Query delete_inbox{"inbox.delete", "DELETE FROM inbox WHERE id = :id"};
constexpr Query newest{"log.newest", "SELECT coalesce(max(at), 0) AS at FROM log"};
constexpr Query append{"log.append", "INSERT INTO log (at, what) VALUES (:at, :what)"};
constexpr Query list{"log.list", "SELECT at, what FROM log ORDER BY at", std::chrono::seconds{10}};

struct Entry {
  std::int64_t at;
  std::string what;
  bool operator==(const Entry&) const = default;
};

/// One replica: what it heard, and a step that can be held up in the middle.
struct Replica {
  std::mutex mutex;
  std::condition_variable changed;
  std::int64_t head = 0;
  std::int64_t beats = 0;
  std::atomic<int> steps = 0;
  std::atomic<bool> hold = false;        // inside its step
  std::atomic<bool> hold_after = false;  // after its COMMIT, with nothing open
  std::unique_ptr<Store> store;          // closed before what it calls is gone

  Sequence sequence() {
    return {.step = [this](Tx& tx) { return step(tx); },
            .heard =
                [this](std::int64_t to, base::Instant) {
                  std::unique_lock lock{mutex};
                  head = std::max(head, to);
                  ++beats;
                  changed.notify_all();
                  lock.unlock();
                  while (hold_after) std::this_thread::sleep_for(std::chrono::milliseconds{5});
                }};
  }
  Sequence::Batch step(Tx& tx) {
    ++steps;
    const auto entries = tx.all(take_inbox, {}, [](const Row& row) {
      return Entry{row.get<std::int64_t>("id"), row.get<std::string>("what")};
    });
    std::int64_t at = tx.one(newest, {}, [](const Row& row) { return row.get<std::int64_t>("at"); }).value();
    for (const Entry& each : entries) {
      tx.run(append, {{"at", ++at}, {"what", each.what}});
      tx.run(delete_inbox, {{"id", each.at}});
    }
    while (hold) std::this_thread::sleep_for(std::chrono::milliseconds{5});
    return {.head = at, .more = entries.size() == 4096};
  }
  bool hears(std::int64_t to) {
    std::unique_lock lock{mutex};
    return changed.wait_for(lock, std::chrono::seconds{30}, [&] { return head >= to; });
  }
  bool beats_on() {
    std::unique_lock lock{mutex};
    const std::int64_t then = beats;
    return changed.wait_for(lock, std::chrono::seconds{30}, [&] { return beats > then + 2; });
  }
};

Result say(Tx& tx, const std::string& what) {
  tx.run(insert_inbox, {{"what", what}});
  return {};
}

std::vector<Entry> log(const Store& store) {
  return store.read([](Snapshot& s) {
    return s.all(list, {},
                 [](const Row& row) { return Entry{row.get<std::int64_t>("at"), row.get<std::string>("what")}; });
  });
}

void expect_dense(const std::vector<Entry>& entries, std::size_t count) {
  ASSERT_EQ(entries.size(), count);
  std::set<std::string> seen;
  for (std::size_t i = 0; i < count; ++i) {
    EXPECT_EQ(entries[i].at, static_cast<std::int64_t>(i) + 1);
    EXPECT_TRUE(seen.insert(entries[i].what).second) << entries[i].what << " stands twice";
  }
}

class SequenceTest : public test::OnEveryEngine {
 protected:
  SequenceTest() : world(GetParam()) {}
  World world;
};
INSTANTIATE_TEST_SUITE_P(On, SequenceTest, test::engines(), test::engine_name);

TEST_P(SequenceTest, GivesDenseIndexesAndKeepsTheOrderInWhichOneClientWasAnswered) {
  Replica replica;
  replica.store = world.open(replica.sequence());
  std::vector<std::thread> clients;
  for (int client = 0; client < 8; ++client) {
    clients.emplace_back([&, client] {
      for (int i = 0; i < 50; ++i) {
        const std::string what = std::to_string(client) + "/" + std::to_string(100 + i);
        EXPECT_TRUE(world.change(*replica.store, [&](Tx& tx) { return say(tx, what); }));
      }
    });
  }
  for (auto& client : clients) client.join();
  ASSERT_TRUE(replica.hears(400));
  const auto entries = log(*replica.store);
  expect_dense(entries, 400);
  std::map<char, std::string> last;
  for (const Entry& each : entries) {
    EXPECT_LT(last[each.what.front()], each.what);
    last[each.what.front()] = each.what;
  }
}

TEST_P(SequenceTest, BeatsWhenNothingHappens) {
  Replica replica;
  replica.store = world.open(replica.sequence());
  EXPECT_TRUE(replica.beats_on());
  EXPECT_TRUE(log(*replica.store).empty());
}

TEST_P(SequenceTest, KnowsTheHeadAfterAnotherStart) {
  {
    Replica first;
    first.store = world.open(first.sequence());
    EXPECT_TRUE(world.change(*first.store, [](Tx& tx) { return say(tx, "a"); }));
    ASSERT_TRUE(first.hears(1));
  }
  Replica second;
  second.store = world.open(second.sequence());
  EXPECT_TRUE(second.hears(1));
}

TEST_P(SequenceTest, TakesNothingOfAChangeThatFailed) {
  Replica replica;
  replica.store = world.open(replica.sequence());
  EXPECT_FALSE(world.change(*replica.store, [](Tx& tx) -> Result {
    (void)say(tx, "never");
    return base::Error{base::forbidden};
  }));
  EXPECT_TRUE(world.change(*replica.store, [](Tx& tx) { return say(tx, "once"); }));
  ASSERT_TRUE(replica.hears(1));
  EXPECT_EQ(log(*replica.store), (std::vector<Entry>{{1, "once"}}));
}

// PostgreSQL only: SQLite has one process.
class Replicas : public ::testing::Test {
 protected:
  Replicas() : world(Engine::postgres) {}
  ~Replicas() override {
    for (Replica* each : {&a, &b}) each->hold = each->hold_after = false;
    a.store.reset();
    b.store.reset();
    test::remove_databases();
  }
  void open(Replica& replica) { replica.store = world.open(replica.sequence()); }
  Result say_by(Replica& replica, const std::string& what) {
    return world.change(*replica.store, [&](Tx& tx) { return say(tx, what); });
  }
  World world;
  Replica a, b;
};

TEST_F(Replicas, OneLeadsAndBothHear) {
  open(a);
  ASSERT_TRUE(a.beats_on());
  open(b);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(say_by(i % 2 == 0 ? a : b, std::to_string(i)));
  EXPECT_TRUE(a.hears(20));
  EXPECT_TRUE(b.hears(20));
  EXPECT_TRUE(b.beats_on());
  EXPECT_EQ(b.steps, 0);
  expect_dense(log(*b.store), 20);
}

TEST_F(Replicas, WhenTheLeaderIsClosedTheOtherLeads) {
  open(a);
  ASSERT_TRUE(a.beats_on());
  open(b);
  EXPECT_TRUE(say_by(a, "1"));
  ASSERT_TRUE(b.hears(1));
  a.store.reset();
  EXPECT_TRUE(say_by(b, "2"));
  EXPECT_TRUE(b.hears(2));
  EXPECT_GT(b.steps, 0);
  expect_dense(log(*b.store), 2);
}

TEST_F(Replicas, ALeaderThatHangsInsideItsStepIsDeposedAndWritesNothingWhenItWakes) {
  open(a);
  ASSERT_TRUE(a.beats_on());
  open(b);
  EXPECT_TRUE(say_by(b, "1"));
  ASSERT_TRUE(b.hears(1));
  a.hold = true;  // it has taken "2" and appended it, and does not come to its COMMIT
  EXPECT_TRUE(say_by(b, "2"));
  EXPECT_TRUE(b.hears(2));
  EXPECT_GT(b.steps, 0);
  EXPECT_TRUE(say_by(b, "3"));
  EXPECT_TRUE(b.hears(3));
  const int led = a.steps;
  a.hold = false;
  EXPECT_TRUE(a.hears(3));  // it follows now
  EXPECT_TRUE(say_by(a, "4"));
  EXPECT_TRUE(a.hears(4));
  EXPECT_EQ(a.steps, led);
  expect_dense(log(*b.store), 4);
}

TEST_F(Replicas, ALeaderThatStopsWithNothingOpenIsDeposed) {
  open(a);
  ASSERT_TRUE(a.beats_on());
  open(b);
  ASSERT_TRUE(b.beats_on());
  a.hold_after = true;
  EXPECT_TRUE(say_by(b, "1"));
  EXPECT_TRUE(b.hears(1));
  while (b.steps == 0) EXPECT_TRUE(b.beats_on());
  a.hold_after = false;
  EXPECT_TRUE(say_by(a, "2"));
  EXPECT_TRUE(a.hears(2));
  expect_dense(log(*b.store), 2);
}

TEST_F(Replicas, AHeldLockOfALeaderThatNeverBeatIsDeposedToo) {
  a.hold = true;
  open(a);
  while (a.steps == 0) std::this_thread::sleep_for(std::chrono::milliseconds{5});
  open(b);
  EXPECT_TRUE(say_by(b, "1"));
  EXPECT_TRUE(b.hears(1));
  expect_dense(log(*b.store), 1);
}

}  // namespace
}  // namespace db
