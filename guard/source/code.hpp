// The code of one file: its tokens without directives, and of each which bracket closes it and whether it can run at
// all. Dead is what stands within `#if 0`, within `if (false)`, after a `return;` of the same block; whatever a value
// decides is taken to run. Inner to guard/source.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "guard/source/cpp.hpp"

namespace guard::source {

class Code {
 public:
  /// Macros are not expanded, so their definitions are no code.
  explicit Code(const Lexed&);

  std::size_t size() const { return tokens_.size(); }
  const Token& operator[](std::size_t i) const { return tokens_[i]; }
  bool is(std::size_t i, std::string_view sign) const { return i < tokens_.size() && tokens_[i].is(sign); }
  bool is_word(std::size_t i) const { return i < tokens_.size() && tokens_[i].kind == TokenKind::word; }
  bool is_dead(std::size_t i) const { return is_dead_[i]; }
  /// The index after the bracket that closes the one at `open`; the end if none does.
  std::size_t after(std::size_t open) const { return after_[open]; }

  struct Range {
    std::size_t begin;
    std::size_t end;
    bool operator==(const Range&) const = default;
  };
  /// At each `separator`, such as `,` or `||`, that stands in no bracket within it.
  std::vector<Range> parted(Range, std::string_view separator) const;
  bool same(Range, Range) const;
  /// True and false where that is plain from the tokens: `false`, `!1`, `x || true`, `x == x`.
  std::optional<bool> value_of(Range range) const { return value_of(range, 0); }

 private:
  void find_brackets();
  void find_dead();
  void kill(Range);
  std::optional<bool> value_of(Range, int depth) const;
  std::size_t after_statement(std::size_t begin) const;
  std::size_t end_of_block(std::size_t within) const;

  std::vector<Token> tokens_;
  std::vector<bool> is_conditional_;  // under an #if that is not decided here
  std::vector<std::size_t> after_;
  std::vector<bool> is_dead_;
};

}  // namespace guard::source
