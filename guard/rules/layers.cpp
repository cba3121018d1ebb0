// Includes go down the layers, to declared neighbours, never to another group, and to a test's file from tests only;
// every C++ file lies in a module. In `strict`, what layers.yaml lets modules and layers use is used.
#include <map>
#include <set>
#include <utility>

#include "guard/model/edges.hpp"
#include "guard/rules/rules.hpp"

namespace guard {

namespace {

/// Which edges some include needs.
struct Used {
  std::set<std::pair<const Module*, const Module*>> modules;
  std::set<std::pair<const Layer*, const Layer*>> layers;
};

void say(const File& from, const Include& include, const Verdict& verdict, Findings& findings) {
  const File& to = *include.target;
  findings.add(Finding{.place = {from.path, include.line},
                       .subject = from.path + " -> " + to.path,
                       .what = from.module->path + " includes " + to.path + under(include) + ": " + verdict.why,
                       .path = {{{from.path, include.line}, from.module->path, to.module->path}}});
}

/// Tests may do what others may not, so nothing that ships is made of them.
void say_test(const File& from, const Include& include, Findings& findings) {
  findings.add({from.path, include.line}, from.path + " -> " + include.target->path,
               "includes " + include.target->path + under(include) + ", which is for tests");
}

std::string pointer(const char* list, std::ptrdiff_t number, const char* key, std::size_t i) {
  return std::string{list} + std::to_string(number) + key + std::to_string(i);
}

/// What layers.yaml allows and no include needs.
void unused(const Tree& tree, const Used& used, Findings& findings) {
  const RulesFile& rules = findings.rules();
  const auto nobody = [&](std::string at, const std::string& from, const std::string& to) {
    findings.add(Finding{.place = rules.place_of(at),
                         .subject = "uses " + from + " -> " + to,
                         .what = from + " may use " + to + ", and does not",
                         .only_strict = true});
  };
  for (const Module& from : tree.modules) {
    const auto number = from.rule - rules.modules.data();
    for (const auto& [key, list] : {std::pair{"/uses/", &from.uses}, {"/test_uses/", &from.test_uses}})
      for (std::size_t i = 0; i < list->size(); ++i)
        if (const Module* to = (*list)[i]; !used.modules.contains({&from, to}))
          nobody(pointer("/modules/", number, key, i), from.path, to->path);
  }
  for (const Layer& from : tree.layers) {
    if (from.rule->planned) continue;
    const auto number = from.rule - rules.layers.data();
    for (const auto& [key, list] : {std::pair{"/uses/", &from.uses}, {"/test_uses/", &from.test_uses}})
      for (std::size_t i = 0; i < list->size(); ++i)
        if (const Layer* to = (*list)[i]; !used.layers.contains({&from, to}) && !to->rule->planned)
          nobody(pointer("/layers/", number, key, i), "layer " + from.name, "layer " + to->name);
  }
}

}  // namespace

void rules::layers(const Tree& tree, const Rule&, Findings& findings) {
  Used used;
  for (const File& from : tree.files) {
    if (!from.is_cpp() || !from.was_read) continue;
    if (from.module == nullptr) {
      if (!findings.allows(from.path)) findings.add({from.path}, from.path, "lies in no module of layers.yaml");
      continue;
    }
    for (const Include& include : from.includes) {
      const File* to = include.target;
      if (to != nullptr && to->is_test && !from.is_test && !findings.allows(from.path, to->path))
        say_test(from, include, findings);
      if (to == nullptr || to->module == nullptr || to->module == from.module) continue;
      used.modules.emplace(from.module, to->module);
      used.layers.emplace(from.module->layer, to->module->layer);
      const Verdict verdict = may_include(*from.module, *to->module, from.is_test);
      if (!verdict.allowed && !findings.allows(from.path, to->path)) say(from, include, verdict, findings);
    }
  }
  unused(tree, used, findings);
}

}  // namespace guard
