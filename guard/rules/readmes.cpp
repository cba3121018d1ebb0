// Each module has a README with the parts that the house asks for, each a line that begins `Part:`, or a heading of
// that name, with something said after it: nothing, `TODO`, a comment and a block of code say nothing.
//
//   with: {sets: [{modules: ["platform/**"], parts: [Authority for, Always true]}]}
//   allow: {from: module, to: part}; without `to` the README as a whole
#include <algorithm>
#include <cctype>
#include <optional>

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

bool says_something(std::string_view text) {
  std::string words;
  for (const char c : text)
    if (c == ' ' || static_cast<unsigned char>(c) >= 0x80 || std::isalnum(static_cast<unsigned char>(c)) != 0)
      words += c;
  words = rules::tidy(words);
  return !words.empty() && words != "TODO" && words != "TBD" && words != "…";
}

/// What follows `part` on its line; nothing if the line is another.
std::optional<std::string_view> after_part(std::string_view line, std::string_view part) {
  const bool is_heading = line.starts_with('#');
  line.remove_prefix(std::min(line.find_first_not_of("*#- "), line.size()));
  if (!line.starts_with(part)) return std::nullopt;
  line.remove_prefix(part.size());
  const bool ends_name = line.find_first_of(":*") == 0 || (is_heading && rules::tidy(line).empty());
  return ends_name ? std::optional{line} : std::nullopt;
}

/// On the part's own line, or on the next that is no other part or heading.
bool has_part(std::string_view text, std::string_view part, const std::vector<std::string>& parts) {
  bool found = false, waits = false;
  rules::each_line(text, [&](std::string_view line, int) {
    if (const auto rest = after_part(line, part)) {
      waits = !says_something(*rest);
      found = found || !waits;
    } else if (waits && !rules::tidy(line).empty()) {
      waits = false;
      const bool is_other = line.starts_with('#') || std::ranges::any_of(parts, [&](const std::string& each) {
                              return after_part(line, each).has_value();
                            });
      found = found || (!is_other && says_something(line));
    }
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
    const std::string text = without_comments(without_fences(readme->text));
    for (const std::string& part : set->parts)
      if (!has_part(text, part, set->parts) && !findings.allows(module.path, part))
        findings.add({path}, path + " " + part, "does not say `" + part + ":`");
  }
  for (std::size_t i = 0; i < has_modules.size(); ++i)
    if (!has_modules[i])
      findings.cannot(findings.rules().place_of(rule, "/with/sets/" + std::to_string(i)), "no module is named");
}

}  // namespace guard
