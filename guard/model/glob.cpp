#include "guard/model/glob.hpp"

namespace guard {

namespace {

bool matches_whole(std::string_view pattern, std::string_view path) {
  while (!pattern.empty()) {
    if (pattern.starts_with("**")) {
      pattern.remove_prefix(2);
      if (pattern.starts_with('/') && matches_whole(pattern.substr(1), path)) return true;  // `**/` is no folder too
      for (std::size_t i = 0; i <= path.size(); ++i)
        if (matches_whole(pattern, path.substr(i))) return true;
      return false;
    }
    if (pattern.front() == '*') {
      pattern.remove_prefix(1);
      for (std::size_t i = 0;; ++i) {
        if (matches_whole(pattern, path.substr(i))) return true;
        if (i == path.size() || path[i] == '/') return false;
      }
    }
    if (path.empty() || (pattern.front() == '?' ? path.front() == '/' : pattern.front() != path.front())) return false;
    pattern.remove_prefix(1);
    path.remove_prefix(1);
  }
  return path.empty();
}

}  // namespace

bool matches(std::string_view pattern, std::string_view path) {
  if (pattern.ends_with("/**") && matches_whole(pattern.substr(0, pattern.size() - 3), path)) return true;
  if (!pattern.contains('/') && path.contains('/')) path.remove_prefix(path.rfind('/') + 1);
  return matches_whole(pattern, path);
}

}  // namespace guard
