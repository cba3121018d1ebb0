#include "guard/source/conditions.hpp"

#include <utility>

namespace guard::source {

namespace {

std::string_view first_word(std::string_view text) { return text.substr(0, text.find_first_of(" (")); }

/// X of `!defined(X)`, in each way of writing it; empty if it says anything else.
std::string_view not_defined(std::string_view condition) {
  std::string_view left = condition;
  const auto drop = [&left](std::string_view what) {
    if (!left.starts_with(what)) return false;
    left.remove_prefix(what.size());
    while (left.starts_with(' ')) left.remove_prefix(1);
    return true;
  };
  if (!drop("!") || !drop("defined")) return {};
  const bool in_brackets = drop("(");
  const std::string_view name = left.substr(0, left.find_first_of(" )"));
  left.remove_prefix(name.size());
  drop("");
  if (in_brackets && !drop(")")) return {};
  return left.empty() ? name : std::string_view{};
}

std::string denied(std::string_view condition) {
  if (condition.starts_with("defined(") && condition.find(')') == condition.size() - 1)
    return "!" + std::string{condition};
  return "!(" + std::string{condition} + ")";
}

std::string both(std::string_view one, std::string_view other) {
  if (one.empty() || other.empty()) return std::string{one} + std::string{other};
  return std::string{one} + " && " + std::string{other};
}

std::string bracketed(std::string_view condition) {
  return condition.contains("||") ? "(" + std::string{condition} + ")" : std::string{condition};
}

}  // namespace

void Conditions::say(int line, std::string what) {
  if (!problem_) problem_ = Problem{line, std::move(what)};
}

void Conditions::code() {
  if (guard_ == Guard::named || guard_ == Guard::ended) guard_ = Guard::none;
}

void Conditions::directive(std::string_view name, std::string_view rest, int line, bool is_first) {
  guard_step(name, rest, is_first);
  if (name == "if") {
    opened(std::string{rest}, line);
  } else if (name == "ifdef") {
    opened("defined(" + std::string{first_word(rest)} + ")", line);
  } else if (name == "ifndef") {
    opened("!defined(" + std::string{first_word(rest)} + ")", line);
  } else if (name == "elif" || name == "else" || name == "elifdef" || name == "elifndef") {
    turned(name, rest, line);
  } else if (name == "endif") {
    if (open_.empty()) return say(line, "an #endif without its #if");
    open_.pop_back();
  }
}

void Conditions::guard_step(std::string_view name, std::string_view rest, bool is_first) {
  const std::size_t depth = open_.size();
  if (is_first && (name == "ifndef" || name == "if")) {
    guard_name_ = name == "ifndef" ? first_word(rest) : not_defined(rest);
    if (!guard_name_.empty()) guard_ = Guard::named;
  } else if (guard_ == Guard::named) {
    guard_ = name == "define" && first_word(rest) == guard_name_ ? Guard::defined : Guard::none;
  } else if (guard_ == Guard::ended) {
    guard_ = Guard::none;
  } else if (guard_ == Guard::defined && depth == 1) {
    if (name == "endif") guard_ = Guard::ended;
    if (name.starts_with("el")) guard_ = Guard::none;
  }
}

void Conditions::opened(std::string condition, int line) {
  if (open_.size() >= conditions_max)
    return say(line, "more than " + std::to_string(conditions_max) + " #ifs within one another");
  nodes_.push_back({.parent = now(), .text = bracketed(condition)});
  open_.push_back({.branch = nodes_.size() - 1, .line = line, .denied = denied(condition)});
}

void Conditions::turned(std::string_view name, std::string_view condition, int line) {
  if (open_.empty()) return say(line, "an #" + std::string{name} + " without its #if");
  Open& open = open_.back();
  if (open.has_else) return say(line, "an #" + std::string{name} + " after the #else");
  std::string own{condition};
  if (name == "else") own.clear();
  if (name == "elifdef") own = "defined(" + std::string{first_word(condition)} + ")";
  if (name == "elifndef") own = "!defined(" + std::string{first_word(condition)} + ")";
  nodes_.push_back({.parent = nodes_[open.branch].parent, .text = both(open.denied, bracketed(own))});
  open.branch = nodes_.size() - 1;
  open.has_else = name == "else";
  if (!open.has_else) open.denied = both(open.denied, denied(own));
}

void Conditions::finish() {
  if (!open_.empty()) say(open_.back().line, "an #if without its #endif");
  if (guard_ == Guard::ended) nodes_.front().text.clear();
}

bool Conditions::is_conditional(Branch branch) const {
  for (; branch; branch = nodes_[*branch].parent)
    if (!nodes_[*branch].text.empty()) return true;
  return false;
}

std::string Conditions::text(Branch branch) const {
  std::string whole;
  for (; branch; branch = nodes_[*branch].parent) whole = both(nodes_[*branch].text, whole);
  return whole;
}

}  // namespace guard::source
