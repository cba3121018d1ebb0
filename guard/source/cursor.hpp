// The characters of a text as C++ sees them: a backslash before a line's end, blanks after it forgiven as every
// compiler does, joins two lines.
#pragma once

#include <cstddef>
#include <string_view>

namespace guard::source {

class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
    join();
  }

  bool is_end() const { return at_ >= text_.size(); }
  char peek() const { return is_end() ? '\0' : text_[at_]; }
  /// The character after `peek`, over a join.
  char peek_next() const {
    if (is_end()) return '\0';
    Cursor after = *this;
    after.next();
    return after.peek();
  }
  char next() {
    if (is_end()) return '\0';
    const char c = text_[at_];
    if (c == '\n') ++line_;
    ++at_;
    if (peek() == '\\') join();
    return c;
  }
  bool take(char c) {
    if (is_end() || peek() != c) return false;
    next();
    return true;
  }

  std::size_t at() const { return at_; }
  int line() const { return line_; }
  int joins() const { return joins_; }
  std::string_view since(std::size_t from) const { return text_.substr(from, at_ - from); }
  std::string_view rest() const { return text_.substr(at_ < text_.size() ? at_ : text_.size()); }

  /// Goes on by `count` bytes as they are, joining nothing on the way: raw literals.
  void skip_raw(std::size_t count) {
    for (; count > 0 && !is_end(); --count, ++at_)
      if (text_[at_] == '\n') ++line_;
    join();
  }

 private:
  void join() {
    while (peek() == '\\') {
      std::size_t end = at_ + 1;
      while (end < text_.size() && (text_[end] == ' ' || text_[end] == '\t' || text_[end] == '\r')) ++end;
      if (end >= text_.size() || text_[end] != '\n') return;
      at_ = end + 1;
      ++line_;
      ++joins_;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int line_ = 1;
  int joins_ = 0;
};

}  // namespace guard::source
