// Each module has a README with the parts that the house asks for, each a line that begins `Part:`.
//
//   with: {sets: [{modules: ["platform/**"], parts: [Authority for, Always true]}]}
//   allow: {from: module, to: part}; without `to` the README as a whole
#include <algorithm>

#include "guard/model/glob.hpp"
#include "guard/rules/markdown.hpp"
#include "guard/rules/rules.hpp"

namespace guard {

namespace {

struct ReadmeSet {
  std::vector<std::string> modules;
  std::vector<std::string> parts;
};
BOOST_DESCRIBE_STRUCT(ReadmeSet, (), (modules, parts))

struct ReadmesWith {
  std::vector<ReadmeSet> sets;
  std::string file = "README.md";
  static constexpr std::array json_defaults{"file"};
};
BOOST_DESCRIBE_STRUCT(ReadmesWith, (), (sets, file))

bool has_part(std::string_view text, std::string_view part) {
  bool found = false;
  rules::each_line(text, [&](std::string_view line, int) {
    while (line.starts_with('*') || line.starts_with('#') || line.starts_with('-') || line.starts_with(' '))
      line.remove_prefix(1);
    found = found || (line.starts_with(part) && line.substr(part.size()).find_first_of(":*") == 0);
  });
  return found;
}

}  // namespace

void rules::readmes(const Tree& tree, const Rule& rule, Findings& findings) {
  const auto given = with<ReadmesWith>(findings.rules(), rule);
  if (!given) return findings.cannot({findings.rules().path}, given.error().detail);
  std::vector<bool> has_modules(given->sets.size(), false);
  for (const Module& module : tree.modules) {
    const ReadmeSet* set = first_naming(given->sets, &ReadmeSet::modules, module.path);
    if (set == nullptr) continue;
    has_modules[static_cast<std::size_t>(set - given->sets.data())] = true;
    const std::string path = module.path + "/" + given->file;
    const File* readme = tree.file(path);
    if (readme == nullptr) {
      if (!findings.allows(module.path)) findings.add({module.path}, path, "has no " + given->file);
      continue;
    }
    if (!readme->was_read) {
      findings.cannot({path}, "was not read: `read` does not name it");
      continue;
    }
    for (const std::string& part : set->parts)
      if (!has_part(readme->text, part) && !findings.allows(module.path, part))
        findings.add({path}, path + " " + part, "does not say `" + part + ":`");
  }
  for (std::size_t i = 0; i < has_modules.size(); ++i)
    if (!has_modules[i])
      findings.cannot(findings.rules().place_of(rule, "/with/sets/" + std::to_string(i)), "no module is named");
}

}  // namespace guard
