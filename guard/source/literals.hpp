// The string literals of C++, joined as the compiler joins neighbours, with the lines that their characters come from.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "guard/source/cpp.hpp"

namespace guard::source {

struct Literal {
  std::string text;            // escapes read
  std::string_view delimiter;  // of the first, if it is raw
  std::size_t first = 0;       // its first token

  /// Of the character at `offset`.
  int line_at(std::size_t offset) const;

  struct Piece {
    std::size_t offset;
    int line;
    bool is_raw;
  };
  std::vector<Piece> pieces = {};
};

/// In order; each is of one or more tokens with nothing but comments between.
std::vector<Literal> literals(const Lexed&);

}  // namespace guard::source
