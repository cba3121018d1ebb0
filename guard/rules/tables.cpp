#include "guard/rules/tables.hpp"

#include <algorithm>
#include <utility>

#include "guard/source/cpp.hpp"
#include "shared/base/ascii.hpp"

namespace guard::rules {

namespace {

SqlText read(const File& file, source::Literal literal) {
  source::Sql sql = source::parse_sql(literal.text);
  SqlText text{.file = &file, .literal = std::move(literal), .sql = std::move(sql)};
  if (const auto& problem = text.sql.problem) {
    // Its line is counted within the text; the offset of that line gives the file's.
    std::size_t offset = 0;
    for (int line = 1; line < problem->line; ++line) offset = text.literal.text.find('\n', offset) + 1;
    text.trouble = {text.place(offset), "SQL with " + problem->what};
  }
  return text;
}

/// A piece that goes on with the one before it is read with it, as if a space stood between.
std::vector<source::Literal> joined(std::vector<source::Literal> pieces) {
  std::vector<source::Literal> all;
  for (source::Literal& each : pieces) {
    const bool goes_on = !all.empty() && source::goes_on_as_sql(all.back().text, each.text) &&
                         source::looks_like_sql(all.back().text + " " + each.text);
    if (!goes_on) {
      all.push_back(std::move(each));
      continue;
    }
    source::Literal& whole = all.back();
    whole.text += ' ';
    for (source::Literal::Piece& piece : each.pieces) {
      piece.offset += whole.text.size();
      whole.pieces.push_back(piece);
    }
    whole.text += each.text;
  }
  return all;
}

void read_migration(const Tree& tree, const File& file, std::vector<SqlText>& all) {
  const bool is_said =
      std::ranges::any_of(tree.troubles, [&](const Trouble& each) { return each.place.file == file.path; });
  if (!file.was_read && is_said) return;
  SqlText& text =
      all.emplace_back(read(file, {.text = std::string{file.text}, .delimiter = {}, .pieces = {{0, 1, true}}}));
  text.is_migration = true;
  if (!file.was_read) text.trouble = {{file.path}, "a migration that `read` does not name"};
}

void read_code(const File& file, std::string_view delimiter, const source::TableNames& known,
               std::vector<SqlText>& all) {
  for (source::Literal& each : joined(source::literals(file.lexed()))) {
    const bool is_marked = !delimiter.empty() && base::is_equal_but_for_case(each.delimiter, delimiter);
    if (is_marked || source::looks_like_sql(each.text, known)) all.push_back(read(file, std::move(each)));
  }
}

source::TableNames names_of(const std::vector<SqlText>& migrations) {
  source::TableNames names;
  for (const SqlText& text : migrations)
    for (const source::TableUse& each : text.sql.tables)
      if (each.use == source::Use::create) names.emplace(bare_name(each.name));
  return names;
}

}  // namespace

std::string_view bare_name(std::string_view table) { return table.substr(table.rfind('.') + 1); }

std::vector<SqlText> sql_of(const Tree& tree, const SqlPlaces& places) {
  std::vector<SqlText> all;
  for (const File& file : tree.files)
    if (matches_any(places.migrations, file.path)) read_migration(tree, file, all);
  const source::TableNames known = names_of(all);
  for (const File& file : tree.files)
    if (file.was_read && file.is_cpp() && matches_any(places.code, file.path) &&
        !matches_any(places.migrations, file.path))
      read_code(file, places.delimiter, known, all);
  std::ranges::sort(all, {}, [](const SqlText& each) { return std::pair{each.file, each.literal.first}; });
  return all;
}

}  // namespace guard::rules
