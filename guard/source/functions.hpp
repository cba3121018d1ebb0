// The functions that C++ defines, and how large each is. Templates, macros and operators are read by their brackets; a
// lambda is part of what it stands in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "guard/source/cpp.hpp"

namespace guard::source {

struct Function {
  std::string name;  // `Store::insert`, `operator==`
  int line = 0;      // of its name
  int lines = 0;     // to its closing brace
  int parameters = 0;
};

std::vector<Function> functions(const Lexed&);

/// Names that a header declares at the level of its namespaces, but for those in a namespace `detail` or without a
/// name: types, functions (one of each name), constants, aliases.
std::vector<std::string> declared_names(const Lexed&);

}  // namespace guard::source
