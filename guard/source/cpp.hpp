// C++ as its preprocessor first meets it: tokens, comments and directives, nothing expanded and no branch of an `#if`
// decided. What stands in a comment or a literal is never taken for code.
//
// Always true
//   - every `#include` line outside of comments and literals is listed, in every branch of every `#if`, and no other;
//   - an include knows the conditions that it stands under; a guard around the whole file is none;
//   - what cannot be read as C++ (a comment, a raw literal or an `#if` without end) is a problem, with its line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace guard::source {

inline constexpr std::size_t conditions_max = 256;  // `#if` within `#if`

enum class TokenKind : unsigned char {
  word,       // identifier or keyword
  number,     // with its suffix
  text,       // string literal: what stands between its quotes, as written
  character,  // likewise
  sign,       // one character, or `::`, `->`, `##`
  directive,  // its name, without `#`; the rest of its line follows, marked `in_directive`
};

struct Token {
  std::string_view text;  // line continuations taken out
  int line = 0;           // where it begins
  TokenKind kind = TokenKind::sign;
  bool in_directive = false;
  bool is_raw = false;              // R"…"
  std::uint8_t delimiter_size = 0;  // of a raw literal

  /// `sql` of R"sql(…)sql".
  std::string_view delimiter() const {
    return is_raw ? std::string_view{text.data() - 1 - delimiter_size, delimiter_size} : std::string_view{};
  }
  bool is(std::string_view other) const {
    return text == other && kind != TokenKind::text && kind != TokenKind::character;
  }
  bool operator==(const Token&) const = default;
};

enum class Form : unsigned char {
  quoted,  // "…"
  angled,  // <…>
  macro,   // what a macro says
  next,    // #include_next: whatever follows this file's own folder
};

struct IncludeLine {
  std::string_view written;  // between quotes or brackets; of a macro, the rest of the line
  int line = 0;
  Form form = Form::quoted;
  /// `defined(X) && !(Y > 2)`: all of the `#if`s around it, the branches before its own denied. Empty: always included.
  std::string_view condition = {};
};

struct Comment {
  std::string_view text;  // without its `//` or `/* */`
  int line = 0;
};

/// What could not be read, and where.
struct Problem {
  int line = 0;
  std::string what = {};
};

/// Views are of the text that was lexed and of `made`.
struct Lexed {
  std::vector<Token> tokens = {};
  std::vector<IncludeLine> includes = {};
  std::vector<Comment> comments = {};
  std::optional<Problem> problem = {};  // the first
  int lines = 0;                        // of the whole text
  std::deque<std::string> made = {};    // texts that do not stand in the file as such

  Lexed() = default;
  Lexed(const Lexed&) = delete;
  Lexed& operator=(const Lexed&) = delete;
  Lexed(Lexed&&) noexcept = default;
  Lexed& operator=(Lexed&&) noexcept = default;
};

/// `text` outlives the result.
Lexed lex(std::string_view text);

/// The characters that a string literal stands for: escapes read ([lex.ccon]; `\x`, `\u` and octal ones as UTF-8), a
/// raw one as it is.
std::string value_of(const Token& literal);

}  // namespace guard::source
