// The `#if`s around a line, and whether the outermost is only a guard: `#ifndef X`, `#define X` first and its `#endif`
// last in the file.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guard/source/cpp.hpp"

namespace guard::source {

class Conditions {
 public:
  /// A branch of an `#if`, by number; none: under no condition.
  using Branch = std::optional<std::size_t>;

  /// A directive other than an include. `rest`: of its line, without comments. `is_first`: no token stands before it.
  void directive(std::string_view name, std::string_view rest, int line, bool is_first);
  /// A token of code, or an include.
  void code();

  Branch now() const { return open_.empty() ? Branch{} : open_.back().branch; }
  /// Once the whole text was read: also whether an `#if` lacks its end.
  void finish();
  bool is_conditional(Branch) const;
  std::string text(Branch) const;

  const std::optional<Problem>& problem() const { return problem_; }

 private:
  struct Node {
    Branch parent;
    std::string text;
  };
  struct Open {
    std::size_t branch;
    int line;
    std::string denied = {};  // the branches before this one
    bool has_else = false;
  };
  enum class Guard { none, named, defined, ended };

  void opened(std::string condition, int line);
  void turned(std::string_view name, std::string_view condition, int line);
  void guard_step(std::string_view name, std::string_view rest, bool is_first);
  void say(int line, std::string what);

  std::vector<Node> nodes_;
  std::vector<Open> open_;
  Guard guard_ = Guard::none;
  std::string guard_name_;
  std::optional<Problem> problem_;
};

}  // namespace guard::source
