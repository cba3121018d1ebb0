// What only SQLite has: shared commits, a file with one owner, and a disk beneath that may do what disks do.
#include <gtest/gtest.h>

#include <atomic>

#include "shared/db/lossy_vfs.hpp"
#include "shared/db/store_world.hpp"

namespace db {
namespace {

using Result = base::Result<void>;

constexpr Query insert_note{"notes.insert", "INSERT INTO notes (id, text) VALUES (:id, :text)"};
constexpr Query list_notes{"notes.list", "SELECT id FROM notes ORDER BY id"};
constexpr Query check_file{"integrity",
                           "SELECT count(*) AS bad FROM pragma_integrity_check WHERE integrity_check <> 'ok'"};

std::vector<std::string> notes(const Store& store) {
  return store.read(
      [](Snapshot& s) { return s.all(list_notes, {}, [](const Row& row) { return row.get<std::string>("id"); }); });
}

void insert(Tx& tx, std::string_view id, std::size_t size = 10) {
  tx.run(insert_note, {{"id", id}, {"text", std::string(size, 'x')}});
}

/// A store that runs only when told, so that which works share a commit is the test's to say.
class SharedCommit : public ::testing::Test {
 protected:
  SharedCommit() : world("sqlite:/test.db") { open(); }
  ~SharedCommit() override { store.reset(); }

  base::Result<Opened> try_open() {
    return db::open({.url = world.url,
                     .migrations = world.migrations,
                     .readers = 1,
                     .clock = &world.clock,
                     .sqlite_vfs = disk.vfs(),
                     .sqlite_synchronous = synchronous,
                     .own_thread = false});
  }
  void open() {
    auto opened = try_open();
    ASSERT_TRUE(opened) << opened.error().detail;
    store = std::move(opened->store);
  }
  void submit(const std::string& name, Store::Work work) {
    store->change(std::move(work), [this, name](Result result) { answers[name] = word(result); });
  }
  void submit_insert(const std::string& id) {
    submit(id, [id](Tx& tx) -> Result {
      insert(tx, id);
      return {};
    });
  }
  void run_all() {
    while (store->run_waiting() > 0) {
    }
  }

  std::string synchronous = "FULL";
  LossyDisk disk{"shared_commit"};
  World world;
  std::unique_ptr<Store> store;
  std::map<std::string, std::string> answers;
};

using Answers = std::map<std::string, std::string>;

TEST_F(SharedCommit, SixtyFourWaitingWorksShareOneCommitAndTheRestTheNext) {
  for (int i = 0; i < 100; ++i) submit_insert(std::to_string(100 + i));
  EXPECT_TRUE(answers.empty());
  EXPECT_EQ(store->run_waiting(), 64);
  EXPECT_EQ(answers.size(), 64U);
  EXPECT_EQ(store->run_waiting(), 36);
  EXPECT_EQ(answers.size(), 100U);
  EXPECT_EQ(store->stats().changes, 100);
  EXPECT_EQ(store->stats().commits, 2);
  EXPECT_EQ(store->stats().shared_most, 64);
  EXPECT_EQ(notes(*store).size(), 100U);
}

TEST_F(SharedCommit, AnErrorLeavesTheOthersOfItsCommitAlone) {
  submit_insert("a");
  submit("b", [](Tx& tx) -> Result {
    insert(tx, "b");
    return base::Error{base::forbidden};
  });
  submit("c", [](Tx& tx) -> Result {
    insert(tx, "a");
    return {};
  });
  submit_insert("d");
  run_all();
  EXPECT_EQ(answers, (Answers{{"a", "ok"}, {"b", "forbidden"}, {"c", "internal"}, {"d", "ok"}}));
  EXPECT_EQ(notes(*store), (std::vector<std::string>{"a", "d"}));
}

TEST_F(SharedCommit, WhoEndsTheTransactionOfAllRunsAgainLastAndAlone) {
  // The trigger does what a full disk does to a transaction.
  world.migrations.push_back(
      {"test", "0002_ender",
       "-- expand\nCREATE TABLE enders (id @id);\n"
       "CREATE TRIGGER ender BEFORE INSERT ON enders BEGIN SELECT RAISE(ROLLBACK, 'ended'); END;\n"});
  store.reset();
  open();
  int runs = 0;
  std::vector<std::string> order;
  submit_insert("b");
  submit("culprit", [&](Tx& tx) -> Result {
    order.push_back("culprit");
    insert(tx, "culprit");
    if (++runs == 1) tx.run({"end", "INSERT INTO enders (id) VALUES ('x')"}, {});
    return {};
  });
  submit("y", [&](Tx& tx) -> Result {
    order.push_back("y");
    insert(tx, "y");
    return {};
  });
  run_all();
  EXPECT_EQ(answers, (Answers{{"b", "ok"}, {"culprit", "ok"}, {"y", "ok"}}));
  EXPECT_EQ(order, (std::vector<std::string>{"culprit", "y", "culprit"}));
  EXPECT_EQ(notes(*store), (std::vector<std::string>{"b", "culprit", "y"}));
}

TEST_F(SharedCommit, AFullDiskIsTheCulpritsUnavailableAndLeavesTheStoreUsable) {
  submit_insert("a");
  run_all();
  disk.set_full(true);
  submit("big", [](Tx& tx) -> Result {
    insert(tx, "big", 100'000'000);
    return {};
  });
  submit_insert("small");
  run_all();
  EXPECT_EQ(answers["big"], "unavailable");
  EXPECT_EQ(answers["small"], "unavailable");  // its WAL frame has no room either
  EXPECT_EQ(notes(*store), (std::vector<std::string>{"a"}));
  disk.set_full(false);
  submit_insert("b");
  run_all();
  EXPECT_EQ(answers["b"], "ok");
  EXPECT_EQ(notes(*store), (std::vector<std::string>{"a", "b"}));
}

TEST_F(SharedCommit, WhoFillsTheDiskIsTheOnlyOneWhoPays) {
  submit("room", [](Tx& tx) -> Result {
    insert(tx, "room", 12'000'000);
    return {};
  });  // and is checkpointed at once
  run_all();
  disk.set_full(true);  // the WAL begins again, and has room for as much as it held
  submit_insert("before");
  submit("big", [](Tx& tx) -> Result {
    insert(tx, "big", 60'000'000);
    return {};
  });
  submit_insert("after");
  run_all();
  EXPECT_EQ(answers, (Answers{{"room", "ok"}, {"before", "ok"}, {"big", "unavailable"}, {"after", "ok"}}));
  EXPECT_EQ(notes(*store), (std::vector<std::string>{"after", "before", "room"}));
}

TEST_F(SharedCommit, AFailingDiskIsUnavailableAndNeverACrash) {
  submit_insert("a");
  run_all();
  disk.set_failing(true);
  for (int i = 0; i < 5; ++i) submit_insert("n" + std::to_string(i));
  run_all();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(answers["n" + std::to_string(i)], "unavailable");
  disk.set_failing(false);
  submit_insert("b");
  run_all();
  EXPECT_EQ(answers["b"], "ok");
  EXPECT_EQ(notes(*store), (std::vector<std::string>{"a", "b"}));
}

TEST_F(SharedCommit, OneMoreThanMayWaitIsToldSoAtOnce) {
  for (int i = 0; i < 4097; ++i) submit("n" + std::to_string(i), [](Tx&) -> Result { return {}; });
  EXPECT_EQ(answers, (Answers{{"n4096", "unavailable"}}));
  run_all();
  EXPECT_EQ(answers.size(), 4097U);
}

/// Shared commits until the power goes at some write; then what was answered must be there, and nothing by halves.
class LossyCommit : public SharedCommit {
 protected:
  // Returns how many answered changes are not there. What came before, another crash included, must be there still.
  int lost_after_crash(base::Random& random) {
    for (int i = 0; i < 20; ++i) change();
    disk.crash_after(static_cast<std::int64_t>(1 + random.below(200)), random);
    for (int i = 0; i < 400 && !disk.is_down(); ++i) {
      change();
      if (random.below(3) == 0) store->run_waiting();
    }
    run_all();
    if (!disk.is_down()) disk.crash(random);
    shared_most = std::max(shared_most, store->stats().shared_most);
    store.reset();
    disk.restart();
    open();
    EXPECT_EQ(store->read([](Snapshot& s) {
      return s.one(check_file, {}, [](const Row& row) { return row.get<std::int64_t>("bad"); });
    }),
              0);
    return missing();
  }
  // Writes two rows, so that half of it can be told.
  void change() {
    const std::string id = std::to_string(10000 + ++changes);
    submit(id, [id](Tx& tx) -> Result {
      insert(tx, id + "a", 300);
      insert(tx, id + "b", 300);
      return {};
    });
  }
  int missing() {
    const auto there = notes(*store);
    const std::set<std::string> found{there.begin(), there.end()};
    int lost = 0;
    for (const auto& [id, answer] : answers) {
      EXPECT_EQ(found.contains(id + "a"), found.contains(id + "b")) << "half of " << id;
      if (answer == "ok" && !found.contains(id + "a")) ++lost;
    }
    return lost;
  }

  int changes = 0;
  std::int64_t shared_most = 0;
};

TEST_F(LossyCommit, WhatWasAnsweredSurvivesAnyCrashAndTheCrashAfterIt) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    base::Random random{base::Random::Key{}, seed, 1};
    for (int crash = 0; crash < 3; ++crash) EXPECT_EQ(lost_after_crash(random), 0) << "seed " << seed;
    store.reset();
    answers.clear();
    world.url = "sqlite:/seed" + std::to_string(seed) + ".db";
    open();
  }
  EXPECT_EQ(disk.counts().crashes, 90);
  EXPECT_GT(disk.counts().bytes_lost, 0);
  EXPECT_GT(shared_most, 1);
}

// Else the test above would prove nothing. Without syncs the file may even be broken: then it does not open.
TEST_F(LossyCommit, WithoutSyncsTheSameCrashesLoseAnswers) {
  synchronous = "OFF";
  int lost = 0;
  for (std::uint64_t seed = 1; seed <= 30 && lost == 0; ++seed) {
    store.reset();
    world.url = "sqlite:/off" + std::to_string(seed) + ".db";
    answers.clear();
    open();
    base::Random random{base::Random::Key{}, seed, 1};
    for (int i = 0; i < 50; ++i) {
      change();
      store->run_waiting();
    }
    disk.crash(random);
    store.reset();
    disk.restart();
    auto opened = try_open();
    if (!opened) {
      ++lost;
      continue;
    }
    store = std::move(opened->store);
    try {
      if (notes(*store).size() < 100) ++lost;
    } catch (const Trouble&) {
      ++lost;
    }
  }
  EXPECT_GT(lost, 0);
}

TEST_F(LossyCommit, WhoHadItOpenAtACrashNeverGetsItBackAndNobodyOpensItBeforeARestart) {
  submit_insert("a");
  run_all();
  base::Random random{base::Random::Key{}, 1, 1};
  disk.crash(random);
  EXPECT_FALSE(try_open());
  submit_insert("b");
  run_all();
  EXPECT_EQ(answers["b"], "unavailable");
  disk.restart();
  submit_insert("c");
  run_all();
  EXPECT_EQ(answers["c"], "unavailable");
  const auto before = std::move(store);
  open();
  EXPECT_EQ(notes(*store), (std::vector<std::string>{"a"}));
  EXPECT_THROW(notes(*before), Trouble);
}

TEST(SqliteFile, HasOneOwnerAndSaysWhoItIs) {
  World world{test::Engine::sqlite};
  auto first = world.open();
  const auto second = world.try_open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, in_use);
  EXPECT_NE(second.error().detail.find("in use by process " + std::to_string(::getpid())), std::string::npos)
      << second.error().detail;
  first.reset();
  EXPECT_TRUE(world.try_open());
}

TEST(SqliteFile, ThatIsNoDatabaseOrHasNoDirectoryIsUnavailable) {
  World nowhere{"sqlite:/nowhere/at/all.db"};
  EXPECT_EQ(nowhere.try_open().error().reason, base::unavailable);
  World wrong{"mysql://x"};
  EXPECT_EQ(wrong.try_open().error().reason, base::unavailable);
}

}  // namespace
}  // namespace db
