// The tokens of TypeScript. Inner to guard/source.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guard/source/cpp.hpp"

namespace guard::source {

enum class ScriptKind : unsigned char {
  word,
  number,
  text,       // '…', "…", and `…` without holes
  template_,  // `…${ or }…${ or }…`: a piece of a template with holes
  regex,
  sign,
};

struct ScriptToken {
  std::string text;  // of a text, what it stands for, but for escapes of characters
  int line = 0;
  ScriptKind kind = ScriptKind::sign;

  bool is(std::string_view other) const {
    return text == other && (kind == ScriptKind::word || kind == ScriptKind::sign);
  }
};

std::vector<ScriptToken> lex_script(std::string_view text, bool has_tags, std::optional<Problem>& problem);

}  // namespace guard::source
