// The SQL of a tree: of its migrations, and of C++ literals. Inner to guard/rules.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "guard/model/findings.hpp"
#include "guard/source/literals.hpp"
#include "guard/source/sql.hpp"

namespace guard::rules {

/// One SQL text and where its characters stand.
struct SqlText {
  const File* file = nullptr;
  source::Literal literal;  // a migration as a whole is one too
  source::Sql sql;
  bool is_migration = false;
  std::optional<Trouble> trouble = {};  // why `sql` is not all that it says

  Place place(std::size_t offset) const { return {file->path, literal.line_at(offset)}; }
};

/// Where SQL stands, in layers.yaml.
struct SqlPlaces {
  std::vector<std::string> migrations;
  std::vector<std::string> code;  // C++ files whose literals are looked at
  std::string delimiter = "sql";  // R"sql(…)sql" is SQL whatever it says, and so is R"SQL(…)SQL"
};

/// `public.notes` and `main.notes` are `notes`: there is one schema.
std::string_view bare_name(std::string_view table);

/// In the order of files; a text with a trouble is for the caller to say. What a literal leaves open is decided by the
/// tables that the migrations make.
std::vector<SqlText> sql_of(const Tree&, const SqlPlaces&);

}  // namespace guard::rules
