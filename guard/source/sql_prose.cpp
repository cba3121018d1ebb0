// Which literals are SQL, and which are prose that begins with one of its verbs. What is written LIKE THIS is SQL as
// soon as its grammar allows; what is written like this, or Like This, has to keep more of it.
#include <algorithm>
#include <array>
#include <span>

#include "guard/source/sql.hpp"
#include "guard/source/sql_lex.hpp"

namespace guard::source {
namespace {

enum class Case : unsigned char { upper, lower, title };

Case case_of(std::string_view written) {
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto uppers = std::ranges::count_if(written, is_upper);
  if (uppers == 0) return Case::lower;
  return uppers == 1 && is_upper(written.front()) ? Case::title : Case::upper;
}

/// One statement of a text.
class Statement {
 public:
  Statement(std::string_view text, std::span<const SqlToken> tokens) : text_(text), tokens_(tokens) {
    while (!tokens_.empty() && tokens_.front().is_sign('(')) tokens_ = tokens_.subspan(1);
    if (!tokens_.empty()) case_ = case_at(0);
  }

  bool is_sql() const {
    if (tokens_.empty() || tokens_.front().kind != SqlKind::word) return false;
    const std::string_view verb = tokens_.front().text;
    if (tokens_.size() < 2) return verb == "update" && text_.ends_with("UPDATE ");  // the table is added at run time
    return changes(verb) || reads(verb) || defines(verb);
  }

 private:
  Case case_at(std::size_t i) const { return case_of(text_.substr(tokens_[i].offset, tokens_[i].text.size())); }
  /// A keyword, written as loud as the first one: `Delete from` is prose, `Delete From` is not.
  bool is_at(std::size_t i, std::string_view word) const {
    return i < tokens_.size() && tokens_[i].is(word) && (case_ != Case::title || case_at(i) != Case::lower);
  }
  std::size_t find(std::string_view word) const {
    std::size_t i = 1;
    while (i < tokens_.size() && !is_at(i, word)) ++i;
    return i;
  }
  bool has(std::string_view word) const { return find(word) < tokens_.size(); }
  bool is_sign_at(std::size_t i, char sign) const { return i < tokens_.size() && tokens_[i].is_sign(sign); }
  bool is_kind_at(std::size_t i, SqlKind kind) const { return i < tokens_.size() && tokens_[i].kind == kind; }
  bool is_upper() const { return case_ == Case::upper; }

  /// A table, or nothing where its name is added at run time; in prose mostly an article, though `a` may be a table
  /// too.
  bool is_table_at(std::size_t i) const {
    static constexpr std::array<std::string_view, 11> articles{"the", "this",  "that", "these", "those", "each",
                                                               "its", "every", "all",  "your",  "of"};
    static constexpr std::array<std::string_view, 8> after{"values", "set",  "where", "select",
                                                           "as",     "join", "using", "order"};
    if (i >= tokens_.size() || is_upper()) return true;
    const auto is_one_of = [](const SqlToken& token, std::span<const std::string_view> words) {
      return token.kind == SqlKind::word && std::ranges::find(words, token.text) != words.end();
    };
    if (!tokens_[i].is_name() || is_one_of(tokens_[i], articles)) return false;
    const bool is_article = tokens_[i].is("a") || tokens_[i].is("an");
    return !is_article || !is_kind_at(i + 1, SqlKind::word) || is_one_of(tokens_[i + 1], after);
  }

  bool changes(std::string_view verb) const {
    if (verb == "insert" || verb == "replace") {
      const std::size_t into = is_at(1, "or") ? 3 : 1;
      return is_at(into, "into") && is_table_at(into + 1);
    }
    if (verb == "update") {
      const std::size_t set = find("set");
      const bool sets = is_upper() ? set < tokens_.size()
                                   : std::ranges::any_of(
                                         tokens_.subspan(std::min(set, tokens_.size())),
                                         [](const auto& each) { return each.is_sign('='); });
      return sets && is_table_at(1) && !is_sign_at(1, ':');
    }
    if (verb == "delete") return is_at(1, "from") && is_table_at(2);
    if (verb == "merge") return is_at(1, "into") || (is_upper() && has("using") && has("when"));
    if (verb == "truncate") return is_at(1, "table") || is_upper();
    if (verb == "copy") {
      if (is_sign_at(1, '(')) return has("select");
      const std::size_t way = std::min(find("from"), find("to")) + 1;
      return is_at(way, "stdin") || is_at(way, "stdout") || is_at(way, "program") || is_kind_at(way, SqlKind::text) ||
             is_kind_at(way, SqlKind::parameter);
    }
    return false;
  }

  bool reads(std::string_view verb) const {
    if (verb == "select") return has("from") && is_table_at(find("from") + 1);
    if (verb == "with") return has("as") && (has("select") || has("returning") || has("update") || has("delete"));
    if (verb == "values") return is_sign_at(1, '(') && has("select");
    if (verb == "lock") return is_at(1, "table") || (is_upper() && has("mode"));
    if (verb == "explain") return has("select") || has("insert") || has("update") || has("delete");
    if (verb == "declare") return has("cursor") && has("for");
    if (verb == "prepare") return has("as") && is_upper();
    // What goes on with a text that another literal begins.
    static constexpr std::array<std::string_view, 3> more{"union", "except", "intersect"};
    if (verb == "from" || verb == "join" || verb == "table") return is_upper() && tokens_[1].is_name();
    return is_upper() && std::ranges::find(more, verb) != more.end() && has("from");
  }

  bool defines(std::string_view verb) const {
    if (verb == "do") return is_kind_at(1, SqlKind::text) || (is_at(1, "language") && is_kind_at(3, SqlKind::text));
    if (verb == "grant" || verb == "revoke") return is_upper() && has("on");
    if (verb == "comment") return is_at(1, "on") && has("is");
    if (verb != "create" && verb != "alter" && verb != "drop") return false;
    if (is_at(1, "function") || is_at(1, "procedure")) return verb == "create" && has("as");
    static constexpr std::array<std::string_view, 12> kinds{"table",  "view",      "index",   "trigger",
                                                            "unique", "temporary", "virtual", "materialized",
                                                            "temp",   "or",        "policy",  "unlogged"};
    return std::ranges::any_of(kinds, [this](std::string_view each) { return is_at(1, each); }) && is_table_at(2);
  }

  std::string_view text_;
  std::span<const SqlToken> tokens_;
  Case case_ = Case::upper;
};

}  // namespace

bool looks_like_sql(std::string_view text) {
  std::optional<Problem> problem;
  const std::vector<SqlToken> tokens = lex_sql(text, problem);
  for (auto begin = tokens.begin(); begin != tokens.end();) {
    const auto end = std::find_if(begin, tokens.end(), [](const SqlToken& each) { return each.is_sign(';'); });
    if (Statement{text, {begin, end}}.is_sql()) return true;
    begin = end == tokens.end() ? end : end + 1;
  }
  return false;
}

}  // namespace guard::source
