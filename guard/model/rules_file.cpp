#include "guard/model/rules_file.hpp"

#include <charconv>
#include <utility>

#include "guard/model/rules_check.hpp"

namespace guard {

using base::Error;
using base::Result;

namespace {

std::string pointer_of(const RulesFile& rules, const Rule& rule) {
  for (std::size_t i = 0; i < rules.rules.size(); ++i)
    if (rules.rules[i].id == rule.id) return "/rules/" + std::to_string(i);
  return {};
}

}  // namespace

Place place_from(std::string_view origin) {
  const std::size_t colon = origin.rfind(':');
  Place place{.file = std::string{origin.substr(0, colon)}};
  if (colon != std::string_view::npos)
    std::from_chars(origin.data() + colon + 1, origin.data() + origin.size(), place.line);
  return place;
}

std::string to_text(const Place& place) {
  return place.line == 0 ? place.file : place.file + ":" + std::to_string(place.line);
}

Place RulesFile::place_of(std::string_view pointer) const {
  std::string at{pointer};
  while (true) {
    if (const auto found = translated.origins.find(at); found != translated.origins.end())
      return place_from(found->second);
    const std::size_t slash = at.rfind('/');
    if (slash == std::string::npos) return {.file = path};
    at.resize(slash);
  }
}

Place RulesFile::place_of(const Rule& rule, std::string_view below) const {
  return place_of(pointer_of(*this, rule) + std::string{below});
}

Error with_error(const RulesFile& rules, const Rule& rule, const Error& error) {
  Error out = error;
  out.pointer = pointer_of(rules, rule) + "/with" + error.pointer;
  return config::located(rules.translated, out);
}

Result<RulesFile> parse_rules(std::string_view yaml, std::string_view file) {
  auto translated = config::yaml_to_json(yaml, file);
  if (!translated) return translated.error();
  auto text = json::decode<RulesText>(translated->json);
  if (!text) return config::located(*translated, text.error());
  RulesFile rules{std::move(*text), std::string{file}, std::move(*translated)};
  if (auto wrong = contradiction(rules)) return std::move(*wrong);
  return rules;
}

Result<RulesFile> read_rules(const std::filesystem::path& root, const std::string& path) {
  const auto yaml = config::read_file(root / path);
  if (!yaml) return yaml.error();
  return parse_rules(*yaml, path);
}

}  // namespace guard
