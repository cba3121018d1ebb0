// What only PostgreSQL has: connections that are lost, and locks that are waited for.
#include <gtest/gtest.h>

#include <future>

#include "shared/db/store_world.hpp"

namespace db {
namespace {

constexpr Query insert_note{"notes.insert", "INSERT INTO notes (id) VALUES (:id)"};
constexpr Query count_notes{"notes.count", "SELECT count(*) AS many FROM notes"};

void insert_id(Tx& tx, std::string_view id) { tx.run(insert_note, {{"id", id}}); }

std::int64_t notes(const Store& store) {
  return store.read([](Snapshot& s) {
    return s.one(count_notes, {}, [](const Row& row) { return row.get<std::int64_t>("many"); }).value();
  });
}

class PostgresStoreTest : public ::testing::Test {
 protected:
  ~PostgresStoreTest() override {
    store.reset();
    test::remove_databases();
  }
  World world{test::Engine::postgres};
  std::unique_ptr<Store> store = world.open();
};

TEST_F(PostgresStoreTest, AChangeWhoseConnectionIsLostRunsAgain) {
  int runs = 0;
  EXPECT_EQ(word(world.change(*store,
                              [&](Tx& tx) -> base::Result<void> {
                                insert_id(tx, "a");
                                if (++runs == 1) tx.run({"end", "SELECT pg_terminate_backend(pg_backend_pid())"}, {});
                                return {};
                              })),
            "ok");
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(store->stats().again, 1);
  EXPECT_EQ(notes(*store), 1);
}

TEST_F(PostgresStoreTest, ReadersComeBackAfterTheServerEndedTheirConnections) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(notes(*store), 0);
    EXPECT_EQ(word(world.change(*store,
                                [](Tx& tx) -> base::Result<void> {
                                  tx.run({"end",
                                          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
                                          "current_database() AND pid <> pg_backend_pid()"},
                                         {});
                                  return {};
                                })),
              "ok");
  }
  EXPECT_EQ(notes(*store), 0);
}

TEST_F(PostgresStoreTest, ALockThatIsNotToBeHadIsContendedUnlessTheWorkSaysMore) {
  std::promise<void> locked, release;
  auto holder = world.start(*store, [&](Tx& tx) -> base::Result<void> {
    tx.lock("organization", false);
    insert_id(tx, "a");
    locked.set_value();
    release.get_future().wait_for(std::chrono::seconds{20});
    return {};
  });
  locked.get_future().wait();
  std::vector<std::future<base::Result<void>>> waiting;
  waiting.push_back(world.start(*store, [](Tx& tx) -> base::Result<void> {
    tx.lock("organization", true);
    insert_id(tx, "b");
    return {};
  }));
  waiting.push_back(world.start(*store, [](Tx& tx) -> base::Result<void> {
    try {
      insert_id(tx, "a");  // the holder's, not yet committed
    } catch (const LockTimeout&) {
      return base::Error{base::Reason{"in_flight", base::Kind::conflict}};
    }
    return {};
  }));
  // The holder's own idle time would end it after a second; both waiters give up before.
  const std::string first = word(waiting[0].get()), second = word(waiting[1].get());
  release.set_value();
  EXPECT_EQ(first, "contended");
  EXPECT_EQ(second, "in_flight");
  EXPECT_EQ(word(holder.get()), "ok");
}

TEST_F(PostgresStoreTest, SharedLocksAreHeldTogether) {
  std::promise<void> locked, release;
  auto holder = world.start(*store, [&](Tx& tx) -> base::Result<void> {
    tx.lock("organization", true);
    insert_id(tx, "a");
    locked.set_value();
    release.get_future().wait_for(std::chrono::seconds{20});
    return {};
  });
  locked.get_future().wait();
  EXPECT_EQ(word(world.change(*store,
                              [](Tx& tx) -> base::Result<void> {
                                tx.lock("organization", true);
                                insert_id(tx, "b");
                                return {};
                              })),
            "ok");
  release.set_value();
  EXPECT_EQ(word(holder.get()), "ok");
}

TEST_F(PostgresStoreTest, AWorkThatGoesOnAfterTheEnginesErrorIsInternal) {
  EXPECT_EQ(word(world.change(*store,
                              [](Tx& tx) -> base::Result<void> {
                                insert_id(tx, "a");
                                try {
                                  insert_id(tx, "a");
                                } catch (const Trouble&) {
                                }
                                return {};
                              })),
            "internal");
  EXPECT_EQ(notes(*store), 0);
}

TEST_F(PostgresStoreTest, WhatAPutFailsWithBearsItsName) {
  EXPECT_EQ(word(world.change(*store,
                              [](Tx& tx) -> base::Result<void> {
                                tx.put({"notes.wrong", "INSERT INTO notes (id) VALUES (NULL)"}, {});
                                tx.put(insert_note, {{"id", "a"}});
                                try {
                                  insert_id(tx, "b");
                                  ADD_FAILURE() << "what was put first failed";
                                } catch (const Trouble& trouble) {
                                  EXPECT_EQ(std::string{trouble.what()}.substr(0, 11), "notes.wrong");
                                  throw;
                                }
                                return {};
                              })),
            "internal");
  EXPECT_EQ(notes(*store), 0);
}

// A table of a few rows is read by its index too: else SERIALIZABLE watches all of it.
TEST_F(PostgresStoreTest, ChangesOfTwoRowsOfASmallTableNeverRunAgain) {
  ASSERT_EQ(word(world.change(*store,
                              [](Tx& tx) -> base::Result<void> {
                                for (const char* id : {"a", "b"})
                                  tx.run({"counter.new", "INSERT INTO counters (id, value) VALUES (:id, 0)"},
                                         {{"id", id}});
                                tx.run({"analyze", "ANALYZE counters"}, {});
                                return {};
                              })),
            "ok");
  constexpr Query get{"counter.get", "SELECT value FROM counters WHERE id = :id"};
  constexpr Query set{"counter.set", "UPDATE counters SET value = :value WHERE id = :id"};
  std::vector<std::future<void>> clients;
  for (const char* id : {"a", "b"}) {
    clients.push_back(std::async(std::launch::async, [&, id] {
      for (int i = 0; i < 100; ++i) {
        EXPECT_TRUE(world.change(*store, [&](Tx& tx) -> base::Result<void> {
          const auto value = tx.one(get, {{"id", id}}, [](const Row& row) { return row.get<std::int64_t>("value"); });
          tx.run(set, {{"id", id}, {"value", *value + 1}});
          return {};
        }));
      }
    }));
  }
  for (auto& client : clients) client.get();
  EXPECT_EQ(store->stats().again, 0);
}

TEST_F(PostgresStoreTest, ReplicasThatStartTogetherMigrateOnce) {
  world.migrations.push_back({"test", "0002_more", "-- expand\nCREATE TABLE more (id @id PRIMARY KEY) @strict;\n"});
  std::vector<std::future<int>> starts;
  for (int i = 0; i < 4; ++i)
    starts.push_back(std::async(std::launch::async, [&] { return world.try_open()->migrations_applied; }));
  int applied = 0;
  for (auto& start : starts) applied += start.get();
  EXPECT_EQ(applied, 1);
}

TEST_F(PostgresStoreTest, AServerThatIsNotThereIsUnavailable) {
  World nowhere{"postgres://postgres@127.0.0.1:1/none"};
  EXPECT_EQ(nowhere.try_open().error().reason, base::unavailable);
}

}  // namespace
}  // namespace db
