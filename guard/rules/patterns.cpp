#include "guard/rules/patterns.hpp"

#include <algorithm>
#include <array>

namespace guard::rules {
namespace {

using source::Token;
using source::TokenKind;
using Tokens = std::vector<Token>;

/// The tokens around a place; none beyond the file's ends.
class Around {
 public:
  Around(const Tokens& tokens, std::size_t at, std::size_t count) : tokens_(tokens), at_(at), end_(at + count) {}

  const Token& before(std::size_t count = 1) const { return count <= at_ ? tokens_[at_ - count] : none(); }
  const Token& after(std::size_t count = 1) const {
    return end_ + count <= tokens_.size() ? tokens_[end_ + count - 1] : none();
  }
  bool is_after(std::initializer_list<std::string_view> words) const {
    return std::ranges::any_of(words, [this](std::string_view each) { return before().is(each); });
  }

 private:
  static const Token& none() {
    static const Token none{};
    return none;
  }

  const Tokens& tokens_;
  std::size_t at_;
  std::size_t end_;
};

/// Words after which a value stands; after another, which is a type, a declaration.
bool is_before_value(const Token& token) {
  static constexpr std::array<std::string_view, 13> words{"return", "co_return", "co_await", "co_yield", "else",
                                                          "do",     "case",      "throw",    "and",      "or",
                                                          "not",    "typedef",   "using"};
  return std::ranges::find(words, token.text) != words.end();
}

bool is_type_word(const Token& token) { return token.kind == TokenKind::word && !is_before_value(token); }

/// `A<int>::`, and not `a > ::`.
bool touches(const Token& left, const Token& right) { return left.text.data() + left.text.size() == right.text.data(); }

/// Where the statement begins that `at` is in.
std::size_t statement(const Tokens& tokens, std::size_t at) {
  while (at > 0 && !tokens[at - 1].is(";") && !tokens[at - 1].is("{") && !tokens[at - 1].is("}")) --at;
  return at;
}

/// Whether what stands before `at` is the type of what it declares: a word, or `char*`, `std::optional<int>&` and that
/// alone back to where the statement begins. An operand is none: `b * time(0)` as a whole statement would do nothing.
bool is_declared(const Tokens& tokens, std::size_t at) {
  if (at == 0 || tokens[at].in_directive != tokens[at - 1].in_directive) return false;
  const Token& before = tokens[at - 1];
  if (is_type_word(before)) return true;
  if (!before.is("*") && !before.is("&") && !before.is(">")) return false;
  return std::all_of(tokens.begin() + static_cast<std::ptrdiff_t>(statement(tokens, at)),
                     tokens.begin() + static_cast<std::ptrdiff_t>(at), [](const Token& each) {
                       static constexpr std::string_view signs = "*&<>::,[]";
                       return is_type_word(each) || each.kind == TokenKind::number || signs.contains(each.text);
                     });
}

/// Whether a member is initialised at `at`: `A() : time(0), name(1) {`, and not `a() ? b() : time(0)`.
bool is_initialiser(const Tokens& tokens, std::size_t at) {
  if (at == 0 || (!tokens[at - 1].is(":") && !tokens[at - 1].is(","))) return false;
  int depth = 0;
  bool is_found = false;
  for (std::size_t i = at; i-- > 1;) {
    const Token& each = tokens[i];
    if (each.is(")") || each.is("}")) ++depth;
    if (each.is("(") || each.is("{")) --depth;
    if (depth == 0 && (each.is("?") || each.is("case"))) return false;
    if (depth < 0 || (depth == 0 && each.is(";"))) break;
    is_found = is_found || (depth == 0 && each.is(":") && (tokens[i - 1].is(")") || tokens[i - 1].is("noexcept")));
  }
  return is_found;
}

/// Whether a parameter stands at `at`, within the head of a block.
bool is_parameter(const Tokens& tokens, std::size_t at) {
  const Token& before = tokens[at - 1];
  return is_type_word(before) || before.is("*") || before.is("&") || before.is(">");
}

/// Whether a block around `at` declares the name that stands there, as a function, a variable or a parameter. What no
/// block holds does not count, nor what is `extern`: there the very function that is looked for is declared.
bool is_shadowed(const Tokens& tokens, std::size_t at) {
  bool is_found = false;
  bool in_head = false;  // of a block around `at`: its brackets hold parameters
  int depth = 0;
  for (std::size_t i = at; i-- > 1;) {
    const Token& each = tokens[i];
    if (each.is("}") || (each.is(")") && !in_head)) {
      if (depth++ == 0) in_head = false;
    } else if (depth > 0) {
      if (each.is("{") || each.is("(")) --depth;
    } else if (each.is("{")) {
      const bool is_c = tokens[i - 1].kind == TokenKind::text;  // extern "C" {
      if (is_found && !is_c) return true;
      in_head = true;
    } else if (each.is(";")) {
      in_head = false;
    } else if (each.is(tokens[at].text)) {
      if (in_head && is_parameter(tokens, i) && !tokens[i + 1].is("(")) return true;
      is_found = is_found || (is_declared(tokens, i) && !tokens[statement(tokens, i)].is("extern"));
    }
  }
  return false;
}

/// The class whose member is defined around `at`: of `void A::b() {` it is `A`. Empty if none is.
std::string_view class_around(const Tokens& tokens, std::size_t at) {
  int depth = 0;
  for (std::size_t i = at; i-- > 0;) {
    if (tokens[i].is("}")) ++depth;
    if (!tokens[i].is("{") || depth-- > 0) continue;
    depth = 0;
    for (std::size_t each = statement(tokens, i); each + 3 < i; ++each)
      if (tokens[each + 1].is("::") && tokens[each + 3].is("(")) return tokens[each].text;
  }
  return {};
}

/// Whether a member of a class calls another of that class: the file says `A::time` somewhere, and `at` is within `A`.
bool is_own_member(const Tokens& tokens, std::size_t at) {
  const std::string_view own = class_around(tokens, at);
  if (own.empty()) return false;
  for (std::size_t i = 0; i + 2 < tokens.size(); ++i)
    if (tokens[i].is(own) && tokens[i + 1].is("::") && tokens[i + 2].is(tokens[at].text)) return true;
  return false;
}

bool is_operand(const Token& token) {
  return is_type_word(token) || token.kind == TokenKind::number || token.is(")") || token.is("]") || token.is(">");
}

/// Whether a name without `::` before it is the function's: called, in brackets, its address, what another is set to.
bool is_function_here(const Tokens& tokens, std::size_t at, const Around& around) {
  if (around.after().is("(")) {
    if (tokens[at].in_directive) return true;
    return !is_declared(tokens, at) && !is_initialiser(tokens, at) && !is_shadowed(tokens, at) &&
           !is_own_member(tokens, at);
  }
  if (tokens[at].in_directive)
    return !around.after().in_directive && !around.is_after({"define", "undef", "ifdef", "ifndef"});
  const bool is_address = around.is_after({"&"}) && !is_operand(around.before(2)) && !around.before(2).is("[");
  const std::size_t outer = is_address ? 3 : 2;
  const bool is_bracketed = around.before(outer - 1).is("(") && around.after().is(")") && around.after(2).is("(") &&
                            !is_operand(around.before(outer));
  const bool is_value = around.is_after({"="}) && (around.after().is(";") || around.after().is(","));
  return (is_address || is_bracketed || is_value) && !is_shadowed(tokens, at);
}

/// `using clk = std::chrono::system_clock;`, `typedef std::chrono::system_clock clk;`
bool is_alias(const Tokens& tokens, std::size_t at, const Around& around) {
  const Token& first = tokens[statement(tokens, at)];
  return (first.is("using") && around.after().is(";") && tokens[statement(tokens, at) + 2].is("=")) ||
         (first.is("typedef") && around.after(2).is(";"));
}

/// Whether `own::` stands before it, of a namespace that the file opens.
bool is_of_own_namespace(const Tokens& tokens, std::size_t at) {
  std::size_t begin = at;
  while (begin > 1 && tokens[begin - 1].is("::") && is_type_word(tokens[begin - 2])) begin -= 2;
  if (begin == at || tokens[begin].is("std")) return false;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!tokens[i].is("namespace")) continue;
    bool is_named = false;
    for (++i; i < tokens.size() && (tokens[i].kind == TokenKind::word || tokens[i].is("::")); ++i)
      is_named = is_named || tokens[i].is(tokens[begin].text);
    if (is_named && i < tokens.size() && tokens[i].is("{")) return true;
  }
  return false;
}

}  // namespace

Pattern::Pattern(std::string_view written) {
  const source::Lexed lexed = source::lex(written);
  for (const Token& each : lexed.tokens) names_.emplace_back(each.text);
  is_function_ = names_.size() > 1 && names_.back() == "(";
  if (is_function_) names_.pop_back();
}

std::string Pattern::text() const {
  std::string out;
  for (const std::string& each : names_) {
    if (!out.empty() && out.back() != ':' && !each.starts_with(':')) out += ' ';
    out += each;
  }
  return is_function_ ? out + "()" : out;
}

bool Pattern::stands(const std::vector<Token>& tokens, std::size_t at) const {
  std::size_t count = 0;
  while (count < names_.size() && at + count < tokens.size() && tokens[at + count].is(names_[count])) ++count;
  const Around around{tokens, at, count};
  if (around.is_after({".", "->"})) return false;
  if (count < names_.size())
    return is_function_ && names_.size() == 3 && count == 1 && is_alias(tokens, at, around) &&
           !is_of_own_namespace(tokens, at);
  if (around.is_after({"operator"})) {  // `void* operator new(…)` declares, `::operator new(…)` calls
    const bool is_global = around.before(2).is("::") && !is_type_word(around.before(3));
    return is_global || (!around.before(2).is("*") && !around.before(2).is("::") && !is_type_word(around.before(2)));
  }
  if (names_.front() == "delete" && around.is_after({"="})) return false;
  if (names_.front() == "::") return !is_type_word(around.before());
  if (!is_function_) return !around.after().is("::");  // `std::thread::id` is no thread
  if (names_.size() > 1) return !is_of_own_namespace(tokens, at);
  if (!around.is_after({"::"})) return is_function_here(tokens, at, around);
  if (around.before(2).is(">")) return !touches(around.before(2), around.before());
  return around.before(2).is("std") || !is_type_word(around.before(2));
}

}  // namespace guard::rules
