#include "shared/db/statement.hpp"

#include <gtest/gtest.h>

namespace db {
namespace {

TEST(Statement, NamesAreNumberedOnceAndQuotesAreLeftAlone) {
  const Statement pg =
      parse("SELECT ':a', \":b\", x::text, $q$ :c $q$ /* :d */ FROM t WHERE a = :a AND b=:b_2 AND c = :a FOR SHARE",
            Dialect::postgres);
  EXPECT_EQ(pg.sql,
            "SELECT ':a', \":b\", x::text, $q$ :c $q$ /* :d */ FROM t WHERE a = $1 AND b=$2 AND c = $1 FOR SHARE");
  EXPECT_EQ(pg.names, (std::vector<std::string>{"a", "b_2"}));
  EXPECT_EQ(parse("SELECT a FROM t WHERE for_x = :a FOR NO KEY UPDATE SKIP LOCKED", Dialect::sqlite).sql,
            "SELECT a FROM t WHERE for_x = ?1 ");
}

TEST(StatementDeathTest, NamesThatDifferFromTheStatementsAreABug) {
  std::vector<const Value*> ordered;
  const std::vector<std::string> names{"a", "b"};
  const std::vector<Param> missing{{"a", 1}}, unknown{{"a", 1}, {"b", 2}, {"c", 3}}, twice{{"a", 1}, {"a", 1}};
  EXPECT_DEATH(in_order({"q", ""}, names, missing, ordered), "parameter 'b' is not given");
  EXPECT_DEATH(in_order({"q", ""}, names, unknown, ordered), "parameter 'c' is none");
  EXPECT_DEATH(in_order({"q", ""}, names, twice, ordered), "parameter 'a' is given twice");
}

}  // namespace
}  // namespace db
