#include "guard/rules/known_names.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "guard/model/glob.hpp"
#include "guard/source/cpp.hpp"
#include "guard/source/tests.hpp"

namespace guard::rules {

namespace {

bool defines_tests(std::string_view text) {
  return std::ranges::any_of(std::array<std::string_view, 3>{"TEST(", "TEST_F(", "TEST_P("},
                             [&](std::string_view each) { return text.contains(each); });
}

std::string why_not(const source::Test& test) {
  if (test.is_disabled) return "is disabled";
  return test.asserts ? "" : "asserts nothing";
}

}  // namespace

KnownNames::KnownNames(const Tree& tree) {
  for (const File& file : tree.files) {
    if (!file.was_read || !file.is_cpp()) continue;
    if (file.name().ends_with("_fuzz.cpp")) fuzzers.emplace(file.name().substr(0, file.name().size() - 4));
    const auto& tokens = file.lexed().tokens;
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i)
      if (tokens[i].is("class") || tokens[i].is("struct")) types.emplace(tokens[i + 1].text);
  }
  read_tests(tree);
}

/// A test may assert through what its module's tests have, and through what tests stand on anywhere.
void KnownNames::read_tests(const Tree& tree) {
  std::map<const Module*, std::vector<source::TestSource>> of_modules;
  std::vector<source::TestSource> helpers;
  for (const File& file : tree.files) {
    if (!file.was_read || !file.is_cpp() || !file.is_test) continue;
    of_modules[file.module].push_back({file.path, &file.lexed()});
    if (!defines_tests(file.text)) helpers.push_back(of_modules[file.module].back());
  }
  const auto asserting = source::asserting_functions(helpers);
  for (const auto& [module, sources] : of_modules) {
    for (const source::Test& each : source::tests_of(sources, asserting)) {
      const std::string why = rules::why_not(each);
      const auto [at, is_new] = tests_.emplace(each.full_name(), why);
      if (!is_new && why.empty()) at->second.clear();
    }
  }
}

std::string KnownNames::why_not(const std::string& test) const {
  if (test.substr(0, test.find('.')).contains('*')) return "is any suite's";
  std::optional<std::string> first;
  for (const auto& [name, why] : tests_) {
    if (test.contains('*') ? !matches(test, name) : test != name) continue;
    if (why.empty()) return {};
    if (!first) first = why;
  }
  return first.value_or("is not there");
}

}  // namespace guard::rules
