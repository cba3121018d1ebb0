// One conformance suite for a store, on both engines. Whatever speaks SQL here must pass it before it is believed.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>
#include <thread>

#include "shared/db/store_world.hpp"

namespace db {
namespace {

using test::Engine;

class StoreTest : public test::OnEveryEngine {
 protected:
  StoreTest() : world(GetParam()) {}
  World world;
};
INSTANTIATE_TEST_SUITE_P(On, StoreTest, test::engines(), test::engine_name);

constexpr Query insert_note{"notes.insert", "INSERT INTO notes (id, text, number) VALUES (:id, :text, :number)"};
constexpr Query insert_note_once{"notes.insert_once", R"sql(
  INSERT INTO notes (id, text, number) VALUES (:id, :text, NULL) ON CONFLICT (id) DO NOTHING)sql"};
constexpr Query find_note{"notes.find", "SELECT id, text, number FROM notes WHERE id = :id"};
constexpr Query list_notes{"notes.list", "SELECT id, text FROM notes WHERE id > :after ORDER BY id LIMIT :limit"};
constexpr Query count_notes{"notes.count", "SELECT count(*) AS many FROM notes"};

struct Note {
  std::string id;
  std::optional<std::string> text;
  std::optional<std::int64_t> number;
  bool operator==(const Note&) const = default;
};

Note read_note(const Row& row) {
  return {row.get<std::string>("id"), row.get<std::optional<std::string>>("text"),
          row.get<std::optional<std::int64_t>>("number")};
}

int insert(Tx& tx, const Note& note) {
  return tx.run(insert_note, {{"id", note.id}, {"text", note.text}, {"number", note.number}});
}

int insert_id(Tx& tx, std::string_view id) { return insert(tx, {std::string{id}, {}, {}}); }

std::int64_t notes(const Store& store) {
  return store.read([](Snapshot& s) {
    return s.one(count_notes, {}, [](const Row& row) { return row.get<std::int64_t>("many"); }).value();
  });
}

TEST_P(StoreTest, ArgumentsBindByNameInAnyOrderAndTwice) {
  auto store = world.open();
  ASSERT_EQ(word(world.change(
                *store,
                [](Tx& tx) -> base::Result<void> {
                  EXPECT_EQ(tx.run(insert_note, {{"number", 7}, {"id", "b"}, {"text", "it's :not a ?1 $1 name"}}), 1);
                  return {};
                })),
            "ok");
  constexpr Query twice{"notes.twice", R"sql(
    SELECT id, text, number FROM notes  -- :comment
    WHERE (id = :id OR text = :id) AND text <> ':quoted' AND number = CAST(:number AS bigint) + CAST(:number AS bigint) - 7)sql"};
  const auto found = store->read([&](Snapshot& s) { return s.one(twice, {{"number", 7}, {"id", "b"}}, read_note); });
  EXPECT_EQ(found, (Note{"b", "it's :not a ?1 $1 name", 7}));
}

TEST_P(StoreTest, NothingIsNullAndComesBackAsNothing) {
  auto store = world.open();
  ASSERT_EQ(word(world.change(*store,
                              [](Tx& tx) -> base::Result<void> {
                                insert(tx, {"a", std::nullopt, std::nullopt});
                                insert(tx, {"b", "", 0});
                                return {};
                              })),
            "ok");
  store->read([](Snapshot& s) {
    EXPECT_EQ(s.one(find_note, {{"id", "a"}}, read_note), (Note{"a", std::nullopt, std::nullopt}));
    EXPECT_EQ(s.one(find_note, {{"id", "b"}}, read_note), (Note{"b", "", 0}));
    EXPECT_EQ(s.one(find_note, {{"id", "c"}}, read_note), std::nullopt);
  });
}

TEST_P(StoreTest, ABooleanAndACountAreIntegers) {
  auto store = world.open();
  constexpr Query yes{"yes", "SELECT 1 = 1 AS yes, count(*) AS many, NULL AS none FROM notes"};
  store->read([&](Snapshot& s) {
    EXPECT_EQ(s.one(yes, {},
                    [](const Row& row) {
                      EXPECT_EQ(row.get<std::optional<std::string>>("none"), std::nullopt);
                      return row.get<bool>("yes") ? row.get<std::int64_t>("many") : -1;
                    }),
              0);
  });
}

TEST_P(StoreTest, AChangeCountsTheRowsThatItTouched) {
  auto store = world.open();
  ASSERT_EQ(word(world.change(*store,
                              [](Tx& tx) -> base::Result<void> {
                                EXPECT_EQ(tx.run(insert_note_once, {{"id", "a"}, {"text", "first"}}), 1);
                                EXPECT_EQ(tx.run(insert_note_once, {{"id", "a"}, {"text", "second"}}), 0);
                                insert_id(tx, "b");
                                EXPECT_EQ(tx.run({"notes.all", "UPDATE notes SET number = 1"}, {}), 2);
                                EXPECT_EQ(tx.run({"notes.none", "DELETE FROM notes WHERE id = 'z'"}, {}), 0);
                                EXPECT_EQ(tx.run({"notes.look", "SELECT id FROM notes"}, {}), 0);
                                return {};
                              })),
            "ok");
}

TEST_P(StoreTest, AStatementMayReturnTheRowsThatItWrote) {
  auto store = world.open();
  constexpr Query back{"notes.back", "INSERT INTO notes (id, number) VALUES (:id, :number) RETURNING id, text, number"};
  ASSERT_EQ(word(world.change(*store,
                              [&](Tx& tx) -> base::Result<void> {
                                EXPECT_EQ(tx.one(back, {{"id", "a"}, {"number", 5}}, read_note),
                                          (Note{"a", std::nullopt, 5}));
                                return {};
                              })),
            "ok");
  EXPECT_EQ(notes(*store), 1);
}

TEST_P(StoreTest, PagesFollowTheFirstColumnToTheEnd) {
  auto store = world.open();
  ASSERT_EQ(word(world.change(*store,
                              [](Tx& tx) -> base::Result<void> {
                                for (const char* id : {"B", "a", "c", "Z", "b"}) insert_id(tx, id);
                                return {};
                              })),
            "ok");
  const auto page = [&](const std::string& after) {
    return store->read([&](Snapshot& s) {
      return s.page(list_notes, {.after = after, .limit = 2}, {},
                    [](const Row& row) { return row.get<std::string>("id"); });
    });
  };
  EXPECT_EQ(page(""), (base::Page<std::string>{{"B", "Z"}, "Z"}));  // bytewise: capitals first, whatever the locale
  EXPECT_EQ(page("Z"), (base::Page<std::string>{{"a", "b"}, "b"}));
  EXPECT_EQ(page("b"), (base::Page<std::string>{{"c"}, std::nullopt}));
}

TEST_P(StoreTest, AnAttemptThatFailsUndoesItselfAndNoMore) {
  auto store = world.open();
  EXPECT_EQ(word(world.change(*store,
                              [](Tx& tx) -> base::Result<void> {
                                insert_id(tx, "before");
                                const auto refused = tx.attempt([&]() -> base::Result<void> {
                                  insert_id(tx, "inside");
                                  return base::Error{base::forbidden};
                                });
                                EXPECT_EQ(word(refused), "forbidden");
                                EXPECT_EQ(word(tx.attempt([&]() -> base::Result<void> {
                                            insert_id(tx, "second");
                                            return {};
                                          })),
                                          "ok");
                                insert_id(tx, "after");
                                return {};
                              })),
            "ok");
  store->read([](Snapshot& s) {
    EXPECT_EQ(s.all({"notes.ids", "SELECT id FROM notes ORDER BY id"}, {},
                    [](const Row& row) { return row.get<std::string>("id"); }),
              (std::vector<std::string>{"after", "before", "second"}));
  });
}

TEST_P(StoreTest, AnErrorUndoesEverythingIncludingWhatWasAttempted) {
  auto store = world.open();
  EXPECT_EQ(word(world.change(*store,
                              [](Tx& tx) -> base::Result<void> {
                                insert_id(tx, "a");
                                EXPECT_TRUE(tx.attempt([&]() -> base::Result<void> {
                                  insert_id(tx, "b");
                                  return {};
                                }));
                                return base::Error{base::not_found};
                              })),
            "not_found");
  EXPECT_EQ(notes(*store), 0);
}

TEST_P(StoreTest, AViolatedConstraintIsOurBugAndCostsOnlyThatChange) {
  auto store = world.open();
  const auto twice = [](Tx& tx) -> base::Result<void> {
    insert_id(tx, "a");
    insert_id(tx, "a");
    return {};
  };
  EXPECT_EQ(word(world.change(*store, twice)), "internal");
  EXPECT_EQ(word(world.change(*store,
                              [](Tx& tx) -> base::Result<void> {
                                insert_id(tx, "a");
                                return {};
                              })),
            "ok");
  EXPECT_EQ(notes(*store), 1);
}

// SERIALIZABLE, or one writer: read and write back is safe, whoever else does the same.
TEST_P(StoreTest, EightThreadsCountAsIfOneAfterAnother) {
  auto store = world.open();
  constexpr Query get{"counter.get", "SELECT value FROM counters WHERE id = 'c'"};
  constexpr Query set{"counter.set", "UPDATE counters SET value = :value WHERE id = 'c'"};
  ASSERT_EQ(word(world.change(*store,
                              [](Tx& tx) -> base::Result<void> {
                                tx.run({"counter.new", "INSERT INTO counters (id, value) VALUES ('c', 0)"}, {});
                                return {};
                              })),
            "ok");
  std::atomic<int> stood = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int each = 0; each < 25; ++each) {
        const auto result = world.change(*store, [&](Tx& tx) -> base::Result<void> {
          const auto value = tx.one(get, {}, [](const Row& row) { return row.get<std::int64_t>("value"); });
          tx.run(set, {{"value", *value + 1}});
          return {};
        });
        if (result)
          ++stood;
        else
          EXPECT_EQ(result.error().reason, base::contended) << result.error().detail;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(store->read([&](Snapshot& s) {
    return s.one(get, {}, [](const Row& row) { return row.get<std::int64_t>("value"); });
  }),
            stood);
  EXPECT_GT(stood, 0);
}

// Each looks at what the others write: a snapshot alone would let several in.
TEST_P(StoreTest, OneOfEightLookersLeaps) {
  auto store = world.open();
  std::vector<std::future<base::Result<void>>> lookers;
  for (int i = 0; i < 8; ++i) {
    lookers.push_back(world.start(*store, [i](Tx& tx) -> base::Result<void> {
      if (tx.one(count_notes, {}, [](const Row& row) { return row.get<std::int64_t>("many"); }) != 0)
        return base::Error{base::nothing};
      insert_id(tx, std::to_string(i));
      return {};
    }));
  }
  std::map<std::string, int> tally;
  for (auto& looker : lookers) ++tally[word(looker.get())];
  EXPECT_EQ(tally["ok"], 1);
  EXPECT_EQ(notes(*store), 1);
}

TEST_P(StoreTest, OneOfEightRacersOpensTheUniqueRow) {
  auto store = world.open();
  std::vector<std::future<base::Result<void>>> racers;
  for (int i = 0; i < 8; ++i) {
    racers.push_back(world.start(*store, [&](Tx& tx) -> base::Result<void> {
      if (tx.run(insert_note_once, {{"id", "race"}, {"text", "x"}}) != 1)
        return base::Error{base::Reason{"taken", base::Kind::conflict}};
      return {};
    }));
  }
  std::map<std::string, int> tally;
  for (auto& racer : racers) ++tally[word(racer.get())];
  EXPECT_EQ(tally, (std::map<std::string, int>{{"ok", 1}, {"taken", 7}}));
  EXPECT_EQ(notes(*store), 1);
}

// Read and write back, as READ COMMITTED alone would get wrong: the turn makes it right, and nobody runs again.
TEST_P(StoreTest, WorksOfOneTurnFollowOneAnother) {
  auto store = world.open();
  ASSERT_EQ(word(world.change(*store,
                              [](Tx& tx) -> base::Result<void> {
                                tx.run({"counter.new", "INSERT INTO counters (id, value) VALUES ('c', 0)"}, {});
                                return {};
                              })),
            "ok");
  constexpr Query get{"counter.get", "SELECT value FROM counters WHERE id = 'c'"};
  constexpr Query set{"counter.set", "UPDATE counters SET value = :value WHERE id = 'c'"};
  const auto value = [&](Snapshot& s) {
    return s.one(get, {}, [](const Row& row) { return row.get<std::int64_t>("value"); }).value();
  };
  std::vector<std::future<base::Result<void>>> batches;
  for (int i = 0; i < 100; ++i) {
    auto promise = std::make_shared<std::promise<base::Result<void>>>();  // shared: as in World::start
    batches.push_back(promise->get_future());
    store->change_in_turn(
        "books/acme",
        [&](Tx& tx) -> base::Result<void> {
          tx.run(set, {{"value", value(tx) + 1}});
          return {};
        },
        [promise](base::Result<void> result) { promise->set_value(std::move(result)); });
  }
  for (auto& batch : batches) EXPECT_EQ(word(batch.get()), "ok");
  EXPECT_EQ(store->read(value), 100);
  EXPECT_EQ(store->stats().again, 0);
}

TEST_P(StoreTest, EveryStatementIsObservedByItsName) {
  std::mutex mutex;
  std::map<std::string, int> seen;
  auto opened = db::open({.url = world.url,
                          .migrations = world.migrations,
                          .clock = &world.clock,
                          .observe = [&](const Query& query, std::chrono::microseconds took) {
                            const std::scoped_lock lock{mutex};
                            EXPECT_GE(took.count(), 0);
                            ++seen[std::string{query.name}];
                          }});
  ASSERT_TRUE(opened);
  ASSERT_EQ(word(world.change(*opened->store,
                              [](Tx& tx) -> base::Result<void> {
                                insert_id(tx, "a");
                                return {};
                              })),
            "ok");
  EXPECT_EQ(notes(*opened->store), 1);
  const std::scoped_lock lock{mutex};
  EXPECT_EQ(seen["notes.insert"], 1);
  EXPECT_EQ(seen["notes.count"], 1);
}

TEST_P(StoreTest, TheDatabaseItselfRefusesToEditAnAppendOnlyTable) {
  auto store = world.open();
  ASSERT_EQ(word(world.change(*store,
                              [](Tx& tx) -> base::Result<void> {
                                tx.run({"book.add", "INSERT INTO book (id, amount) VALUES ('a', 1)"}, {});
                                return {};
                              })),
            "ok");
  std::vector<std::string_view> edits{"UPDATE book SET amount = 2", "DELETE FROM book"};
  if (GetParam() == Engine::postgres) edits.emplace_back("TRUNCATE book");  // SQLite's truncation is DELETE
  if (GetParam() == Engine::sqlite) edits.emplace_back("INSERT OR REPLACE INTO book (id, amount) VALUES ('a', 3)");
  for (const std::string_view sql : edits) {
    const auto result = world.change(*store, [&](Tx& tx) -> base::Result<void> {
      tx.run({"book.edit", sql}, {});
      return {};
    });
    ASSERT_FALSE(result) << sql;
    EXPECT_NE(result.error().detail.find("append-only"), std::string::npos) << result.error().detail;
  }
  EXPECT_EQ(store->read([](Snapshot& s) {
    return s.one({"book.sum", "SELECT CAST(sum(amount) AS bigint) AS sum FROM book"}, {},
                 [](const Row& row) { return row.get<std::int64_t>("sum"); });
  }),
            1);
}

TEST_P(StoreTest, MigrationsAreAppliedOnceAndMayBeAdded) {
  EXPECT_EQ(world.try_open()->migrations_applied, 1);
  EXPECT_EQ(world.try_open()->migrations_applied, 0);
  world.migrations.push_back(
      {"test", "0002_more", "-- expand\nCREATE TABLE more (id @id PRIMARY KEY, n @serial) @strict;\n"});
  if (GetParam() == Engine::sqlite)
    world.migrations.back().sql = "-- expand\nCREATE TABLE more (n @serial PRIMARY KEY, id @id) @strict;\n";
  EXPECT_EQ(world.try_open()->migrations_applied, 1);
  EXPECT_EQ(world.try_open()->migrations_applied, 0);
}

TEST_P(StoreTest, AMigrationThatChangedAfterItWasAppliedIsRefused) {
  ASSERT_TRUE(world.try_open());
  world.migrations.front().sql += "-- one more word\n";
  const auto opened = world.try_open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().reason, base::unavailable);
  EXPECT_NE(opened.error().detail.find("test/schema/0001_notes.sql changed"), std::string::npos)
      << opened.error().detail;
}

TEST_P(StoreTest, AMigrationThatFailsLeavesNothingBehind) {
  world.migrations.push_back(
      {"test", "0002_bad", "-- expand\nCREATE TABLE half (id @id); CREATE TABLE half (id @id);\n"});
  EXPECT_FALSE(world.try_open());
  world.migrations.back().sql = "-- expand\nCREATE TABLE half (id @id);\n";
  EXPECT_EQ(world.try_open()->migrations_applied, 2);
}

TEST_P(StoreTest, AMigrationSaysWhetherItExpandsOrContracts) {
  world.migrations.push_back({"test", "0002_mute", "CREATE TABLE mute (id @id);\n"});
  EXPECT_EQ(world.try_open().error().reason, base::invalid);
}

TEST_P(StoreTest, AnUnknownMacroIsRefused) {
  world.migrations.push_back({"test", "0002_macro", "-- expand\nCREATE TABLE x (id @uuid);  -- not @this\n"});
  const auto opened = world.try_open();
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().detail.find("@uuid"), std::string::npos);
}

TEST_P(StoreTest, AReadingStatementIsCutAtItsTimeoutAndTheNextIsNot) {
  auto store = world.open();
  constexpr Query slow{"slow", R"sql(
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT max(i) AS last FROM n)sql",
                       std::chrono::milliseconds{50}};
  EXPECT_THROW(
      store->read([&](Snapshot& s) { s.one(slow, {}, [](const Row& row) { return row.get<std::int64_t>("last"); }); }),
      Unavailable);
  EXPECT_EQ(notes(*store), 0);
}

TEST_P(StoreTest, ASnapshotSeesOneMoment) {
  auto store = world.open();
  store->read([&](Snapshot& s) {
    const auto count = [&] {
      return s.one(count_notes, {}, [](const Row& row) { return row.get<std::int64_t>("many"); });
    };
    EXPECT_EQ(count(), 0);
    EXPECT_EQ(word(world.change(*store,
                                [](Tx& tx) -> base::Result<void> {
                                  insert_id(tx, "a");
                                  return {};
                                })),
              "ok");
    EXPECT_EQ(count(), 0);
  });
  EXPECT_EQ(notes(*store), 1);
}

TEST_P(StoreTest, AReaderOfARowMayAskTheSameStatementAgain) {
  auto store = world.open();
  ASSERT_EQ(word(world.change(*store,
                              [](Tx& tx) -> base::Result<void> {
                                insert_id(tx, "a");
                                insert_id(tx, "b");
                                return {};
                              })),
            "ok");
  constexpr Query all{"notes.ids", "SELECT id FROM notes ORDER BY id"};
  store->read([&](Snapshot& s) {
    const auto sizes = s.all(all, {}, [&](const Row&) {
      return s.all(all, {}, [](const Row& row) { return row.get<std::string>("id"); }).size();
    });
    EXPECT_EQ(sizes, (std::vector<std::size_t>{2, 2}));
  });
}

TEST_P(StoreTest, AHundredReadersWaitTheirTurn) {
  auto store = world.open();
  std::vector<std::thread> threads;
  std::atomic<int> read = 0;
  for (int i = 0; i < 20; ++i)
    threads.emplace_back([&] {
      for (int each = 0; each < 5; ++each) read += notes(*store) == 0 ? 1 : 0;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(read, 100);
}

TEST_P(StoreTest, ClosingAStoreAnswersWhatWaits) {
  std::atomic<int> answered = 0;
  {
    auto store = world.open();
    for (int i = 0; i < 200; ++i)
      store->change(
          [i](Tx& tx) -> base::Result<void> {
            insert_id(tx, std::to_string(i));
            return {};
          },
          [&](base::Result<void>) { ++answered; });
  }
  EXPECT_EQ(answered, 200);
}

}  // namespace
}  // namespace db
