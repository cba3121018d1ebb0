#include "guard/model/baseline.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "guard/model/rules_check.hpp"

namespace guard {

using base::Error;
using base::Result;

namespace {

const Known* find(const std::vector<Known>& entries, std::string_view rule, std::string_view subject) {
  const auto at =
      std::ranges::find_if(entries, [&](const Known& each) { return each.rule == rule && each.subject == subject; });
  return at == entries.end() ? nullptr : &*at;
}

std::string wrong_with(const Known& entry, const RulesFile& rules) {
  if (std::ranges::find(rules.rules, entry.rule, &Rule::id) == rules.rules.end())
    return "there is no rule " + entry.rule;
  if (is_blank(entry.owner)) return "an entry has an owner";
  if (is_blank(entry.reason)) return "an entry has a reason";
  return {};
}

}  // namespace

Place Baseline::place_of(std::size_t entry) const {
  const auto found = translated.origins.find("/entries/" + std::to_string(entry));
  return found == translated.origins.end() ? Place{path} : place_from(found->second);
}

const Known* Baseline::find(const Finding& finding) const {
  return guard::find(entries, finding.rule, finding.subject);
}

Result<Baseline> parse_baseline(std::string_view yaml, const std::string& path, const RulesFile& rules) {
  auto translated = config::yaml_to_json(yaml, path);
  if (!translated) return translated.error();
  auto text = json::decode<BaselineText>(translated->json);
  if (!text) return config::located(*translated, text.error());
  Baseline baseline{std::move(*text), path, std::move(*translated)};
  std::set<std::pair<std::string_view, std::string_view>> seen;
  for (std::size_t i = 0; i < baseline.entries.size(); ++i) {
    const Known& each = baseline.entries[i];
    std::string wrong = wrong_with(each, rules);
    if (!seen.emplace(each.rule, each.subject).second) wrong = "this entry stands here twice";
    if (wrong.empty()) continue;
    const Place place = baseline.place_of(i);
    return Error{base::invalid, to_text(place) + ": " + wrong};
  }
  return baseline;
}

Result<Baseline> read_baseline(const std::filesystem::path& root, const std::string& path, const RulesFile& rules) {
  std::error_code failed;
  if (!std::filesystem::exists(root / path, failed)) return Baseline{};
  const auto yaml = config::read_file(root / path);
  if (!yaml) return yaml.error();
  return parse_baseline(*yaml, path, rules);
}

std::vector<std::size_t> grown(const Baseline& before, const Baseline& now) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < now.entries.size(); ++i) {
    const Known* then = find(before.entries, now.entries[i].rule, now.entries[i].subject);
    if (then == nullptr || then->expires < now.entries[i].expires) out.push_back(i);
  }
  return out;
}

}  // namespace guard
