// Path patterns, as layers.yaml has them.
#pragma once

#include <algorithm>
#include <functional>
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

/// Whether the patterns name it, and the exceptions from them do not.
template <class Patterns>
bool is_named(const Patterns& patterns, const Patterns& except, std::string_view path) {
  return matches_any(patterns, path) && !matches_any(except, path);
}

/// The first of the groups whose patterns name it; null if none does.
template <class Groups, class PatternsOf>
auto first_naming(Groups& groups, PatternsOf patterns_of, std::string_view path) {
  const auto found =
      std::ranges::find_if(groups, [&](const auto& each) { return matches_any(std::invoke(patterns_of, each), path); });
  return found == groups.end() ? nullptr : &*found;
}

}  // namespace guard
