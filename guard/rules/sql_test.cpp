#include "guard/rules/fixture.hpp"

namespace guard {
namespace {

class SqlRule : public RuleTest {
 protected:
  static constexpr const char* rule =
      "check: sql\n"
      "with:\n"
      "  migrations: ['**/schema/*.sql']\n"
      "  code: ['*.cpp']\n"
      "  stores: ['store.cpp']\n"
      "  append_only: append_only\n"
      "  engine: ['pg_*']\n";
  const Files files{
      {"a/schema/0001.sql",
       "CREATE TABLE books (id @id);\n@append_only(books);\nCREATE TABLE notes (book @id REFERENCES books);\n"},
      {"b/schema/0001.sql", "-- FROM nowhere\nCREATE TABLE shelves (id @id, what text DEFAULT 'REFERENCES books');\n"},
      {"a/store.cpp",
       "// UPDATE books SET x = 1\n"
       "auto a = R\"sql(WITH shelves AS (SELECT 1 FROM books) SELECT 1 FROM shelves, notes AS b, pg_locks)sql\";\n"
       "auto b = \"UPDATE notes SET id = 'UPDATE books' WHERE 1 = 1\";\n"
       "auto c = \"Delete from books what is old\", d = \"INSERT INTO books VALUES (1) ON CONFLICT DO NOTHING\";\n"},
  };

  Files with(const std::string& path, const std::string& text) {
    Files all = files;
    all[path] += text;
    return all;
  }
};

TEST_F(SqlRule, LooksAlikeAreFine) { EXPECT_EQ(said(files, {"a", "b"}, rule), ""); }

TEST_F(SqlRule, ATableOfAnotherModuleIsNotNamed) {
  EXPECT_EQ(said(with("b/store.cpp", "auto a =\n  \"SELECT 1 FROM shelves \"\n  \"JOIN notes ON true\";\n"), {"a", "b"},
                 rule),
            "b/store.cpp:3 b/store.cpp SELECT notes\n");
}

TEST_F(SqlRule, AnAppendOnlyTableIsNeverEdited) {
  EXPECT_EQ(said(with("a/store.cpp",
                      "auto e = R\"sql(\n  DELETE FROM books)sql\", f = R\"sql(INSERT INTO books VALUES (1)\n"
                      "  ON CONFLICT (id) DO UPDATE SET id = 2)sql\";\n"),
                 {"a", "b"}, rule),
            "a/store.cpp:6 a/store.cpp DELETE books\na/store.cpp:7 a/store.cpp UPDATE books\n");
}

TEST_F(SqlRule, AnAppendOnlyTableIsNotEditedInAnyForm) {
  for (const char* each :
       {"WITH x AS (UPDATE books SET id = 1 RETURNING id) SELECT id FROM x", "WITH x AS (SELECT 1) DELETE FROM books",
        "TRUNCATE notes, books", "MERGE INTO books USING notes ON true WHEN MATCHED THEN DELETE", "DeLeTe FROM Books",
        "INSERT OR REPLACE INTO books VALUES (1)", "DELETE FROM \\\"books\\\"", "DELETE FROM ONLY books",
        "UPDATE \" \"books\" \" SET id = 1", "DO $$ BEGIN DELETE FROM books; END $$",
        "BEGIN; DELETE FROM books; COMMIT", "DROP TABLE books", "DROP TRIGGER books_stay ON books",
        "ALTER TABLE books DISABLE TRIGGER books_stay"})
    EXPECT_TRUE(
        said(with("a/store.cpp", "auto e = \"" + std::string{each} + "\";\n"), {"a", "b"}, rule).contains(" books\n"))
        << each;
  for (const char* each :
       {"SELECT id FROM books FOR UPDATE", "DELETE FROM notes USING books", "UPDATE notes SET books = 1",
        "UPDATE notes AS books SET id = 1",
        "INSERT INTO notes SELECT id FROM books ON CONFLICT (id) DO UPDATE SET id = 2",
        "SELECT 1 FROM public.books, main.notes", "WITH books AS (SELECT 1) SELECT 1 FROM books", "Update the books",
        "CREATE INDEX i ON books (id)", "ALTER TABLE books ADD COLUMN what text", "DROP TABLE notes"})
    EXPECT_EQ(said(with("a/store.cpp", "auto e = \"" + std::string{each} + "\";\n"), {"a", "b"}, rule), "") << each;
}

TEST_F(SqlRule, ATestMayTryWhatTheDatabaseRefuses) {
  EXPECT_EQ(said(with("a/x_test.cpp", "auto e = \"DELETE FROM books\";\n"), {"a", "b"}, rule), "");
}

TEST_F(SqlRule, AForeignKeyStaysInItsModule) {
  EXPECT_EQ(said(with("b/schema/0002.sql", "ALTER TABLE shelves ADD COLUMN book @id\n  REFERENCES books (id);"),
                 {"a", "b"}, rule),
            "b/schema/0002.sql:2 b/schema/0002.sql REFERENCES books\n");
}

TEST_F(SqlRule, AMigrationNamesNoTableOfAnotherModuleInAnyForm) {
  for (const char* each :
       {"ALTER TABLE shelves ADD CONSTRAINT c FOREIGN KEY (book) REFERENCES public.notes (id);", "DROP TABLE notes;",
        "CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN UPDATE notes SET id = 1; END $$ LANGUAGE plpgsql;",
        "ALTER TABLE \"notes\" RENAME TO old;", "CREATE TABLE c (LIKE notes);", "CREATE INDEX i ON notes (id);"})
    EXPECT_TRUE(said(with("b/schema/0002.sql", each), {"a", "b"}, rule).contains("notes\n")) << each;
  for (const char* each :
       {"ALTER TABLE shelves ADD COLUMN notes text;", "COMMENT ON TABLE shelves IS 'DROP TABLE notes';",
        "CREATE FUNCTION notes() RETURNS trigger AS $$ BEGIN RAISE EXCEPTION 'update notes set x = 1'; END $$;"})
    EXPECT_EQ(said(with("b/schema/0002.sql", each), {"a", "b"}, rule), "") << each;
}

TEST_F(SqlRule, ATableHasOneOwner) {
  EXPECT_EQ(said(with("b/schema/0002.sql", "CREATE TABLE notes (id @id);"), {"a", "b"}, rule),
            "b/schema/0002.sql:1 b/schema/0002.sql CREATE notes\n");
}

TEST_F(SqlRule, AnUnknownTableAndOneNamedAtRunTimeAreSaid) {
  EXPECT_EQ(said(with("a/store.cpp", "auto e = \"SELECT 1 FROM boks\";\nauto f = \"DELETE FROM \" + name;\n"),
                 {"a", "b"}, rule),
            "a/store.cpp:5 a/store.cpp SELECT boks\na/store.cpp:6 a/store.cpp DELETE \n");
}

TEST_F(SqlRule, ATextOfPiecesIsSql) {
  for (const char* each :
       {" AND id IN (SELECT id FROM notes)", " LEFT JOIN notes n ON n.id = id", " USING notes WHERE id = 1",
        "TABLE notes", " from notes n where n.id = 1", "WITH w AS (TABLE notes) SELECT 1 FROM w"})
    EXPECT_EQ(said(with("b/store.cpp", "auto e = \"" + std::string{each} + "\";\n"), {"a", "b"}, rule),
              "b/store.cpp:1 b/store.cpp SELECT notes\n")
        << each;
  EXPECT_EQ(said(with("b/store.cpp", "auto e = R\"SQL(and id in (select id from notes))SQL\";\n"), {"a", "b"}, rule),
            "b/store.cpp:1 b/store.cpp SELECT notes\n");
  for (const char* each : {"join notes of others", "from notes to books", "Select one from notes", "TABLE full",
                           "FROM header is missing", "insert into slot {}"})
    EXPECT_EQ(said(with("b/x.cpp", "auto e = \"" + std::string{each} + "\";\n"), {"a", "b"}, rule), "") << each;
}

TEST_F(SqlRule, APieceIsReadWithTheOneThatItGoesOnWith) {
  for (const char* each :
       {"\"UPDATE books \";\nauto g = q + \"SET id = 1\"", "\"update books \";\nauto g = q + \"set id = 1\"",
        "format(\"UPDATE books {}\",\n \"SET id = 1\")",
        "\"INSERT INTO books VALUES (1)\" +\n std::string{\" ON CONFLICT (id) DO UPDATE SET id = 2\"}"})
    EXPECT_TRUE(said(with("a/store.cpp", "auto e = " + std::string{each} + ";\n"), {"a", "b"}, rule)
                    .contains(" a/store.cpp UPDATE books\n"))
        << each;
  EXPECT_EQ(said(with("a/store.cpp", "auto e = \"DELETE \";\nauto g = q +\n \"FROM books\";\n"), {"a", "b"}, rule),
            "a/store.cpp:7 a/store.cpp DELETE books\n");
  for (const char* each :
       {"\"UPDATE notes \";\nauto g = q + \"SET id = 1\"", "\"DELETE \" + path;\nauto g = \"from books\"",
        "\"INSERT INTO notes VALUES (1)\" +\n s + \" ON CONFLICT (id) DO UPDATE SET id = 2\""})
    EXPECT_EQ(said(with("a/store.cpp", "auto e = " + std::string{each} + ";\n"), {"a", "b"}, rule), "") << each;
}

TEST_F(SqlRule, AFileOfSqlIsAMigration) {
  EXPECT_EQ(said(with("a/schema/pg/0002.sql", "DELETE FROM books;"), {"a", "b"}, rule),
            "a/schema/pg/0002.sql:1 a/schema/pg/0002.sql has SQL\n");
  EXPECT_EQ(said(with("a/schema/0002.SQL", "DELETE FROM books;"), {"a", "b"}, rule),
            "a/schema/0002.SQL:1 a/schema/0002.SQL has SQL\n");
  EXPECT_EQ(said(with("a/seed.sql", ""), {"a", "b"}, rule + std::string{"allow: [{from: a/seed.sql, reason: r}]\n"}),
            "");
  EXPECT_EQ(said(with("a/sql", ""), {"a", "b"}, rule), "");
}

TEST_F(SqlRule, AMigrationThatIsNotReadIsNotClean) {
  Planted planted;
  planted.files(with("a/a.hpp", ""));
  const RulesFile rules = rules_of(
      "read: ['*.cpp', '*.hpp', 'a/**']\nlayers:\n  - {name: all, modules: ['**']}\nmodules:\n  - {path: a}\n  - "
      "{path: b}\n"
      "rules:\n  - {id: tested, check: sql, why: w, fix: f, with: {migrations: ['**/schema/*.sql'], code: "
      "['*.hpp']}}\n");
  EXPECT_EQ(to_lines(run(tree_of(planted, rules), rules, [](const Rule&) { return true; })),
            "b/schema/0001.sql cannot tested: a migration that `read` does not name\n");
}

TEST_F(SqlRule, AMacroThatMarksNothingProtectsNothing) {
  Files none = files;
  none["a/schema/0001.sql"] = "CREATE TABLE books (id @id);\nCREATE TABLE notes (book @id);\n@append_onyl(books);\n";
  EXPECT_EQ(said(none, {"a", "b"}, rule), "layers.yaml:17 cannot tested: no migration marks a table by this macro\n");
}

TEST_F(SqlRule, SqlStandsInStores) {
  EXPECT_EQ(said(with("a/service.cpp", "auto e = \"SELECT 1 FROM notes\";\n"), {"a", "b"}, rule),
            "a/service.cpp:1 a/service.cpp has SQL\n");
}

TEST_F(SqlRule, TablesOfTestsAreThereForTheirModulesTests) {
  Files all = with("a/x_test.cpp", "auto e = R\"sql(CREATE TABLE chain (id @id); UPDATE chain SET id = 1)sql\";\n");
  all["a/y_test.cpp"] = all["b/y_test.cpp"] = "auto e = R\"sql(SELECT 1 FROM chain)sql\";\n";
  EXPECT_EQ(said(all, {"a", "b"}, rule), "b/y_test.cpp:1 b/y_test.cpp SELECT chain\n");
}

TEST_F(SqlRule, AnExceptionHasItsReasonAndIsNeeded) {
  const std::string allow =
      "allow: [{from: b/store.cpp, to: notes, reason: r}, {from: b/store.cpp, to: books, reason: r}]\n";
  EXPECT_EQ(said(with("b/store.cpp", "auto a = \"SELECT 1 FROM notes\";\n"), {"a", "b"}, rule + allow),
            "layers.yaml:19 allow b/store.cpp -> books (strict)\n");
}

TEST_F(SqlRule, WhatIsNotUnderstoodIsNotClean) {
  EXPECT_EQ(said(with("a/store.cpp", "auto e = R\"sql(\n  SELECT (1)sql\";\n"), {"a", "b"}, rule),
            "a/store.cpp:6 cannot tested: SQL with a bracket without its end\n");
  EXPECT_EQ(said({{"a/x.cpp", ""}}, {"a"}, rule), "layers.yaml:13 cannot tested: no file is named\n");
}

}  // namespace
}  // namespace guard
