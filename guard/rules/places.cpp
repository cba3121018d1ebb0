// Named places: what only few files may do (look at the clock, draw chance, open a socket, start a thread) is done by
// those that the rule's exceptions name, each with its reason.
//
// A pattern is C++ tokens with blanks between. One that ends in `(` is a call of a function: neither a member's of the
// same name, nor one of another namespace or class, nor a declaration. `std::` and `::` before it make no difference.
//
//   with:
//     in: ["shared/**"]
//     places:
//       - {name: clock, tokens: ["system_clock :: now (", "time ("]}
//       - {name: processes, tokens: [":: kill ("]}       only so: `kill` is a name that others have too
//       - {name: heap, tokens: ["new", "delete"]}        not `= delete`, not `operator new`
//       - {name: sockets, includes: ["sys/socket.h"]}
//   allow: {from: file, to: name of the place}
#include <array>
#include <map>
#include <set>

#include "guard/model/glob.hpp"
#include "guard/rules/rules.hpp"
#include "guard/source/cpp.hpp"

namespace guard {

namespace {

using source::Token;
using source::TokenKind;

struct PlaceRule {
  std::string name;
  std::vector<std::string> tokens = {};
  std::vector<std::string> includes = {};
  static constexpr std::array json_defaults{"tokens", "includes"};
};
BOOST_DESCRIBE_STRUCT(PlaceRule, (), (name, tokens, includes))

struct PlacesWith {
  std::vector<std::string> in;
  std::vector<std::string> except = {};
  std::vector<PlaceRule> places;
  static constexpr std::array json_defaults{"except"};
};
BOOST_DESCRIBE_STRUCT(PlacesWith, (), (in, except, places))

struct Pattern {
  std::vector<std::string> tokens;
  const PlaceRule* place;

  /// `time (` or `system_clock :: now (`.
  bool is_call() const { return tokens.size() > 1 && tokens.back() == "("; }
};

class Patterns {
 public:
  explicit Patterns(const std::vector<PlaceRule>& places) {
    for (const PlaceRule& place : places)
      for (const std::string& each : place.tokens) {
        Pattern pattern{.tokens = {}, .place = &place};
        const source::Lexed lexed = source::lex(each);
        for (const Token& token : lexed.tokens) pattern.tokens.emplace_back(token.text);
        if (pattern.tokens.empty()) continue;
        std::string first = pattern.tokens.front();
        by_first_[std::move(first)].push_back(std::move(pattern));
      }
  }

  /// The pattern that stands at `at`; null if none does.
  const Pattern* at(const std::vector<Token>& tokens, std::size_t at) const {
    const auto candidates = by_first_.find(tokens[at].text);
    if (candidates == by_first_.end() || tokens[at].kind == TokenKind::text) return nullptr;
    for (const Pattern& each : candidates->second)
      if (stands(each, tokens, at)) return &each;
    return nullptr;
  }

 private:
  static bool stands(const Pattern& pattern, const std::vector<Token>& tokens, std::size_t at) {
    if (at + pattern.tokens.size() > tokens.size()) return false;
    for (std::size_t i = 0; i < pattern.tokens.size(); ++i)
      if (!tokens[at + i].is(pattern.tokens[i])) return false;
    const auto before = [&](std::size_t count) -> const Token& {
      static const Token none{};
      return count <= at ? tokens[at - count] : none;
    };
    if (before(1).is("operator") || (before(1).is("=") && pattern.tokens.front() == "delete")) return false;
    if (pattern.tokens.front() == "::") return before(1).kind != TokenKind::word || is_before_value(before(1));
    if (!pattern.is_call()) return true;
    if (before(1).is(".") || before(1).is("->")) return false;
    const bool is_qualified = pattern.tokens.size() > 2;
    if (is_qualified || tokens[at].in_directive) return true;
    if (before(1).is("::"))
      return before(2).kind != TokenKind::word || before(2).is("std") || is_before_value(before(2));
    std::size_t back = 1;
    while (before(back).is("*") || before(back).is("&")) ++back;
    if (back > 1) return !is_type(before(back));                             // `char* time(…)` declares it
    return before(1).kind != TokenKind::word || is_before_value(before(1));  // and so does `int time(…)`
  }

  /// A word that only a type ends in.
  static bool is_type(const Token& token) {
    static constexpr std::array<std::string_view, 11> words{"auto", "bool", "char",   "const",    "double", "float",
                                                            "int",  "long", "signed", "unsigned", "void"};
    return std::ranges::find(words, token.text) != words.end();
  }

  /// Words after which a call stands; after another, which is a type, a declaration.
  static bool is_before_value(const Token& token) {
    static constexpr std::array<std::string_view, 11> words{"return", "co_return", "co_await", "co_yield", "else", "do",
                                                            "case",   "throw",     "and",      "or",       "not"};
    return std::ranges::find(words, token.text) != words.end();
  }

  std::map<std::string, std::vector<Pattern>, std::less<>> by_first_;
};

/// Says each place once a file.
class Visit {
 public:
  Visit(const File& file, Findings& findings) : file_(file), findings_(findings) {}

  void say(const PlaceRule& place, int line, std::string_view what) {
    if (!said_.insert(&place).second || findings_.allows(file_.path, place.name)) return;
    findings_.add({file_.path, line}, file_.path + " at " + place.name,
                  "`" + std::string{what} + "` outside of the places of the " + place.name);
  }

 private:
  const File& file_;
  Findings& findings_;
  std::set<const PlaceRule*> said_;
};

std::string text_of(const Pattern& pattern) {
  std::string out;
  for (const std::string& each : pattern.tokens) out += each;
  return pattern.is_call() ? out + ")" : out;
}

}  // namespace

void rules::places(const Tree& tree, const Rule& rule, Findings& findings) {
  const auto given = with<PlacesWith>(findings.rules(), rule);
  if (!given) return findings.cannot({findings.rules().path}, given.error().detail);
  const Patterns patterns{given->places};
  bool has_files = false;
  for (const File& file : tree.files) {
    if (!file.was_read || !file.is_cpp() || !matches_any(given->in, file.path) || matches_any(given->except, file.path))
      continue;
    has_files = true;
    Visit visit{file, findings};
    const std::vector<Token>& tokens = file.lexed().tokens;
    for (std::size_t i = 0; i < tokens.size(); ++i)
      if (const Pattern* found = patterns.at(tokens, i)) visit.say(*found->place, tokens[i].line, text_of(*found));
    for (const source::IncludeLine& include : file.lexed().includes)
      for (const PlaceRule& place : given->places)
        if (matches_any(place.includes, include.written)) visit.say(place, include.line, include.written);
  }
  if (!has_files) findings.cannot(findings.rules().place_of(rule, "/with/in"), "no file is named");
}

}  // namespace guard
