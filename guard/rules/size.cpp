// Size: lines of a file, lines and parameters of a function, names that a module's public headers declare.
//
//   with:
//     limits:                       the first whose globs name a file holds for it
//       - {in: ["*_test.cpp"], file_lines: 500}
//       - {in: ["**"], file_lines: 500, function_lines: 70, parameters: 8}
//     exported: 60                  of a module
//   allow: {from: file, to: function} or {from: module}
#include <algorithm>
#include <optional>

#include "guard/model/glob.hpp"
#include "guard/model/sizes.hpp"
#include "guard/rules/rules.hpp"
#include "guard/source/functions.hpp"

namespace guard {

namespace {

struct SizeLimit {
  std::vector<std::string> in;
  std::optional<int> file_lines = {};
  std::optional<int> function_lines = {};
  std::optional<int> parameters = {};
};
BOOST_DESCRIBE_STRUCT(SizeLimit, (), (in, file_lines, function_lines, parameters))

struct SizeWith {
  std::vector<SizeLimit> limits;
  std::optional<int> exported = {};
};
BOOST_DESCRIBE_STRUCT(SizeWith, (), (limits, exported))

std::string over(int is, int limit, std::string_view what) {
  return "has " + std::to_string(is) + " " + std::string{what} + ", " + std::to_string(is - limit) + " more than " +
         std::to_string(limit);
}

void check(const File& file, const SizeLimit& limit, Findings& findings) {
  if (limit.file_lines && lines_of(file) > *limit.file_lines && !findings.allows(file.path))
    findings.add({file.path}, file.path + " lines", over(lines_of(file), *limit.file_lines, "lines"));
  if (!file.is_cpp() || (!limit.function_lines && !limit.parameters)) return;
  for (const source::Function& each : source::functions(file.lexed())) {
    const auto say = [&](int is, std::optional<int> most, std::string_view what) {
      if (!most || is <= *most || findings.allows(file.path, each.name)) return;
      findings.add({file.path, each.line}, file.path + " " + each.name + " " + std::string{what},
                   each.name + " " + over(is, *most, what));
    };
    say(each.lines, limit.function_lines, "lines");
    say(each.parameters, limit.parameters, "parameters");
  }
}

}  // namespace

void rules::size(const Tree& tree, const Rule& rule, Findings& findings) {
  const auto given = with<SizeWith>(findings.rules(), rule);
  if (!given) return findings.cannot({findings.rules().path}, given.error().detail);
  for (std::size_t i = 0; i < given->limits.size(); ++i)
    needs_files(tree, given->limits[i].in, "/with/limits/" + std::to_string(i) + "/in", findings);
  for (const File& file : tree.files) {
    if (!file.was_read) continue;
    if (const SizeLimit* limit = first_naming(given->limits, &SizeLimit::in, file.path)) check(file, *limit, findings);
  }
  const std::optional<int> exported = given->exported;
  if (!exported) return;
  for (const ModuleSize& each : sizes(tree))
    if (each.exported > *exported && !findings.allows(each.module->path))
      findings.add({each.module->path}, each.module->path + " exported",
                   each.module->path + " " + over(each.exported, *exported, "names in its public headers"));
}

}  // namespace guard
