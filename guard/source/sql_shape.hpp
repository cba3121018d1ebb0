// Which words of a text stand as SQL has them: how loud they are, and what may follow a table. Inner to guard/source.
#pragma once

#include <span>
#include <string_view>

#include "guard/source/sql.hpp"

namespace guard::source {

enum class Case : unsigned char { upper, lower, title };

Case case_of(std::string_view written);

/// The words of one statement, or of a text as a whole.
class SqlShape {
 public:
  SqlShape(std::string_view text, std::span<const SqlToken> tokens, const TableNames& known)
      : text_(text), tokens_(tokens), known_(known) {}

  std::size_t size() const { return tokens_.size(); }
  std::span<const SqlToken> tokens() const { return tokens_; }
  std::string_view text() const { return text_; }
  const TableNames& known() const { return known_; }

  bool is(std::size_t i, std::string_view word) const { return i < size() && tokens_[i].is(word); }
  bool is_one_of(std::size_t i, std::span<const std::string_view> words) const;
  bool is_sign(std::size_t i, char sign) const { return i < size() && tokens_[i].is_sign(sign); }
  bool is_kind(std::size_t i, SqlKind kind) const { return i < size() && tokens_[i].kind == kind; }
  bool is_name(std::size_t i) const { return i < size() && tokens_[i].is_name(); }
  Case case_at(std::size_t i) const { return case_of(text_.substr(tokens_[i].offset, tokens_[i].text.size())); }
  /// A keyword in upper case.
  bool is_loud(std::size_t i, std::string_view word) const { return is(i, word) && case_at(i) == Case::upper; }

  /// What follows the name at `i`, with its schema.
  std::size_t after_name(std::size_t i) const;
  /// Whether the name at `i` is one of the tables that there are.
  bool is_known(std::size_t i) const;
  /// Whether what stands at `i`, after a table, may: nothing, a bracket, a clause as loud as `loud`, or an alias before
  /// one: `FROM a x WHERE`, and not `FROM header is missing`.
  bool may_follow_table(std::size_t i, Case loud, bool has_alias = false) const;

 private:
  std::string_view text_;
  std::span<const SqlToken> tokens_;
  const TableNames& known_;
};

/// Whether SQL stands in a text that begins as none does: `AND x IN (SELECT …)`, ` LEFT JOIN a ON …`.
bool has_sql_within(const SqlShape&);

}  // namespace guard::source
