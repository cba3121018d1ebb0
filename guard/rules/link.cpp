// What a target's files include, it is linked with; what it is linked with by itself, its files include. Only modules
// that the build makes a library of count: one of headers alone is linked by nobody.
#include <algorithm>
#include <map>
#include <set>

#include "guard/rules/rules.hpp"

namespace guard {

namespace {

struct Edge {
  const File* from;
  const Include* include;
};

using Libraries = std::map<const Module*, std::vector<const Target*>>;

bool is_library(const Target& target) { return target.kind.ends_with("_LIBRARY"); }

Libraries libraries_of(const Tree& tree) {
  Libraries out;
  for (const Target& each : tree.targets)
    if (is_library(each) && each.module != nullptr) out[each.module].push_back(&each);
  return out;
}

/// The modules that a target's files include, each with the first include that does. What a header of its own module or
/// of one without a library includes, the target includes too.
class Uses {
 public:
  Uses(const Target& target, const Libraries& libraries) : target_(target), libraries_(libraries) {
    for (const File* each : target.sources) visit(*each);
  }

  std::map<const Module*, Edge> modules;

 private:
  void visit(const File& file) {
    if (!seen_.insert(&file).second) return;
    for (const Include& each : file.includes) {
      if (each.target == nullptr || each.target->module == nullptr) continue;
      modules.emplace(each.target->module, Edge{&file, &each});
      if (each.target->module == target_.module || !libraries_.contains(each.target->module)) visit(*each.target);
    }
  }

  const Target& target_;
  const Libraries& libraries_;
  std::set<const File*> seen_;
};

bool reaches_any(const Target& target, const std::vector<const Target*>& libraries) {
  return std::ranges::any_of(libraries, [&](const Target* each) {
    return each == &target || std::ranges::find(target.reaches, each) != target.reaches.end();
  });
}

}  // namespace

void rules::link(const Tree& tree, const Rule&, Findings& findings) {
  if (tree.no_targets) return findings.cannot(tree.no_targets->place, tree.no_targets->what, tree.no_targets->next);
  const auto libraries = libraries_of(tree);
  for (const Target& target : tree.targets) {
    if (target.module == nullptr) continue;
    const Uses uses{target, libraries};
    for (const auto& [module, edge] : uses.modules) {
      const auto library = libraries.find(module);
      if (module == target.module || library == libraries.end() || reaches_any(target, library->second)) continue;
      if (findings.allows(target.name, library->second.front()->name)) continue;
      findings.add(
          Finding{.place = {edge.from->path, edge.include->line},
                  .subject = target.name + " includes " + module->path,
                  .what = "target " + target.name + " includes " + edge.include->target->path +
                          " and is not linked with " + library->second.front()->name,
                  .path = {{target.place, target.name, edge.from->path},
                           {{edge.from->path, edge.include->line}, edge.from->path, edge.include->target->path}}});
    }
    for (const Target* linked : target.links) {
      if (!is_library(*linked) || linked->module == nullptr || linked->module == target.module) continue;
      if (uses.modules.contains(linked->module) || findings.allows(target.name, linked->name)) continue;
      findings.add(Finding{.place = target.place,
                           .subject = target.name + " links " + linked->name,
                           .what = "target " + target.name + " is linked with " + linked->name +
                                   ", and includes nothing of " + linked->module->path,
                           .path = {{target.place, target.name, linked->name}}});
    }
  }
}

}  // namespace guard
