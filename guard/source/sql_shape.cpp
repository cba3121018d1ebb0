#include "guard/source/sql_shape.hpp"

#include <algorithm>
#include <array>

namespace guard::source {

Case case_of(std::string_view written) {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto uppers = std::ranges::count_if(written, is_upper);
  if (uppers == 0) return Case::lower;
  return uppers == 1 && is_upper(written.front()) ? Case::title : Case::upper;
}

bool SqlShape::is_one_of(std::size_t i, std::span<const std::string_view> words) const {
  return is_kind(i, SqlKind::word) && std::ranges::find(words, tokens_[i].text) != words.end();
}

std::size_t SqlShape::after_name(std::size_t i) const {
  while (is_name(i) && is_sign(i + 1, '.') && is_name(i + 2)) i += 2;
  return i + 1;
}

bool SqlShape::is_known(std::size_t i) const { return is_name(i) && known_.contains(tokens_[after_name(i) - 1].text); }

bool SqlShape::may_follow_table(std::size_t i, Case loud, bool has_alias) const {
  static constexpr std::array<std::string_view, 30> clauses{
      "where", "join",   "left",   "right",     "inner",  "full",   "cross",  "natural",     "on",      "using",
      "order", "group",  "having", "limit",     "offset", "union",  "except", "intersect",   "as",      "set",
      "for",   "values", "select", "returning", "fetch",  "window", "with",   "tablesample", "indexed", "default"};
  if (i >= size()) return !has_alias;
  if (is_one_of(i, clauses)) return case_at(i) == loud;
  if (is_name(i)) return !has_alias && may_follow_table(i + 1, loud, true);
  if (is_sign(i, ',')) return is_sign(i + 1, '(') || (is_name(i + 1) && may_follow_table(after_name(i + 1), loud));
  return is_sign(i, '(') || is_sign(i, ')') || is_sign(i, ';');
}

}  // namespace guard::source
