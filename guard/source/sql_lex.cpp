#include "guard/source/sql_lex.hpp"

#include <algorithm>
#include <utility>

#include "shared/base/ascii.hpp"

namespace guard::source {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_word(char c) { return is_start(c) || is_digit(c) || c == '$'; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  std::vector<SqlToken> run(std::optional<Problem>& problem) {
    while (at_ < text_.size() && !problem_) step();
    if (problem_) problem = problem_;
    return std::move(out_);
  }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }

  void step() {
    const char c = peek();
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
      ++at_;
    } else if (c == '-' && peek(1) == '-') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == '/' && peek(1) == '*') {
      block_comment();
    } else if (c == '\'') {
      quoted('\'', SqlKind::text, false);
    } else if ((c == 'e' || c == 'E') && peek(1) == '\'') {
      ++at_;
      quoted('\'', SqlKind::text, true);
    } else if (c == '"' || c == '`') {
      quoted(c, SqlKind::quoted, false);
    } else if (c == '[' && is_start(peek(1)) && (out_.empty() || !ends_a_value(out_.back()))) {
      quoted(']', SqlKind::quoted, false);
    } else if (c == '$' && !is_digit(peek(1))) {
      dollar();
    } else {
      plain(c);
    }
  }

  /// `[` after a value is a subscript: `list[n]`.
  static bool ends_a_value(const SqlToken& token) {
    return token.kind == SqlKind::quoted || token.kind == SqlKind::parameter || token.is_sign(')') ||
           token.is_sign(']') ||
           (token.kind == SqlKind::word && token.text != "from" && token.text != "join" && token.text != "into" &&
            token.text != "update" && token.text != "table" && token.text != "select");
  }

  void plain(char c) {
    const std::size_t begin = at_;
    if (is_start(c)) {
      while (is_word(peek())) ++at_;
      push(SqlKind::word, begin);
      out_.back().text = base::lower(out_.back().text);
    } else if (is_digit(c) || (c == '.' && is_digit(peek(1)))) {
      while (is_word(peek()) || peek() == '.') ++at_;
      push(SqlKind::number, begin);
    } else if (c == '?' || (c == '$' && is_digit(peek(1))) || (c == ':' && is_start(peek(1)) && !follows_colon())) {
      for (++at_; is_word(peek());) ++at_;
      push(SqlKind::parameter, begin);
    } else if (c == '@' && is_start(peek(1))) {
      for (++at_; is_word(peek());) ++at_;
      push(SqlKind::macro, begin);
    } else {
      ++at_;
      push(SqlKind::sign, begin);
    }
  }

  /// The second of `::`, a cast.
  bool follows_colon() const { return at_ > 0 && text_[at_ - 1] == ':'; }

  // PostgreSQL's nest.
  void block_comment() {
    const std::size_t begin = at_;
    int depth = 0;
    do {
      if (at_ >= text_.size()) return problem(begin, "a comment without end");
      if (peek() == '/' && peek(1) == '*') {
        ++depth;
        at_ += 2;
      } else if (peek() == '*' && peek(1) == '/') {
        --depth;
        at_ += 2;
      } else {
        ++at_;
      }
    } while (depth > 0);
  }

  void quoted(char close, SqlKind kind, bool has_escapes) {
    const std::size_t begin = at_++;
    std::string value;
    while (true) {
      if (at_ >= text_.size()) return problem(begin, "a text without end");
      const char c = text_[at_++];
      if (has_escapes && c == '\\' && at_ < text_.size()) {
        value += text_[at_++];
      } else if (c != close) {
        value += c;
      } else if (peek() == close && close != ']') {
        value += c;
        ++at_;
      } else {
        out_.push_back({std::move(value), begin, kind});
        return;
      }
    }
  }

  // $$…$$, $tag$…$tag$
  void dollar() {
    const std::size_t begin = at_;
    std::size_t end = at_ + 1;
    while (end < text_.size() && is_word(text_[end]) && text_[end] != '$') ++end;
    if (end >= text_.size() || text_[end] != '$') {
      ++at_;
      return push(SqlKind::sign, begin);
    }
    const std::string_view tag = text_.substr(begin, end + 1 - begin);
    const std::size_t close = text_.find(tag, end + 1);
    if (close == std::string_view::npos) return problem(begin, "a text without end");
    out_.push_back({std::string{text_.substr(end + 1, close - end - 1)}, begin, SqlKind::text});
    at_ = close + tag.size();
  }

  void push(SqlKind kind, std::size_t begin) {
    out_.push_back({std::string{text_.substr(begin, at_ - begin)}, begin, kind});
  }

  void problem(std::size_t offset, std::string what) {
    problem_ = Problem{1 + static_cast<int>(std::ranges::count(text_.substr(0, offset), '\n')), std::move(what)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<SqlToken> out_;
  std::optional<Problem> problem_;
};

}  // namespace

std::vector<SqlToken> lex_sql(std::string_view text, std::optional<Problem>& problem) {
  return Lexer{text}.run(problem);
}

}  // namespace guard::source
