// What a change puts, without asking how many rows it was: on both engines as if it had run at once.
#include <gtest/gtest.h>

#include <map>

#include "shared/db/store_world.hpp"

namespace db {
namespace {

class PutTest : public test::OnEveryEngine {
 protected:
  PutTest() : world(GetParam()) {}
  World world;
};
INSTANTIATE_TEST_SUITE_P(On, PutTest, test::engines(), test::engine_name);

constexpr Query insert_number{"notes.insert", "INSERT INTO notes (id, number) VALUES (:id, :number)"};
constexpr Query raise{"notes.raise", "UPDATE notes SET number = number + 1"};

using Numbers = std::map<std::string, std::int64_t>;

Numbers numbers(Snapshot& snapshot) {
  Numbers found;
  constexpr Query all{"notes.all", "SELECT id, number FROM notes"};
  for (const auto& each : snapshot.all(all, {}, [](const Row& row) {
         return std::pair{row.get<std::string>("id"), row.get<std::int64_t>("number")};
       }))
    found.insert(each);
  return found;
}

Numbers numbers(const Store& store) {
  return store.read([](Snapshot& s) { return numbers(s); });
}

TEST_P(PutTest, WhatIsPutIsSeenByTheNextStatementInItsOrder) {
  auto store = world.open();
  ASSERT_EQ(word(world.change(*store,
                              [](Tx& tx) -> base::Result<void> {
                                tx.put_one(insert_number, {{"id", "a"}, {"number", 1}});
                                tx.put(raise, {});
                                tx.put_one(insert_number, {{"id", "b"}, {"number", 1}});
                                EXPECT_EQ(numbers(tx), (Numbers{{"a", 2}, {"b", 1}}));
                                tx.put(raise, {});
                                return {};
                              })),
            "ok");
  EXPECT_EQ(numbers(*store), (Numbers{{"a", 3}, {"b", 2}}));
}

// Each is new to its connection, so that on PostgreSQL they are prepared in the round that fails.
TEST_P(PutTest, WhatIsPutAndFailsIsOurBugUndoesItsChangeAndIsKnownToTheNext) {
  auto store = world.open();
  constexpr Query twice{"notes.twice", "INSERT INTO notes (id, number) VALUES (:id, 1), (:id, 2)"};
  constexpr Query after{"notes.after", "INSERT INTO notes (id, number) VALUES (:id, 5)"};
  for (int round = 0; round < 2; ++round)
    EXPECT_EQ(word(world.change(*store,
                                [&](Tx& tx) -> base::Result<void> {
                                  tx.put(insert_number, {{"id", "before"}, {"number", 0}});
                                  tx.put(twice, {{"id", "a"}});
                                  tx.put(after, {{"id", "b"}});
                                  return {};
                                })),
              "internal");
  EXPECT_EQ(numbers(*store), Numbers{});
  EXPECT_EQ(word(world.change(*store,
                              [&](Tx& tx) -> base::Result<void> {
                                tx.put(after, {{"id", "b"}});
                                return {};
                              })),
            "ok");
  EXPECT_EQ(numbers(*store), (Numbers{{"b", 5}}));
}

TEST_P(PutTest, WhatAnAttemptPutGoesWithItsError) {
  auto store = world.open();
  EXPECT_EQ(word(world.change(*store,
                              [](Tx& tx) -> base::Result<void> {
                                const auto tried = tx.attempt([&]() -> base::Result<void> {
                                  tx.put(insert_number, {{"id", "a"}, {"number", 1}});
                                  return base::Error{base::contended};
                                });
                                EXPECT_FALSE(tried);
                                tx.put(insert_number, {{"id", "b"}, {"number", 2}});
                                return {};
                              })),
            "ok");
  EXPECT_EQ(numbers(*store), (Numbers{{"b", 2}}));
}

TEST_P(PutTest, OneRowThatIsNotOneEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(
      {
        auto store = world.open();
        (void)world.change(*store, [](Tx& tx) -> base::Result<void> {
          tx.put_one({"notes.none", "UPDATE notes SET number = 1 WHERE id = 'nobody'"}, {});
          return {};
        });
      },
      "rows == 1|rows_of");
}

}  // namespace
}  // namespace db
