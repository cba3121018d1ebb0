// From outside, a module is entered by its public headers.
#include "guard/rules/rules.hpp"

namespace guard {

void rules::headers(const Tree& tree, const Rule&, Findings& findings) {
  for (const File& from : tree.files)
    for (const Include& include : from.includes) {
      const File* to = include.target;
      if (to == nullptr || to->module == nullptr || to->module == from.module) continue;
      if (to->module->is_public(*to) || findings.allows(from.path, to->path)) continue;
      findings.add(Finding{
          .place = {from.path, include.line},
          .subject = from.path + " -> " + to->path,
          .what = "includes " + to->path + under(include) + ", which is no public header of " + to->module->path});
    }
  const RulesFile& rules = findings.rules();
  for (const Module& module : tree.modules)
    for (std::size_t i = 0; i < module.rule->public_.size(); ++i) {
      const std::string glob = (module.path == "." ? "" : module.path + "/") + module.rule->public_[i];
      if (std::ranges::any_of(module.files, [&](const File* each) { return matches(glob, each->path); })) continue;
      const auto number = module.rule - rules.modules.data();
      findings.cannot(rules.place_of("/modules/" + std::to_string(number) + "/public/" + std::to_string(i)),
                      "no file is named by " + glob, "Correct the path, or take it out.");
    }
}

}  // namespace guard
