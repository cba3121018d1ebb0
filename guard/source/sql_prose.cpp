// Which literals are SQL, and which are prose that begins with one of its verbs. What is written LIKE THIS is SQL as
// soon as its grammar allows; what is written like this, or Like This, has to keep more of it.
#include <algorithm>
#include <array>
#include <span>

#include "guard/source/sql.hpp"
#include "guard/source/sql_lex.hpp"
#include "guard/source/sql_shape.hpp"

namespace guard::source {
namespace {

using Words = std::span<const std::string_view>;

/// One statement of a text.
class Statement {
 public:
  explicit Statement(const SqlShape& shape) : shape_(shape) {
    if (size() > 0) case_ = shape.case_at(0);
  }

  bool is_sql() const {
    if (!shape_.is_kind(0, SqlKind::word) || shape_.is_sign(1, ':')) return false;
    const std::string_view verb = shape_.tokens()[0].text;
    if (size() < 2) return is_cut_off(verb);
    return changes(verb) || reads(verb) || defines(verb) || takes_rights(verb);
  }

 private:
  std::size_t size() const { return shape_.size(); }
  /// A keyword, written as loud as the first one: `Delete from` is prose, `Delete From` is not.
  bool is_at(std::size_t i, std::string_view word) const {
    return shape_.is(i, word) && (case_ != Case::title || shape_.case_at(i) != Case::lower);
  }
  bool is_any_at(std::size_t i, Words words) const {
    return std::ranges::any_of(words, [&](std::string_view each) { return is_at(i, each); });
  }
  std::size_t find(std::string_view word) const {
    std::size_t i = 1;
    while (i < size() && !is_at(i, word)) ++i;
    return i;
  }
  bool has(std::string_view word) const { return find(word) < size(); }
  bool has_loud(std::string_view word) const { return shape_.is_loud(find(word), word); }
  bool is_upper() const { return case_ == Case::upper; }

  /// `UPDATE ` and ` FROM `: the table is added at run time.
  bool is_cut_off(std::string_view verb) const {
    return is_upper() && (verb == "update" || verb == "from" || verb == "join") && shape_.text().ends_with(' ');
  }

  /// A table, or nothing where its name is added at run time; in prose mostly an article, though `a` may be a table
  /// too.
  bool is_table_at(std::size_t i) const {
    static constexpr std::array<std::string_view, 11> articles{"the", "this",  "that", "these", "those", "each",
                                                               "its", "every", "all",  "your",  "of"};
    static constexpr std::array<std::string_view, 8> after{"values", "set",  "where", "select",
                                                           "as",     "join", "using", "order"};
    if (i >= size() || is_upper()) return true;
    if (!shape_.is_name(i) || shape_.is_one_of(i, articles)) return false;
    const bool is_article = shape_.is(i, "a") || shape_.is(i, "an");
    return !is_article || !shape_.is_kind(i + 1, SqlKind::word) || shape_.is_one_of(i + 1, after);
  }

  /// A table, and after it nothing but what goes on with SQL.
  bool is_table_alone_at(std::size_t i) const {
    if (!is_table_at(i)) return false;
    const std::size_t after = shape_.after_name(i);
    if (!shape_.is_name(i) || shape_.is_known(i)) return true;
    if (after >= size()) return case_ != Case::lower;
    if (is_upper() && !shape_.is_kind(after, SqlKind::word) && !shape_.is_sign(after, ',')) return true;
    return shape_.may_follow_table(after, is_upper() ? Case::upper : Case::lower);
  }

  /// A table, and after it a bracket or one of `more`.
  bool is_table_before(std::size_t i, Words more) const {
    const std::size_t after = shape_.after_name(i);
    if (!is_table_at(i)) return false;
    if (!shape_.is_name(i) || shape_.is_known(i)) return true;
    if (shape_.is_sign(after, '(') || shape_.is_one_of(after, more)) return true;
    return is_upper() && !shape_.is_kind(after, SqlKind::word);
  }

  bool changes(std::string_view verb) const {
    if (verb == "insert" || verb == "replace") return inserts();
    if (verb == "update") return updates();
    if (verb == "delete") {
      return is_at(1, "from") && is_table_alone_at(is_at(2, "only") ? 3 : 2);
    }
    if (verb == "merge") return has("using") && has("when") && (is_at(1, "into") || is_upper());
    if (verb == "truncate") return is_at(1, "table") || is_upper();
    return verb == "copy" && copies();
  }

  bool inserts() const {
    const std::size_t into = is_at(1, "or") ? 3 : 1;
    static constexpr std::array<std::string_view, 7> more{"values", "select", "default",   "with",
                                                          "as",     "table",  "overriding"};
    return is_at(into, "into") && is_table_before(into + 1, more);
  }

  bool updates() const {
    const std::size_t set = find("set");
    if (!is_table_at(1) || set >= size()) return false;
    const auto is_between = [](const SqlToken& each) { return each.is_sign(','); };
    return is_upper() ||
           (std::ranges::none_of(shape_.tokens().first(set), is_between) &&
            std::ranges::any_of(shape_.tokens().subspan(set), [](const SqlToken& each) { return each.is_sign('='); }));
  }

  bool copies() const {
    if (shape_.is_sign(1, '(')) return has("select");
    const std::size_t way = std::min(find("from"), find("to")) + 1;
    return is_at(way, "stdin") || is_at(way, "stdout") || is_at(way, "program") || shape_.is_kind(way, SqlKind::text) ||
           shape_.is_kind(way, SqlKind::parameter);
  }

  bool reads(std::string_view verb) const {
    if (verb == "select") return selects();
    if (verb == "with") return has_body() && (has("select") || has("returning") || has("update") || has("delete"));
    if (verb == "values") return shape_.is_sign(1, '(') && has("select");
    if (verb == "lock") return is_upper() ? is_at(1, "table") || has_loud("mode") : is_at(1, "table") && has("mode");
    if (verb == "explain") return explains();
    if (verb == "declare") return has("cursor") && has("for");
    if (verb == "prepare") return has("as") && is_upper();
    // What goes on with a text that another literal begins.
    static constexpr std::array<std::string_view, 3> more{"union", "except", "intersect"};
    if (verb == "from" || verb == "join") return is_upper() && shape_.is_name(1) && is_table_alone_at(1);
    return is_upper() && std::ranges::find(more, verb) != more.end() && has("from");
  }

  bool selects() const {
    const std::size_t from = find("from");
    if (from >= size() || !is_table_at(from + 1)) return false;
    return from > 1 || is_upper() || shape_.is_known(from + 1);
  }

  /// `WITH a AS (`, `WITH a AS MATERIALIZED (`.
  bool has_body() const {
    const std::size_t body = find("as") + 1;
    return shape_.is_sign(body, '(') || is_at(body, "materialized") || is_at(body, "not");
  }

  bool explains() const {
    static constexpr std::array<std::string_view, 4> how{"analyze", "verbose", "query", "plan"};
    std::size_t i = 1;
    if (shape_.is_sign(i, '('))
      while (i < size() && !shape_.is_sign(i++, ')')) continue;
    while (is_any_at(i, how)) ++i;
    return i < size() && Statement{SqlShape{shape_.text(), shape_.tokens().subspan(i), shape_.known()}}.is_sql();
  }

  bool defines(std::string_view verb) const {
    if (verb == "do")
      return shape_.is_kind(1, SqlKind::text) || (is_at(1, "language") && shape_.is_kind(3, SqlKind::text));
    if (verb != "create" && verb != "alter" && verb != "drop") return false;
    if (is_at(1, "function") || is_at(1, "procedure"))
      return verb == "create" && (has("as") || (has("returns") && (has("return") || has("atomic"))));
    static constexpr std::array<std::string_view, 9> sorts{"or",     "replace", "temporary",    "temp",      "unlogged",
                                                           "unique", "virtual", "materialized", "constraint"};
    static constexpr std::array<std::string_view, 6> on_a_table{"index", "trigger",  "policy",
                                                                "rule",  "function", "procedure"};
    std::size_t kind = 1;
    while (is_any_at(kind, sorts)) ++kind;
    if (is_any_at(kind, on_a_table)) return is_upper() || has("on") || has("as");
    return (is_at(kind, "table") || is_at(kind, "view")) && defines_table(kind + 1);
  }

  bool defines_table(std::size_t i) const {
    static constexpr std::array<std::string_view, 4> exists{"if", "not", "exists", "only"};
    static constexpr std::array<std::string_view, 23> more{
        "as",      "of",     "partition", "using",   "cascade", "restrict", "add",    "drop",
        "alter",   "rename", "set",       "owner",   "enable",  "disable",  "attach", "detach",
        "inherit", "no",     "validate",  "replica", "force",   "cluster",  "with"};
    if (is_at(i, "if") || is_at(i, "only"))
      while (is_any_at(i, exists)) ++i;
    const std::size_t after = shape_.after_name(i);
    return is_table_before(i, more) || (is_table_at(i) && (shape_.is_sign(after, ',') || after >= size()));
  }

  bool takes_rights(std::string_view verb) const {
    static constexpr std::array<std::string_view, 6> things{"table", "column",  "view",
                                                            "index", "trigger", "constraint"};
    if (verb == "grant" || verb == "revoke") return is_upper() && has_loud("on");
    return verb == "comment" && is_at(1, "on") && has("is") && (is_upper() || is_any_at(2, things));
  }

  SqlShape shape_;
  Case case_ = Case::upper;
};

}  // namespace

bool looks_like_sql(std::string_view text, const TableNames& known) {
  std::optional<Problem> problem;
  const std::vector<SqlToken> tokens = lex_sql(text, problem);
  for (auto begin = tokens.begin(); begin != tokens.end();) {
    const auto end = std::find_if(begin, tokens.end(), [](const SqlToken& each) { return each.is_sign(';'); });
    while (begin != end && begin->is_sign('(')) ++begin;
    if (Statement{SqlShape{text, {begin, end}, known}}.is_sql()) return true;
    begin = end == tokens.end() ? end : end + 1;
  }
  return has_sql_within(SqlShape{text, tokens, known});
}

}  // namespace guard::source
