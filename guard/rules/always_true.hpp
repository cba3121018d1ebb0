// What a header's comments call always true, however they are decorated: `//`, `///`, `//!`, `/** … */`, a block with
// ` * `; bold or not, with a colon or without, in whatever case. Inner to guard/rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "guard/source/cpp.hpp"

namespace guard::rules {

struct Sentence {
  std::string text;  // without its `;` or `.`
  int line = 0;
  bool has_row = false;  // for whoever compares
};

struct AlwaysTrue {
  std::vector<Sentence> sentences = {};
  std::vector<int> unread = {};  // lines that begin with the marker, and no sentence could be read
};

/// `marker`: the words that such a comment begins with. A sentence is an item of the list below them (`-`, `*`, `+`,
/// `1.`), or what follows `marker:` to the next empty line. Words within a sentence that goes on are no marker.
AlwaysTrue always_true(const source::Lexed&, std::string_view marker);

/// Without what parts a sentence from the next.
std::string ended(std::string text);

}  // namespace guard::rules
