// What a layer says, as a tree whose every value knows where it was said.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shared/base/result.hpp"
#include "shared/config/config.hpp"

namespace config {

struct Tree {
  enum class Kind { scalar, list, map };
  Kind kind = Kind::map;
  std::string json = "null";  // of a scalar
  std::string origin = {};
  std::vector<std::pair<std::string, Tree>> below = {};  // of a list: without keys

  bool is_null() const { return kind == Kind::scalar && json == "null"; }
  Tree* find(std::string_view key);
};

/// Where a value stands, for errors. `where` is a file, followed by the line, or a variable or flag, which has none.
struct Origin {
  std::string where;
  bool has_lines = true;

  std::string at(int line) const { return has_lines ? where + ":" + std::to_string(line) : where; }
};

base::Result<Tree> tree_from_yaml(std::string_view yaml, const Origin&);
Translated translate(const Tree&);

}  // namespace config
