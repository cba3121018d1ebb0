#include "guard/rules/tables.hpp"

#include <utility>

#include "guard/source/cpp.hpp"

namespace guard::rules {

namespace {

void keep(SqlText text, std::vector<SqlText>& all, Findings& findings) {
  if (text.sql.problem) {
    // Its line is counted within the text; the offset of that line gives the file's.
    std::size_t offset = 0;
    for (int line = 1; line < text.sql.problem->line; ++line) offset = text.literal.text.find('\n', offset) + 1;
    return findings.cannot(text.place(offset), "SQL with " + text.sql.problem->what);
  }
  all.push_back(std::move(text));
}

}  // namespace

std::vector<SqlText> sql_of(const Tree& tree, const SqlPlaces& places, Findings& findings) {
  std::vector<SqlText> all;
  for (const File& file : tree.files) {
    if (!file.was_read) continue;
    if (matches_any(places.migrations, file.path)) {
      source::Literal whole{.text = std::string{file.text}, .delimiter = {}, .pieces = {{0, 1, true}}};
      source::Sql sql = source::parse_sql(whole.text);
      keep({.file = &file, .literal = std::move(whole), .sql = std::move(sql), .is_migration = true}, all, findings);
    } else if (file.is_cpp() && matches_any(places.code, file.path)) {
      for (source::Literal& each : source::literals(file.lexed())) {
        const bool is_marked = !places.delimiter.empty() && each.delimiter == places.delimiter;
        if (!is_marked && !source::looks_like_sql(each.text)) continue;
        source::Sql sql = source::parse_sql(each.text);
        keep({.file = &file, .literal = std::move(each), .sql = std::move(sql)}, all, findings);
      }
    }
  }
  return all;
}

}  // namespace guard::rules
