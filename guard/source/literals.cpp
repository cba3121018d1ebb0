#include "guard/source/literals.hpp"

#include <algorithm>
#include <utility>

namespace guard::source {

int Literal::line_at(std::size_t offset) const {
  const auto after = std::ranges::upper_bound(pieces, offset, {}, &Piece::offset);
  if (after == pieces.begin()) return 0;
  const Piece& piece = *std::prev(after);
  if (!piece.is_raw) return piece.line;
  const std::string_view before{text.data() + piece.offset, std::min(offset, text.size()) - piece.offset};
  return piece.line + static_cast<int>(std::ranges::count(before, '\n'));
}

std::vector<Literal> literals(const Lexed& lexed) {
  std::vector<Literal> all;
  bool goes_on = false;
  for (std::size_t i = 0; i < lexed.tokens.size(); ++i) {
    const Token& token = lexed.tokens[i];
    if (token.kind != TokenKind::text) {
      goes_on = false;
      continue;
    }
    if (!goes_on) all.push_back({.text = {}, .delimiter = token.delimiter(), .first = i});
    goes_on = true;
    Literal& literal = all.back();
    literal.pieces.push_back({literal.text.size(), token.line, token.is_raw});
    literal.text += value_of(token);
  }
  return all;
}

}  // namespace guard::source
