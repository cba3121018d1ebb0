#include "guard/source/cpp.hpp"

#include <algorithm>
#include <utility>

#include "guard/source/conditions.hpp"
#include "guard/source/cursor.hpp"

namespace guard::source {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' || is_digit(c) ||
         static_cast<unsigned char>(c) >= 0x80;
}
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }

/// Where a piece of the text began.
struct Mark {
  std::size_t at;
  int line;
  int joins;
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text), cursor_(text) { out_.tokens.reserve(text.size() / 6); }

  Lexed run() {
    while (!cursor_.is_end()) line();
    finish();
    return std::move(out_);
  }

 private:
  // One line of code (more, if a comment or a raw literal holds its end), or of a directive.
  void line() {
    blanks();
    if (cursor_.peek() == '#' || (cursor_.peek() == '%' && cursor_.peek_next() == ':')) return directive();
    if (!module_directive()) to_line_end();
  }

  void to_line_end() {
    while (!cursor_.is_end()) {
      blanks();
      if (cursor_.take('\n')) return;
      if (!cursor_.is_end()) token();
    }
  }

  /// Blanks and comments up to the line's end; a comment of several lines is one blank.
  void blanks() {
    while (!cursor_.is_end()) {
      if (is_blank(cursor_.peek())) {
        cursor_.next();
      } else if (cursor_.peek() != '/' || !comment()) {
        return;
      }
    }
  }

  bool comment() {
    const char second = cursor_.peek_next();
    if (second != '/' && second != '*') return false;
    const int line = cursor_.line();
    cursor_.next();
    cursor_.next();
    const Mark begin = mark();
    if (second == '/') {
      while (!cursor_.is_end() && cursor_.peek() != '\n') cursor_.next();
      out_.comments.push_back({text_since(begin), line});
      return true;
    }
    while (!cursor_.is_end()) {
      if (cursor_.peek() == '*' && cursor_.peek_next() == '/') {
        out_.comments.push_back({text_since(begin), line});
        cursor_.next();
        cursor_.next();
        return true;
      }
      cursor_.next();
    }
    problem(line, "a comment without end");
    return true;
  }

  // Directives

  void directive() {
    const int line = cursor_.line();
    if (cursor_.next() == '%') cursor_.next();
    blanks();
    const Mark begin = mark();
    while (is_word(cursor_.peek())) cursor_.next();
    const std::string_view name = text_since(begin);
    const bool is_first = out_.tokens.empty() && out_.includes.empty();
    if (name == "include" || name == "import" || name == "include_next" || name == "embed") {
      conditions_.code();
      return include(name, line);
    }
    if (name.empty()) return to_line_end();
    conditions_.directive(name, rest_of_line(), line, is_first);
    push({.text = name, .line = line, .kind = TokenKind::directive, .in_directive = true});
    in_directive_ = true;
    if (name == "error" || name == "warning") {
      while (!cursor_.is_end() && cursor_.peek() != '\n') cursor_.next();  // prose: its apostrophes open nothing
    }
    to_line_end();
    in_directive_ = false;
  }

  /// `import "a.hpp";` includes. Of a named module ([cpp.module], [cpp.import]) nobody here knows the file.
  bool module_directive() {
    std::string_view rest = text_.substr(cursor_.at());
    const auto begins = [&rest](std::string_view word) { return rest.starts_with(word); };
    if (!begins("import") && !begins("module") && !begins("export")) return false;
    const std::string line = rest_of_line();
    rest = line;
    const auto take = [&rest](std::string_view word) {
      if (!rest.starts_with(word) || (rest.size() > word.size() && is_word(rest[word.size()]))) return false;
      rest.remove_prefix(std::min(rest.find_first_not_of(' ', word.size()), rest.size()));
      return true;
    };
    const bool is_exported = take("export");
    const bool is_import = take("import");
    if (!is_import && !take("module")) return false;
    const char open = rest.empty() ? '\0' : rest.front();
    const int number = cursor_.line();
    if (is_import && (open == '"' || open == '<') && rest.find(open == '<' ? '>' : '"', 1) != std::string_view::npos) {
      conditions_.code();
      for (int words = is_exported ? 2 : 1; words > 0; --words) {
        while (is_word(cursor_.peek())) cursor_.next();
        blanks();
      }
      include("import", number);
      return true;
    }
    const std::size_t end = rest.find(';');
    const bool is_name =
        end != std::string_view::npos && !rest.starts_with("::") && (end > 0 || !is_import) &&
        std::ranges::all_of(rest.substr(0, end), [](char c) { return is_word(c) || c == '.' || c == ':' || c == ' '; });
    if (is_name) problem(number, "a module of C++20, whose file is not known");
    return false;
  }

  void include(std::string_view directive, int line) {
    blanks();
    const char open = cursor_.peek();
    IncludeLine found{.line = line};
    if (open == '"' || open == '<') {
      cursor_.next();
      const char close = open == '<' ? '>' : '"';
      const Mark begin = mark();
      while (!cursor_.is_end() && cursor_.peek() != '\n' && cursor_.peek() != close) cursor_.next();
      if (cursor_.peek() != close) problem(line, std::string{"an #include without its closing "} + close);
      found.written = text_since(begin);
      found.form = open == '<' ? Form::angled : Form::quoted;
      if (directive == "include_next") found.form = Form::next;
      cursor_.take(close);
    } else {
      found.written = out_.made.emplace_back(rest_of_line());
      found.form = Form::macro;
      if (found.written.empty()) problem(line, "an #include of nothing");
    }
    out_.includes.push_back(found);
    branches_.push_back(conditions_.now());
    in_directive_ = true;
    to_line_end();
    in_directive_ = false;
  }

  /// What follows on the line, comments out and each run of blanks one; reads nothing away.
  std::string rest_of_line() const {
    Cursor ahead = cursor_;
    std::string out;
    char quote = '\0';
    const auto blank = [&out] {
      if (!out.empty() && out.back() != ' ') out += ' ';
    };
    while (!ahead.is_end() && ahead.peek() != '\n') {
      const char c = ahead.next();
      if (quote == '\0' && c == '/' && ahead.peek() == '/') break;
      if (quote == '\0' && c == '/' && ahead.peek() == '*') {
        ahead.next();
        while (!ahead.is_end() && !(ahead.next() == '*' && ahead.peek() == '/')) {
        }
        ahead.next();
        blank();
      } else if (quote == '\0' && is_blank(c)) {
        blank();
      } else {
        out += c;
        if (quote == '\0' && (c == '"' || c == '\'')) {
          quote = c;
        } else if (c == '\\' && quote != '\0' && !ahead.is_end()) {
          out += ahead.next();
        } else if (c == quote) {
          quote = '\0';
        }
      }
    }
    if (out.ends_with(' ')) out.pop_back();
    return out;
  }

  // Tokens

  void token() {
    const char c = cursor_.peek();
    if (c == '"' || c == '\'') return literal(cursor_.line());
    if (is_digit(c) || (c == '.' && is_digit(cursor_.peek_next()))) return number();
    if (is_word(c)) return word();
    const Mark begin = mark();
    cursor_.next();
    const bool is_pair = (c == ':' && cursor_.peek() == ':') || (c == '-' && cursor_.peek() == '>') ||
                         (c == '#' && cursor_.peek() == '#');
    if (is_pair) cursor_.next();
    push({.text = text_since(begin), .line = begin.line, .kind = TokenKind::sign});
  }

  void word() {
    const Mark begin = mark();
    while (is_word(cursor_.peek())) cursor_.next();
    const std::string_view text = text_since(begin);
    const char quote = cursor_.peek();
    const bool may_prefix = text.size() <= 3 && (quote == '"' || quote == '\'');
    if (may_prefix && quote == '"' && (text == "R" || text == "u8R" || text == "uR" || text == "UR" || text == "LR"))
      return raw_literal(begin.line);
    if (may_prefix && (text == "u8" || text == "u" || text == "U" || text == "L")) return literal(begin.line);
    push({.text = text, .line = begin.line, .kind = TokenKind::word});
  }

  // A preprocessing number ([lex.ppnumber]): `0x1p-3`, `1'000`, `5_km`.
  void number() {
    const Mark begin = mark();
    char before = cursor_.next();
    while (true) {
      const char c = cursor_.peek();
      const bool is_sign = (c == '+' || c == '-') && (before == 'e' || before == 'E' || before == 'p' || before == 'P');
      const bool is_separator = c == '\'' && is_word(cursor_.peek_next());
      if (!is_word(c) && c != '.' && !is_sign && !is_separator) break;
      before = cursor_.next();
    }
    push({.text = text_since(begin), .line = begin.line, .kind = TokenKind::number});
  }

  void literal(int line) {
    const char quote = cursor_.next();
    const Mark begin = mark();
    while (!cursor_.is_end() && cursor_.peek() != quote && cursor_.peek() != '\n') {
      if (cursor_.next() == '\\' && !cursor_.is_end() && cursor_.peek() != '\n') cursor_.next();
    }
    const std::string_view text = text_since(begin);
    if (!cursor_.take(quote) && !in_directive_ && !open_literal_)
      open_literal_ = {Problem{line, "a literal without end"}, conditions_.now()};
    push({.text = text, .line = line, .kind = quote == '"' ? TokenKind::text : TokenKind::character});
  }

  // Here a backslash is a backslash: the text is taken as it stands ([lex.string]).
  void raw_literal(int line) {
    const std::string_view rest = text_.substr(cursor_.at() + 1);
    const std::size_t open = rest.find('(');
    const std::string_view delimiter = rest.substr(0, std::min(open, rest.size()));
    if (delimiter.size() > 16 || delimiter.find_first_of(" )\\\t\v\f\n\r\"") != std::string_view::npos)
      return broken_raw(line);
    const std::string end = ")" + std::string{delimiter} + "\"";
    const std::size_t close = rest.find(end, open);
    if (close == std::string_view::npos) return broken_raw(line);
    push({.text = rest.substr(open + 1, close - open - 1),
          .line = line,
          .kind = TokenKind::text,
          .is_raw = true,
          .delimiter_size = static_cast<std::uint8_t>(delimiter.size())});
    cursor_.skip_raw(1 + close + end.size());
  }

  void broken_raw(int line) {
    problem(line, "a raw literal without end");
    cursor_.skip_raw(text_.size());
  }

  void push(Token token) {
    token.in_directive = token.in_directive || in_directive_;
    if (!token.in_directive) conditions_.code();
    out_.tokens.push_back(token);
  }

  // Places and ends

  Mark mark() const { return {cursor_.at(), cursor_.line(), cursor_.joins()}; }

  /// A view of the text, or of a copy where a line continuation has to be taken out.
  std::string_view text_since(const Mark& begin) {
    if (cursor_.joins() == begin.joins) return cursor_.since(begin.at);
    std::string& joined = out_.made.emplace_back();
    Cursor again{cursor_.since(begin.at)};
    while (!again.is_end()) joined += again.next();
    return joined;
  }

  void problem(int line, std::string what) {
    if (!out_.problem) out_.problem = Problem{line, std::move(what)};
  }

  void finish() {
    out_.lines = cursor_.line() - (text_.empty() || text_.ends_with('\n') ? 1 : 0);
    conditions_.finish();
    // In a branch that is not compiled prose may stand, and `don't` opens nothing.
    if (open_literal_ && !conditions_.is_conditional(open_literal_->second))
      problem(open_literal_->first.line, open_literal_->first.what);
    if (const auto& wrong = conditions_.problem()) problem(wrong->line, wrong->what);
    Conditions::Branch last;
    std::string_view condition;
    for (std::size_t i = 0; i < branches_.size(); ++i) {
      if (branches_[i] != last) {
        last = branches_[i];
        condition = conditions_.is_conditional(last) ? std::string_view{out_.made.emplace_back(conditions_.text(last))}
                                                     : std::string_view{};
      }
      out_.includes[i].condition = condition;
    }
  }

  std::string_view text_;
  Cursor cursor_;
  Lexed out_;
  Conditions conditions_;
  std::vector<Conditions::Branch> branches_;  // of each include
  std::optional<std::pair<Problem, Conditions::Branch>> open_literal_;
  bool in_directive_ = false;
};

void append_utf8(std::string& out, std::uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | ((code >> 18) & 7));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

int digit_of(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

}  // namespace

Lexed lex(std::string_view text) { return Lexer{text}.run(); }

std::string value_of(const Token& literal) {
  if (literal.is_raw) return std::string{literal.text};
  std::string out;
  const std::string_view in = literal.text;
  for (std::size_t i = 0; i < in.size(); ++i) {
    if (in[i] != '\\' || i + 1 == in.size()) {
      out += in[i];
      continue;
    }
    const char escape = in[++i];
    static constexpr std::string_view simple = "abfnrtv", meant = "\a\b\f\n\r\t\v";
    if (const std::size_t at = simple.find(escape); at != std::string_view::npos) {
      out += meant[at];
    } else if (escape == 'x' || escape == 'u' || escape == 'U' || (escape >= '0' && escape <= '7')) {
      const int radix = escape >= '0' && escape <= '7' ? 8 : 16;
      std::size_t most = escape == 'U' ? 8 : escape == 'u' ? 4 : radix == 8 ? 3 : 8;
      std::uint32_t code = 0;
      if (radix == 8) --i;
      for (; most > 0 && i + 1 < in.size() && digit_of(in[i + 1]) < radix; --most, ++i)
        code = code * static_cast<std::uint32_t>(radix) + static_cast<std::uint32_t>(digit_of(in[i + 1]));
      append_utf8(out, code);
    } else {
      out += escape;
    }
  }
  return out;
}

}  // namespace guard::source
