// layers.yaml: all that the guard enforces, as data. Nothing of one house stands in the guard's C++: its layers,
// modules, words and places are read from here, strictly: an unknown key, a rule twice, a module in no layer or two
// layers that use each other are errors with file and line.
//
//   read: ["**/*.cpp", "**/*.hpp"]            files whose text is read; they must be UTF-8
//   ignore: ["build/**"]                      files that are no part of the tree
//   tests: ["*_test.cpp"]                     files that test: their edges are `test_uses`
//   build: {folder: build, configure: "cmake -B build"}   where compile_commands.json and CMake's replies lie
//   layers:                                   from the top down; a layer uses only layers below it
//     - {name: platform, modules: ["platform/**"], uses: [shared], neighbours: declared}
//   modules:
//     - {path: platform/iam, uses: [platform/log], test_uses: [], public: [iam.hpp]}
//   rules:
//     - {id: layers, check: layers, mode: enforce, why: …, fix: …, with: {…}, allow: [{from: …, to: …, reason: …}]}
#pragma once

#include <boost/describe.hpp>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.hpp"
#include "shared/config/config.hpp"
#include "shared/json/json.hpp"

namespace guard {

/// A line of a file of the tree; line 0 is the file as a whole.
struct Place {
  std::string file;
  int line = 0;

  auto operator<=>(const Place&) const = default;
};

/// `guard/layers.yaml:12` as a place.
Place place_from(std::string_view text);
std::string to_text(const Place&);  // the other way; without `:0`

/// How a rule's findings count: `off` is not run; `report` is printed, `warn` is printed and marked, neither fails;
/// `enforce` fails; `strict` also fails on what is allowed and used by nobody.
enum class Mode : unsigned char { off, report, warn, enforce, strict };
BOOST_DESCRIBE_ENUM(Mode, off, report, warn, enforce, strict)

/// How modules of one layer see each other.
enum class Neighbours : unsigned char { all, declared, none };
BOOST_DESCRIBE_ENUM(Neighbours, all, declared, none)

struct LayerRule {
  std::string name;
  std::vector<std::string> modules;  // globs of their paths
  std::vector<std::string> uses = {};
  std::vector<std::string> test_uses = {};  // besides `uses`, for files that test
  Neighbours neighbours = Neighbours::declared;
  /// Folders, one group each child (`products` makes products/gpuaas a group): groups never see each other.
  std::vector<std::string> groups = {};
  bool planned = false;  // has no module yet; once it has one, this is no longer said
  std::string why = {};
  static constexpr std::array json_defaults{"uses", "test_uses", "neighbours", "groups", "planned", "why"};
};
BOOST_DESCRIBE_STRUCT(LayerRule, (), (name, modules, uses, test_uses, neighbours, groups, planned, why))

struct ModuleRule {
  std::string path;                         // a folder; `.` is the root
  std::vector<std::string> uses = {};       // modules of its own layer, where neighbours are declared
  std::vector<std::string> test_uses = {};  // besides `uses`, for its tests
  std::vector<std::string> public_ = {};    // globs below `path`; none: NAME.hpp of a folder NAME
  static constexpr std::array json_defaults{"uses", "test_uses", "public"};
};
BOOST_DESCRIBE_STRUCT(ModuleRule, (), (path, uses, test_uses, public_))

/// An exception, with its reason; what `from` and `to` mean is the check's own (globs of files, words, tables).
struct Allowed {
  std::string from;
  std::string to = {};
  std::string reason;
  static constexpr std::array json_defaults{"to"};
};
BOOST_DESCRIBE_STRUCT(Allowed, (), (from, to, reason))

struct Rule {
  std::string id;
  std::string check = {};  // the function of guard/rules; empty: as the id
  Mode mode = Mode::enforce;
  std::string why;
  std::string fix;
  json::Json with = {};  // what the check needs besides: its own struct, see `with<T>`
  std::vector<Allowed> allow = {};
  static constexpr std::array json_defaults{"check", "mode", "with", "allow"};
};
BOOST_DESCRIBE_STRUCT(Rule, (), (id, check, mode, why, fix, with, allow))

struct BuildRule {
  std::string folder = "build";
  std::string configure = "cmake -B build -DCMAKE_EXPORT_COMPILE_COMMANDS=ON";  // said when the folder lacks something
  static constexpr auto json_defaults = json::all;
};
BOOST_DESCRIBE_STRUCT(BuildRule, (), (folder, configure))

/// A line that a new module has in a file of the tree, after the last line that begins with the first of `after` that
/// some line begins with. Placeholders as in ModuleLayout.
struct ModuleLine {
  std::string file;
  std::vector<std::string> after;
  std::string line;
};
BOOST_DESCRIBE_STRUCT(ModuleLine, (), (file, after, line))

/// How a new module of these layers is laid out: each file of `templates`, whose names and texts have {path}, {parent},
/// {name}, {target} (the path with _ for /), {layer} and {Name}; a name's `.in` is dropped.
struct ModuleLayout {
  std::vector<std::string> layers;
  std::string templates;  // a folder
  std::vector<ModuleLine> lines = {};
  static constexpr std::array json_defaults{"lines"};
};
BOOST_DESCRIBE_STRUCT(ModuleLayout, (), (layers, templates, lines))

struct RulesText {
  std::vector<std::string> read;
  std::vector<std::string> ignore = {};
  std::vector<std::string> tests = {};
  BuildRule build = {};
  std::vector<Allowed> macro_includes = {};  // `from` may include what a macro says
  std::vector<ModuleLayout> new_module = {};
  std::vector<LayerRule> layers;
  std::vector<ModuleRule> modules;
  std::vector<Rule> rules;
  static constexpr std::array json_defaults{"ignore", "tests", "build", "macro_includes", "new_module"};
};
BOOST_DESCRIBE_STRUCT(RulesText, (), (read, ignore, tests, build, macro_includes, new_module, layers, modules, rules))

/// layers.yaml, checked, and where each of its values stands.
struct RulesFile : RulesText {
  std::string path;  // as given, for errors
  config::Translated translated;

  /// Where a value stands, by its JSON pointer (`/modules/3/uses/0`); the file if there is none.
  Place place_of(std::string_view pointer) const;
  /// `below` within the rule: `/with/words`.
  Place place_of(const Rule& rule, std::string_view below) const;
};

/// Errors: `invalid` with file:line of what is unknown, missing, doubled or contradictory.
base::Result<RulesFile> read_rules(const std::filesystem::path& root, const std::string& path);
base::Result<RulesFile> parse_rules(std::string_view yaml, std::string_view file);

/// What a check needs besides, as its own described struct. Errors: `invalid` with the file and line of the member.
base::Error with_error(const RulesFile&, const Rule&, const base::Error&);
template <class T>
base::Result<T> with(const RulesFile& rules, const Rule& rule) {
  auto value = json::decode<T>(rule.with.text == "null" ? "{}" : std::string_view{rule.with.text});
  if (!value) return with_error(rules, rule, value.error());
  return value;
}

}  // namespace guard
