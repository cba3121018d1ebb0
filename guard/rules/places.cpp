// Named places: what only few files may do (look at the clock, draw chance, open a socket, start a thread) is done by
// those that the rule's exceptions name, each with its reason.
//
// A pattern is C++ tokens with blanks between. One that ends in `(` is a function, called or got hold of in another
// way; what of that name is none, patterns.hpp says. `std::` and `::` before it make no difference.
//
//   with:
//     in: ["shared/**"]
//     places:
//       - {name: clock, tokens: ["system_clock :: now (", "time ("]}
//       - {name: processes, tokens: [":: kill ("]}       only so: `kill` is a name that others have too
//       - {name: whole-std, tokens: ["using namespace std"]}   a pattern with `std ::` would not see what it hides
//       - {name: heap, tokens: ["new", "delete"]}        not `= delete`, not `operator new`
//       - {name: sockets, includes: ["sys/socket.h"]}
//   allow: {from: file, to: name of the place}
#include <array>
#include <map>
#include <set>
#include <utility>

#include "guard/model/glob.hpp"
#include "guard/rules/patterns.hpp"
#include "guard/rules/rules.hpp"
#include "guard/source/cpp.hpp"

namespace guard {

namespace {

using source::Token;

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

class Patterns {
 public:
  explicit Patterns(const std::vector<PlaceRule>& places) {
    for (const PlaceRule& place : places)
      for (const std::string& each : place.tokens)
        if (rules::Pattern pattern{each}; !pattern.is_empty()) {
          std::string first = pattern.first();
          by_first_[std::move(first)].emplace_back(std::move(pattern), &place);
        }
  }

  /// The pattern that stands at `at`, and its place; null if none does.
  const std::pair<rules::Pattern, const PlaceRule*>* at(const std::vector<Token>& tokens, std::size_t at) const {
    const auto candidates = by_first_.find(tokens[at].text);
    if (candidates == by_first_.end()) return nullptr;
    for (const auto& each : candidates->second)
      if (each.first.stands(tokens, at)) return &each;
    return nullptr;
  }

 private:
  std::map<std::string, std::vector<std::pair<rules::Pattern, const PlaceRule*>>, std::less<>> by_first_;
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

}  // namespace

void rules::places(const Tree& tree, const Rule& rule, Findings& findings) {
  const auto given = with<PlacesWith>(findings.rules(), rule);
  if (!given) return findings.cannot({findings.rules().path}, given.error().detail);
  needs_files(tree, given->in, "/with/in", findings);
  const Patterns patterns{given->places};
  for (const File& file : tree.files) {
    if (!file.was_read || !file.is_cpp() || !is_named(given->in, given->except, file.path)) continue;
    Visit visit{file, findings};
    const std::vector<Token>& tokens = file.lexed().tokens;
    for (std::size_t i = 0; i < tokens.size(); ++i)
      if (const auto* found = patterns.at(tokens, i)) visit.say(*found->second, tokens[i].line, found->first.text());
    for (const source::IncludeLine& include : file.lexed().includes)
      for (const PlaceRule& place : given->places)
        if (matches_any(place.includes, include.written)) visit.say(place, include.line, include.written);
  }
  for (std::size_t i = 0; i < given->places.size(); ++i)
    if (given->places[i].tokens.empty() && given->places[i].includes.empty())
      findings.cannot(findings.rules().place_of(rule, "/with/places/" + std::to_string(i)),
                      "the place " + given->places[i].name + " names nothing that stands in a file");
}

}  // namespace guard
