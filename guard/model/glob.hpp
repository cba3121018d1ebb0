// Path patterns, as layers.yaml has them.
#pragma once

#include <algorithm>
#include <string_view>
#include <vector>

namespace guard {

/// `*` is any text within one folder, `**` any number of folders, `?` one character; else itself. A pattern without `/`
/// is meant of the file's name in any folder; `folder/**` is the folder itself too.
bool matches(std::string_view pattern, std::string_view path);

template <class Patterns>
bool matches_any(const Patterns& patterns, std::string_view path) {
  return std::ranges::any_of(patterns, [&](std::string_view each) { return matches(each, path); });
}

}  // namespace guard
