// SQL that is put together from several texts: what of it shows that a text is a piece of some, and which piece goes on
// with which.
#include <algorithm>
#include <array>
#include <span>

#include "guard/source/sql.hpp"
#include "guard/source/sql_lex.hpp"
#include "guard/source/sql_shape.hpp"

namespace guard::source {
namespace {

constexpr std::array<std::string_view, 7> joins{"left", "right", "inner", "full", "cross", "natural", "outer"};

/// `FROM charges`, of a table that there is.
bool takes_known_table(const SqlShape& shape, std::size_t i) {
  static constexpr std::array<std::string_view, 7> takers{"from",  "join",  "into",      "update",
                                                          "table", "using", "references"};
  if (!shape.is_one_of(i, takers) || shape.case_at(i) != Case::upper) return false;
  return shape.is_known(shape.is_loud(i + 1, "only") ? i + 2 : i + 1);
}

/// `(SELECT … FROM name`. In lower case, where prose has brackets too, only where a value is asked for.
bool is_subquery(const SqlShape& shape, std::size_t bracket) {
  static constexpr std::array<std::string_view, 4> askers{"in", "exists", "any", "all"};
  if (!shape.is_sign(bracket, '(') || !shape.is(bracket + 1, "select")) return false;
  std::size_t from = bracket + 2;
  for (int depth = 0; from < shape.size() && depth >= 0 && (depth > 0 || !shape.is(from, "from")); ++from)
    depth += shape.is_sign(from, '(') ? 1 : shape.is_sign(from, ')') ? -1 : 0;
  if (!shape.is(from, "from") || shape.case_at(from) != shape.case_at(bracket + 1)) return false;
  if (shape.case_at(from) == Case::upper || shape.is_known(from + 1)) return true;
  const bool is_asked = bracket > 0 && (shape.is_one_of(bracket - 1, askers) || shape.is_sign(bracket - 1, '='));
  return is_asked && shape.is_name(from + 1) && shape.may_follow_table(shape.after_name(from + 1), Case::lower);
}

/// `LEFT JOIN name`, or `JOIN name n ON`.
bool is_join(const SqlShape& shape, std::size_t i) {
  if (!shape.is_loud(i, "join")) return false;
  const bool is_sided = i > 0 && shape.is_one_of(i - 1, joins) && shape.case_at(i - 1) == Case::upper;
  if (i + 1 >= shape.size()) return is_sided && shape.text().ends_with(' ');  // the table is added at run time
  if (!shape.is_name(i + 1)) return false;
  std::size_t after = shape.after_name(i + 1);
  if (shape.is_loud(after, "as")) ++after;
  const auto joins_on = [&](std::size_t at) { return shape.is_loud(at, "on") || shape.is_loud(at, "using"); };
  return is_sided || joins_on(after) || (shape.is_name(after) && joins_on(after + 1));
}

bool is_upsert(const SqlShape& shape, std::size_t i) {
  return shape.is_loud(i, "do") && shape.is_loud(i + 1, "update") && shape.is_loud(i + 2, "set");
}

/// ` from charges where id = ?`: in lower case the table has to be there, and the rest too.
bool is_quiet_rest(const SqlShape& shape) {
  static constexpr std::array<std::string_view, 3> orders{"order", "group", "limit"};
  std::size_t first = 0;
  while (shape.is_one_of(first, joins)) ++first;
  if (!shape.is(first, "join") && (first > 0 || !shape.is(first, "from"))) return false;
  if (!shape.is_known(first + 1) || !shape.may_follow_table(shape.after_name(first + 1), Case::lower)) return false;
  for (std::size_t i = first + 2; i < shape.size(); ++i)
    if (shape.is_sign(i, '=') || shape.is_sign(i, '<') || shape.is_sign(i, '>') || shape.is_one_of(i, orders))
      return true;
  return false;
}

}  // namespace

bool has_sql_within(const SqlShape& shape) {
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (takes_known_table(shape, i) || is_subquery(shape, i) || is_join(shape, i) || is_upsert(shape, i)) return true;
  return is_quiet_rest(shape);
}

bool goes_on_as_sql(std::string_view begun, std::string_view more) {
  std::optional<Problem> problem;
  const std::vector<SqlToken> first = lex_sql(begun, problem);
  const std::vector<SqlToken> second = lex_sql(more, problem);
  if (problem || first.empty() || second.empty()) return false;
  const TableNames none;
  const SqlShape from{begun, first, none};
  const SqlShape to{more, second, none};
  if (from.case_at(0) != to.case_at(0)) return false;
  const auto has = [&](std::string_view word) {
    return std::ranges::any_of(first, [&](const SqlToken& each) { return each.is(word); });
  };
  if (to.is(0, "set")) return from.is(0, "update") && first.size() > 1 && !has("set");
  if (to.is(0, "from")) return from.is(0, "delete") && first.size() == 1;
  return has("insert") && ((to.is(0, "on") && to.is(1, "conflict")) || (to.is(0, "do") && to.is(1, "update")));
}

}  // namespace guard::source
