// Which tables SQL names, and which of its words only look like tables.
#include "guard/source/sql.hpp"

#include <gtest/gtest.h>

#include "guard/source/literals.hpp"

namespace guard::source {
namespace {

/// `SELECT a, UPDATE b`; a use without a name is `?`.
std::string tables(std::string_view text) {
  const Sql sql = parse_sql(text);
  std::string out;
  for (const TableUse& each : sql.tables) {
    if (!out.empty()) out += ", ";
    out += std::string{word_of(each.use)} + " " + (each.name.empty() ? "?" : each.name);
    if (!each.detail.empty()) out += " (" + each.detail + ")";
  }
  if (sql.problem) out += " problem " + std::to_string(sql.problem->line) + ": " + sql.problem->what;
  return out;
}

TEST(GuardSqlTables, AreThoseOfEachVerb) {
  EXPECT_EQ(tables("SELECT x FROM a WHERE y = 1"), "SELECT a");
  EXPECT_EQ(tables("INSERT INTO a (x, y) VALUES (:x, 'b') ON CONFLICT DO NOTHING"), "INSERT a");
  EXPECT_EQ(tables("UPDATE a SET x = 1 WHERE y IN (SELECT y FROM b)"), "UPDATE a, SELECT b");
  EXPECT_EQ(tables("DELETE FROM ONLY a USING b, c WHERE a.x = b.x"), "DELETE a, SELECT b, SELECT c");
  EXPECT_EQ(tables("INSERT INTO a SELECT x FROM b ON CONFLICT (x) DO UPDATE SET y = excluded.y, z = 2"),
            "INSERT a, SELECT b, UPDATE a");
  EXPECT_EQ(tables("INSERT OR REPLACE INTO a VALUES (1)"), "INSERT a, UPDATE a");
  EXPECT_EQ(tables("MERGE INTO a USING b ON a.x = b.x WHEN MATCHED THEN UPDATE SET x = 1"), "UPDATE a, SELECT b");
  EXPECT_EQ(tables("TRUNCATE TABLE a, b; LOCK TABLE c; DROP TABLE IF EXISTS d, e"),
            "DELETE a, DELETE b, SELECT c, DROP d, DROP e");
  EXPECT_EQ(tables("DROP TRIGGER IF EXISTS t ON a; ALTER TABLE b DISABLE TRIGGER t; ALTER TABLE c ENABLE TRIGGER t"),
            "DROP a, ALTER b, DROP b, ALTER c");
  EXPECT_EQ(tables("select X from Main.A join \"B c\" using (x), d as e"), "SELECT main.a, SELECT B c, SELECT d");
}

TEST(GuardSqlTables, AreFoundInJoinsSubqueriesAndUnions) {
  EXPECT_EQ(tables("SELECT 1 FROM a x, b AS y, LATERAL (SELECT 1 FROM c) z LEFT JOIN d ON d.i = y.i, e"),
            "SELECT a, SELECT b, SELECT c, SELECT d, SELECT e");
  EXPECT_EQ(tables("SELECT 1 FROM (a JOIN (b CROSS JOIN c) ON 1 = 1) WHERE EXISTS (SELECT FROM d)"),
            "SELECT a, SELECT b, SELECT c, SELECT d");
  EXPECT_EQ(tables("SELECT 1 FROM a UNION ALL SELECT 2 FROM b EXCEPT SELECT 3 FROM c ORDER BY 1, 2"),
            "SELECT a, SELECT b, SELECT c");
  EXPECT_EQ(tables("UPDATE a SET x = b.x FROM b, c WHERE a.y = b.y RETURNING x, y"), "UPDATE a, SELECT b, SELECT c");
}

TEST(GuardSqlTables, AreNoWithsAliasesFunctionsOrColumns) {
  EXPECT_EQ(tables("WITH w AS (SELECT 1 FROM a), v (p, q) AS MATERIALIZED (SELECT 1, 2 FROM w) SELECT 1 FROM v, w, b"),
            "SELECT a, SELECT b");
  EXPECT_EQ(tables("WITH RECURSIVE up AS (SELECT 1 FROM a UNION SELECT 2 FROM up JOIN b ON 1) SELECT 1 FROM up"),
            "SELECT a, SELECT b");
  EXPECT_EQ(tables("WITH a AS (SELECT 1 FROM a) SELECT 1 FROM a"), "SELECT a");  // inside, `a` is the table
  EXPECT_EQ(tables("SELECT (WITH w AS (SELECT 1) SELECT 1 FROM w) FROM w"), "SELECT w");
  EXPECT_EQ(tables("WITH gone AS (DELETE FROM a RETURNING x) INSERT INTO b SELECT x FROM gone"), "DELETE a, INSERT b");
  EXPECT_EQ(tables("INSERT INTO a WITH w AS (SELECT 1 FROM b) SELECT 1 FROM w"), "INSERT a, SELECT b");
  EXPECT_EQ(tables("SELECT extract(year FROM t), substring(s FROM 2), trim(both 'x' FROM s) FROM a"), "SELECT a");
  EXPECT_EQ(tables("SELECT x IS DISTINCT FROM y, x IS NOT DISTINCT FROM z FROM a"), "SELECT a");
  EXPECT_EQ(tables("SELECT value FROM json_each(:ids), generate_series(1, 3) AS n(i), a FOR UPDATE OF a SKIP LOCKED"),
            "SELECT a");
  EXPECT_EQ(tables("CREATE TEMP TABLE t AS SELECT 1 FROM a; SELECT 1 FROM t; DROP TABLE t"), "SELECT a");
}

TEST(GuardSqlTables, AreNotInCommentsAndTexts) {
  EXPECT_EQ(tables("SELECT 'it''s FROM b', E'\\' FROM c', $$ FROM d $$, $q$ FROM $$ e $q$ FROM a -- FROM f\n"),
            "SELECT a");
  EXPECT_EQ(tables("SELECT /* FROM b /* nested */ FROM c */ 1 FROM a"), "SELECT a");
  EXPECT_EQ(tables("SELECT x::text, y[1], :from, $1 FROM a WHERE z = ?"), "SELECT a");
}

TEST(GuardSqlTables, AreThoseOfASchema) {
  EXPECT_EQ(
      tables(
          "-- expand\nCREATE TABLE IF NOT EXISTS a (x @id PRIMARY KEY, y @int REFERENCES b (y) ON UPDATE CASCADE,\n"
          "  FOREIGN KEY (z) REFERENCES c) @strict;\n@append_only(a);\nALTER TABLE a ADD COLUMN w text REFERENCES d;"),
      "CREATE a, REFERENCES b (a), REFERENCES c (a), macro a (append_only), ALTER a, REFERENCES d (a)");
  EXPECT_EQ(tables("CREATE UNIQUE INDEX i ON a (x) WHERE y IN ('b'); CREATE VIEW v AS SELECT 1 FROM a; ALTER TABLE a "
                   "RENAME TO b"),
            "ALTER a, CREATE v, SELECT a, ALTER a, CREATE b");
  EXPECT_EQ(
      tables("CREATE TRIGGER t BEFORE UPDATE OF x, y ON a BEGIN DELETE FROM b; SELECT 1 FROM c; END; SELECT 1 FROM d"),
      "ALTER a, DELETE b, SELECT c, SELECT d");
  EXPECT_EQ(tables("REVOKE SELECT, UPDATE ON a FROM somebody; COMMENT ON TABLE a IS 'FROM b'"), "ALTER a, ALTER a");
}

TEST(GuardSqlTables, AreThoseOfBodiesToo) {
  EXPECT_EQ(
      tables(
          "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $b$ DECLARE n int; BEGIN\n"
          "  PERFORM 1 FROM a; SELECT x INTO n FROM b; IF n > 1 THEN DELETE FROM c; ELSE UPDATE d SET x = 1; END IF;\n"
          "  FOR r IN SELECT x FROM e LOOP INSERT INTO g VALUES (1); END LOOP; n := (SELECT 1 FROM h);\n"
          "  RETURN QUERY SELECT 1 FROM i; END $b$"),
      "SELECT a, SELECT b, DELETE c, UPDATE d, SELECT e, INSERT g, SELECT h, SELECT i");
  EXPECT_EQ(tables("DO $$ BEGIN EXECUTE 'DELETE FROM a'; EXECUTE format('UPDATE %I SET x = 1', n); END $$"),
            "DELETE a, UPDATE ?");
  EXPECT_EQ(tables("CREATE OR REPLACE FUNCTION f() RETURNS int AS 'SELECT 1 FROM a' LANGUAGE sql"), "SELECT a");
  EXPECT_EQ(tables("CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN -- FROM a\n RAISE EXCEPTION 'delete from b';\n"
                   "  IF NEW.x IS DISTINCT FROM OLD.x THEN n := CASE WHEN x THEN y ELSE z END; END IF; END $$"),
            "");
  EXPECT_EQ(tables("SELECT 'SELECT 1 FROM a' AS x, $$ DELETE FROM b $$ FROM c"), "SELECT c");
  EXPECT_EQ(tables("\nDO $$\nBEGIN DELETE FROM a WHERE (x; END $$"), "DELETE a problem 3: a bracket without its end");
}

TEST(GuardSqlTables, AreThoseThatATableIsMadeAfter) {
  EXPECT_EQ(tables("CREATE TABLE a (LIKE b, x text) INHERITS (c, d)"),
            "CREATE a, REFERENCES b, REFERENCES c, REFERENCES d");
  EXPECT_EQ(tables("CREATE TABLE a PARTITION OF b FOR VALUES IN (1)"), "CREATE a, REFERENCES b");
  EXPECT_EQ(tables("CREATE TABLE a (x text CHECK (x LIKE 'b%'))"), "CREATE a");
}

TEST(GuardSqlTables, AreThoseOfTheRestOfAText) {
  EXPECT_EQ(tables(" FROM a, b WHERE x = 1"), "SELECT a, SELECT b");
  EXPECT_EQ(tables("JOIN a ON true"), "SELECT a");
  EXPECT_EQ(tables("USING a WHERE x = 1"), "SELECT a");
  EXPECT_EQ(tables("INTO a (x) VALUES (1)"), "INSERT a");
  EXPECT_EQ(tables(" LEFT JOIN a b ON true"), "SELECT a");
  EXPECT_EQ(tables(" AND x IN (SELECT x FROM a)"), "SELECT a");
  EXPECT_EQ(tables(" ON CONFLICT (x) DO UPDATE SET y = (SELECT 1 FROM a)"), "UPDATE ?, SELECT a");
  EXPECT_EQ(tables(" UNION ALL SELECT x FROM a"), "SELECT a");
}

TEST(GuardSqlTables, AreThoseThatATableIsJoinedTo) {
  EXPECT_EQ(tables("CREATE TABLE a (x int, LIKE b INCLUDING ALL)"), "CREATE a, REFERENCES b");
  EXPECT_EQ(tables("ALTER TABLE a INHERIT b, ADD x int; ALTER TABLE a NO INHERIT c"),
            "ALTER a, REFERENCES b, ALTER a, REFERENCES c");
  EXPECT_EQ(tables("ALTER TABLE a ATTACH PARTITION b FOR VALUES IN (1); ALTER TABLE a DETACH PARTITION c"),
            "ALTER a, REFERENCES b, ALTER a, REFERENCES c");
  EXPECT_EQ(tables("ALTER TABLE a ADD CHECK (x > 0) NO INHERIT; SELECT inherit, partition, x LIKE y FROM a"),
            "ALTER a, SELECT a");
}

TEST(GuardSqlTables, AreThoseOfTABLE) {
  EXPECT_EQ(tables("CREATE TABLE a AS TABLE b"), "CREATE a, SELECT b");
  EXPECT_EQ(tables("WITH w AS (TABLE a) SELECT 1 FROM w WHERE EXISTS (TABLE b) UNION TABLE c"),
            "SELECT a, SELECT b, SELECT c");
  EXPECT_EQ(tables("INSERT INTO a TABLE b"), "INSERT a, SELECT b");
  EXPECT_EQ(tables("CREATE FUNCTION f() RETURNS TABLE (x int) AS $$ SELECT 1 FROM a $$"), "SELECT a");
}

TEST(GuardSqlTables, AreThoseOfABodyWithoutQuotes) {
  EXPECT_EQ(tables("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1 FROM a; DELETE FROM b; END; SELECT 1 FROM c"),
            "SELECT a, DELETE b, SELECT c");
  EXPECT_EQ(tables("CREATE FUNCTION f() RETURNS int RETURN (SELECT 1 FROM a)"), "SELECT a");
}

TEST(GuardSqlTables, AreMadeBySelectIntoToo) {
  EXPECT_EQ(tables("SELECT x INTO a FROM b"), "CREATE a, SELECT b");
  EXPECT_EQ(tables("SELECT x INTO TEMP a FROM b; SELECT 1 FROM a"), "SELECT b");
  EXPECT_EQ(tables("DO $$ BEGIN SELECT x INTO a FROM b; END $$"), "SELECT b");  // a variable
}

TEST(GuardSqlTables, AreMissingWhereTextIsPutTogetherAtRunTime) {
  EXPECT_EQ(tables("SELECT x FROM "), "SELECT ?");
  EXPECT_EQ(tables("INSERT INTO {} VALUES (1)"), "INSERT ?");
  EXPECT_EQ(tables("UPDATE %s SET x = 1"), "UPDATE ?");
  EXPECT_EQ(tables("SELECT x FROM a JOIN {} ON 1"), "SELECT a, SELECT ?");
}

TEST(GuardSqlProblems, AreSaidWithTheirLine) {
  EXPECT_EQ(tables("SELECT\n'a FROM b"), " problem 2: a text without end");
  EXPECT_EQ(tables("SELECT (1 FROM a"), " problem 1: a bracket without its end");
  EXPECT_EQ(tables("SELECT 1)"), " problem 1: a bracket without its beginning");
  EXPECT_EQ(tables("/*\n/* */"), " problem 1: a comment without end");
  EXPECT_TRUE(tables(std::string(1000, '(')).contains("more than 200 brackets"));
}

TEST(GuardSqlLiterals, AreSqlByTheirFirstWordsAndNotProse) {
  EXPECT_TRUE(looks_like_sql("\n  -- why\n  SELECT x FROM a"));
  EXPECT_TRUE(looks_like_sql("insert into a values (1)"));
  EXPECT_TRUE(looks_like_sql("UPDATE a SET x = 1"));
  EXPECT_TRUE(looks_like_sql("UPDATE "));
  EXPECT_TRUE(looks_like_sql("WITH w AS (SELECT 1) SELECT 2"));
  EXPECT_TRUE(looks_like_sql("WITH w AS (DELETE FROM a RETURNING x) INSERT INTO b TABLE w"));
  for (const char* each :
       {"TRUNCATE a", "truncate table a", "LOCK TABLE a", "MERGE INTO a USING b ON true WHEN MATCHED THEN DELETE",
        "EXPLAIN QUERY PLAN SELECT x FROM a"})
    EXPECT_TRUE(looks_like_sql(each)) << each;
  for (const char* each : {"(SELECT x FROM a)",
                           "((SELECT x FROM a) UNION (SELECT 1))",
                           "VALUES ((SELECT x FROM a))",
                           "COPY a FROM STDIN",
                           "copy a (x) to '/b'",
                           "COPY (SELECT x FROM a) TO STDOUT",
                           "UpDaTe a SeT x = 1",
                           "Update a Set x = 1",
                           "Select x From a",
                           "Delete From a",
                           "/* why */ SELECT x FROM a",
                           "BEGIN; DELETE FROM a; COMMIT",
                           "PRAGMA foreign_keys = off; UPDATE a SET x = 1",
                           "; SELECT x FROM a",
                           "DO $$ BEGIN DELETE FROM a; END $$",
                           "CREATE FUNCTION f() RETURNS int AS $$ SELECT 1 $$",
                           "CREATE OR REPLACE VIEW v AS SELECT x FROM a",
                           "DECLARE c CURSOR FOR SELECT x FROM a",
                           "LOCK a IN EXCLUSIVE MODE",
                           "GRANT SELECT ON a TO b",
                           " FROM a WHERE x = 1",
                           " JOIN a ON true",
                           " UNION SELECT x FROM a"})
    EXPECT_TRUE(looks_like_sql(each)) << each;
  for (const char* each : {"Update the set of charges",
                           "update the charges and set them anew",
                           "update a charge, then set it",
                           "Select a row from the list",
                           "select one from the list",
                           "delete from the list what is old",
                           "insert into the slot",
                           "insert into a slot",
                           "UPDATE: charges were SET",
                           "copy charges from here",
                           "values are good",
                           "(select one)",
                           "drop table of charges",
                           "create function keys",
                           "comment on charges",
                           "from charges of others",
                           "join charges",
                           "table manners",
                           "do it, then select",
                           "grant all on time",
                           "with all as they are",
                           "lock a door in this mode",
                           "declare a cursor"})
    EXPECT_FALSE(looks_like_sql(each)) << each;
  for (const char* each : {"truncate a text", "lock the table", "merge both into one", "explain A B"})
    EXPECT_FALSE(looks_like_sql(each)) << each;
  EXPECT_FALSE(looks_like_sql("Delete from the list what is old"));
  EXPECT_FALSE(looks_like_sql("update"));
  EXPECT_FALSE(looks_like_sql("DELETE /v1/instances/{instance}"));
  EXPECT_FALSE(looks_like_sql("create a project"));
  EXPECT_FALSE(looks_like_sql("select"));
  EXPECT_FALSE(looks_like_sql("with two of them"));
  EXPECT_FALSE(looks_like_sql(""));
}

TEST(GuardSqlLiterals, ArePiecesOfSqlByWhatStandsInTheirMiddle) {
  for (const char* each :
       {" AND x IN (SELECT y FROM a)", "WHERE EXISTS (SELECT 1 FROM a)", ", (SELECT sum(x) FROM a) AS total",
        "and x in (select y from b where z = 1)", " LEFT JOIN a ON x = y", "NATURAL JOIN b", " CROSS JOIN ",
        "WHERE x JOIN a AS b ON true", " ON CONFLICT (x) DO UPDATE SET y = 1", " FROM ", "JOIN a"})
    EXPECT_TRUE(looks_like_sql(each)) << each;
  for (const char* each : {"and (select one from the list)", "choose (select one from options)", " AND (SELECT one)",
                           "left join the others", "LEFT and JOIN", "ON CONFLICT DO UPDATE is refused", "from ",
                           "DELETE ", "inner join a"})
    EXPECT_FALSE(looks_like_sql(each)) << each;
}

TEST(GuardSqlLiterals, AreSqlByTheTablesThatThereAre) {
  const TableNames known{"charges", "jobs"};
  for (const char* each :
       {"TABLE charges", "USING charges WHERE x", "INTO charges (x)", "UPDATE charges ", "x FROM ONLY charges c",
        "FROM public.charges c", "JOIN \"charges\" c", "DELETE FROM charges c", " from charges c where c.x = 1",
        " left join charges c on c.x = 1", "insert into charges", "merge x; TABLE jobs"})
    EXPECT_TRUE(looks_like_sql(each, known)) << each;
  for (const char* each :
       {"TABLE full", "USING it", "update charges", "from charges to refunds", "from jobs where they run",
        "Table charges", "Select one from charges", "charges FROM", "join jobs"})
    EXPECT_FALSE(looks_like_sql(each, known)) << each;
}

TEST(GuardSqlLiterals, AreNotMessagesAboutSqlOrAnythingElse) {
  for (const char* each : {"JOIN token expired",
                           "FROM header is missing",
                           "FROM header, body and trailer",
                           "DELETE FROM is not allowed here",
                           "INSERT INTO is not allowed here",
                           "DROP TABLE is not allowed here",
                           "GRANT is missing on the node",
                           "LOCK held in exclusive mode",
                           "TABLE full",
                           "create temporary files",
                           "create unique names",
                           "create or choose a project",
                           "create policy first",
                           "create index page",
                           "drop table reservations before noon",
                           "insert into slot {}",
                           "insert into it",
                           "delete from cache",
                           "select from menu",
                           "select: choose from options",
                           "comment on what is wrong",
                           "merge into main",
                           "explain which select you chose",
                           "alter or remove the binding",
                           "update name, set value = {}",
                           "lock table seats",
                           "with this as a base, select another"})
    EXPECT_FALSE(looks_like_sql(each)) << each;
  for (const char* each : {"CREATE TEMPORARY TABLE a (x int)",
                           "create temp table a as select 1",
                           "create unique index i on a (x)",
                           "create or replace view v as select 1",
                           "drop table if exists a",
                           "DROP TABLE a, b",
                           "alter table only b add x int",
                           "create table a (x int)",
                           "CREATE TABLE a PARTITION OF b",
                           "DROP INDEX i",
                           "insert into a select 1",
                           "INSERT INTO a",
                           "DELETE FROM a b WHERE x",
                           "DELETE FROM {} WHERE x",
                           "DELETE FROM ",
                           "delete from a where x",
                           "FROM a x, b y WHERE x",
                           "FROM a",
                           "merge into a using b on x when matched then delete",
                           "explain analyze select 1 from a",
                           "EXPLAIN (ANALYZE) SELECT 1 FROM a",
                           "COMMENT ON TABLE a IS 'b'",
                           "GRANT SELECT ON a TO b",
                           "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; END",
                           "update only a b set x = 1"})
    EXPECT_TRUE(looks_like_sql(each)) << each;
}

TEST(GuardSqlLiterals, GoOnWithTheOneBefore) {
  EXPECT_TRUE(goes_on_as_sql("UPDATE a ", "SET x = 1"));
  EXPECT_TRUE(goes_on_as_sql("update a ", "set x = 1"));
  EXPECT_TRUE(goes_on_as_sql("DELETE ", "FROM a"));
  EXPECT_TRUE(goes_on_as_sql("INSERT INTO a VALUES (1)", " ON CONFLICT (x) DO UPDATE SET x = 2"));
  EXPECT_TRUE(goes_on_as_sql("INSERT INTO a VALUES (1) ON CONFLICT (x) ", "DO UPDATE SET x = 2"));
  EXPECT_FALSE(goes_on_as_sql("UPDATE a SET x = 1", "SET y = 2"));
  EXPECT_FALSE(goes_on_as_sql("UPDATE a ", "set x = 1"));
  EXPECT_FALSE(goes_on_as_sql("DELETE /v1", "FROM a"));
  EXPECT_FALSE(goes_on_as_sql("SELECT x FROM a", " ON CONFLICT (x) DO UPDATE"));
  EXPECT_FALSE(goes_on_as_sql("", "SET"));
}

TEST(GuardSqlLiterals, AreJoinedAndKnowTheLineOfEachCharacter) {
  const Lexed lexed = lex("f(\"SELECT x \"  // why\n  \"FROM \\\"a\\\"\");\ng(R\"sql(\nSELECT\n y)sql\" \"z\");\n");
  const auto all = literals(lexed);
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].text, "SELECT x FROM \"a\"");
  EXPECT_EQ(all[0].line_at(all[0].text.find('F')), 2);
  EXPECT_EQ(all[1].delimiter, "sql");
  EXPECT_EQ(all[1].line_at(all[1].text.find('y')), 5);
  EXPECT_EQ(all[1].line_at(all[1].text.find('z')), 5);
}

}  // namespace
}  // namespace guard::source
