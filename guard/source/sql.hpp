// SQL as far as ownership needs it: which tables a text names, and what it does to each. Both engines' forms are read
// (and the house's `@macros`), but no grammar is checked: what an engine refuses, its own tests find.
//
// Always true
//   - a name in a comment, a string, an alias, a column or a WITH is no table; a table function neither;
//   - where a table must stand and none does, as in a text that is put together at run time, the use has no name.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "guard/source/cpp.hpp"

namespace guard::source {

inline constexpr std::size_t sql_depth_max = 200;  // brackets within brackets
inline constexpr std::size_t body_depth_max = 8;   // bodies of functions, and what they execute

enum class SqlKind : unsigned char {
  word,    // in lower case
  quoted,  // "name", `name`, [name]
  text,    // '…', $$…$$
  number,
  parameter,  // :name, $1, ?
  macro,      // @name
  sign,
};

struct SqlToken {
  std::string text;
  std::size_t offset = 0;
  SqlKind kind = SqlKind::sign;

  bool is(std::string_view word) const { return kind == SqlKind::word && text == word; }
  bool is_sign(char c) const { return kind == SqlKind::sign && text[0] == c; }
  bool is_name() const { return kind == SqlKind::word || kind == SqlKind::quoted; }
};

enum class Use : unsigned char {
  read,    // FROM, JOIN, USING, LOCK
  insert,  // INSERT INTO
  update,  // UPDATE, ON CONFLICT DO UPDATE, OR REPLACE, MERGE
  remove,  // DELETE FROM, TRUNCATE
  create,  // CREATE TABLE or VIEW
  alter,   // ALTER, CREATE INDEX, TRIGGER … ON
  drop,    // DROP; of a trigger DROP … ON and DISABLE
  refer,   // REFERENCES
  mark,    // a macro's argument: @append_only(table)
};
std::string_view word_of(Use);

struct TableUse {
  std::string name;  // in lower case unless quoted, with its schema if one is written; empty: not in the text
  Use use = Use::read;
  std::size_t offset = 0;
  std::string detail = {};  // of `refer` the table that refers, of `mark` the macro's name
};

struct Sql {
  std::vector<SqlToken> tokens = {};
  std::vector<TableUse> tables = {};
  /// With an offset for its line: a text or a bracket without end.
  std::optional<Problem> problem = {};
};

/// `problem`'s line is counted from 1 within `text`.
Sql parse_sql(std::string_view text);

/// As in `TableUse::name`, without schema.
using TableNames = std::set<std::string, std::less<>>;

/// Whether one of its statements begins as one that names tables begins: `SELECT …`, `insert into x`, and not `Select
/// one`; or whether it is a piece of one: ` LEFT JOIN x`, `AND y IN (SELECT …)`. A table of `known` after a word that
/// takes one shows it where the text alone could be prose.
bool looks_like_sql(std::string_view text, const TableNames& known = {});

/// Whether `more`, the next text of a file, goes on where `begun` stops: `SET …` after `UPDATE x`, `FROM x` after
/// `DELETE`, `ON CONFLICT …` after `INSERT …`. Alone, neither says what is done to which table.
bool goes_on_as_sql(std::string_view begun, std::string_view more);

}  // namespace guard::source
