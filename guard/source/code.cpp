#include "guard/source/code.hpp"

#include <algorithm>
#include <array>

namespace guard::source {

namespace {

constexpr int depth_max = 32;  // of an expression whose value is asked for

bool is_opening(const Token& token) { return token.is("(") || token.is("{") || token.is("["); }
bool is_closing(const Token& token) { return token.is(")") || token.is("}") || token.is("]"); }

std::optional<bool> literal(const Token& token) {
  if (token.is("true") || (token.kind == TokenKind::number && token.text == "1")) return true;
  if (token.is("false") || (token.kind == TokenKind::number && token.text == "0")) return false;
  return {};
}

/// The `#if`s around a token, as far as a literal decides them.
class Branches {
 public:
  /// `condition`: of an `#if` or `#elif`, where it is a literal.
  void directive(std::string_view name, std::optional<bool> condition) {
    if (name.starts_with("if")) {
      open_.push_back({.now = condition, .was_taken = condition == true});
    } else if (name.starts_with("el") && !open_.empty()) {
      Open& open = open_.back();
      if (open.was_taken) {
        open.now = false;
      } else {
        open.now = name == "else" ? (open.is_decided ? std::optional{true} : std::nullopt) : condition;
        open.was_taken = open.now == true;
      }
    } else if (name == "endif" && !open_.empty()) {
      open_.pop_back();
    }
    if (!open_.empty() && !open_.back().now) open_.back().is_decided = false;
  }

  bool is_dead() const {
    return std::ranges::any_of(open_, [](const Open& each) { return each.now == false; });
  }
  bool is_conditional() const {
    return std::ranges::any_of(open_, [](const Open& each) { return !each.is_decided; });
  }

 private:
  struct Open {
    std::optional<bool> now;
    bool was_taken = false;
    bool is_decided = true;  // each branch so far
  };
  std::vector<Open> open_;
};

/// Whether what follows this token runs whenever its block does: an `if (…)` before a statement ends with a bracket.
bool ends_statement(const Token& token) { return token.is(";") || token.is("{") || token.is("}"); }

}  // namespace

Code::Code(const Lexed& lexed) {
  Branches branches;
  const auto& all = lexed.tokens;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].kind == TokenKind::directive) {
      const bool is_alone =
          i + 1 < all.size() && all[i + 1].in_directive && all[i + 1].kind != TokenKind::directive &&
          (i + 2 == all.size() || !all[i + 2].in_directive || all[i + 2].kind == TokenKind::directive);
      const bool has_value = all[i].text == "if" || all[i].text == "elif";
      branches.directive(all[i].text, is_alone && has_value ? literal(all[i + 1]) : std::nullopt);
    }
    if (all[i].in_directive || all[i].kind == TokenKind::directive || branches.is_dead()) continue;
    tokens_.push_back(all[i]);
    is_conditional_.push_back(branches.is_conditional());
  }
  find_brackets();
  find_dead();
}

void Code::find_brackets() {
  after_.assign(tokens_.size(), tokens_.size());
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (is_opening(tokens_[i])) open.push_back(i);
    if (!is_closing(tokens_[i]) || open.empty()) continue;
    after_[open.back()] = i + 1;
    open.pop_back();
  }
}

void Code::find_dead() {
  is_dead_.assign(tokens_.size(), false);
  for (std::size_t i = 1; i < tokens_.size(); ++i) {
    if (is_dead_[i]) continue;
    const bool is_branch = is(i, "if") || is(i, "while");
    const std::size_t open = i + (is(i + 1, "constexpr") ? 2 : 1);
    if (is_branch && is(open, "(")) {
      const auto value = value_of({open + 1, after(open) - 1});
      if (!value) continue;
      const std::size_t end = after_statement(after(open));
      if (!*value) kill({after(open), end});
      if (*value && is(i, "if") && is(end, "else")) kill({end, after_statement(end + 1)});
    } else if ((is(i, "return") || is(i, "GTEST_SKIP")) && ends_statement(tokens_[i - 1]) && !is_conditional_[i]) {
      kill({after_statement(i), end_of_block(i)});
    }
  }
}

void Code::kill(Range range) {
  for (std::size_t i = range.begin; i < std::min(range.end, tokens_.size()); ++i) is_dead_[i] = true;
}

/// Of what ends with `;`, or with a block: never more than the statement, at times less (`return S{1};`).
std::size_t Code::after_statement(std::size_t i) const {
  for (; i < tokens_.size() && !is_closing(tokens_[i]); i = is_opening(tokens_[i]) ? after(i) : i + 1) {
    if (is(i, ";")) return i + 1;
    if (is(i, "{")) return after(i);
  }
  return i;
}

/// Where the block ends that the statement stands in, or where a `switch` may enter it again.
std::size_t Code::end_of_block(std::size_t i) const {
  for (; i < tokens_.size() && !is_closing(tokens_[i]); i = is_opening(tokens_[i]) ? after(i) : i + 1)
    if (is(i, "case") || is(i, "default")) return i;
  return i;
}

std::vector<Code::Range> Code::parted(Range range, std::string_view separator) const {
  std::vector<Range> out;
  std::size_t begin = range.begin;
  for (std::size_t i = range.begin; i < range.end; i = is_opening(tokens_[i]) ? after(i) : i + 1) {
    bool is_here = i + separator.size() <= range.end;
    for (std::size_t at = 0; is_here && at < separator.size(); ++at) is_here = is(i + at, separator.substr(at, 1));
    if (!is_here) continue;
    out.push_back({begin, i});
    i += separator.size() - 1;
    begin = i + 1;
  }
  out.push_back({begin, std::max(begin, range.end)});
  return out;
}

/// With nothing called in them: a call may give two answers.
bool Code::same(Range left, Range right) const {
  if (left.begin == left.end || left.end - left.begin != right.end - right.begin) return false;
  for (std::size_t i = 0; i < left.end - left.begin; ++i) {
    const Token &one = tokens_[left.begin + i], &other = tokens_[right.begin + i];
    if (one.text != other.text || one.kind != other.kind || one.is("(") || one.is("{")) return false;
  }
  return true;
}

std::optional<bool> Code::value_of(Range range, int depth) const {
  if (range.end <= range.begin || range.end > tokens_.size() || depth > depth_max) return {};
  if (range.end - range.begin == 1) return literal(tokens_[range.begin]);
  if (is(range.begin, "(") && after(range.begin) == range.end)
    return value_of({range.begin + 1, range.end - 1}, depth + 1);
  if (const auto last = parted(range, ",").back(); last.begin != range.begin) return value_of(last, depth + 1);
  if (const auto any = parted(range, "||"); any.size() > 1) {
    const auto is_true = [&](Range each) { return value_of(each, depth + 1) == true; };
    return std::ranges::any_of(any, is_true) ? std::optional{true} : std::nullopt;
  }
  if (const auto all = parted(range, "&&"); all.size() > 1) {
    const auto is_false = [&](Range each) { return value_of(each, depth + 1) == false; };
    return std::ranges::any_of(all, is_false) ? std::optional{false} : std::nullopt;
  }
  if (const auto sides = parted(range, "=="); sides.size() == 2)
    return same(sides[0], sides[1]) ? std::optional{true} : std::nullopt;
  if (!is(range.begin, "!")) return {};
  const auto denied = value_of({range.begin + 1, range.end}, depth + 1);
  return denied ? std::optional{!*denied} : std::nullopt;
}

}  // namespace guard::source
