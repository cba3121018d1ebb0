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

/// The modules that a target's files include, each with the first include that does. Headers of its own module count
/// with the target that includes them.
class Uses {
 public:
  explicit Uses(const Target& target) : target_(target) {
    for (const File* each : target.sources) visit(*each);
  }

  std::map<const Module*, Edge> modules;

 private:
  void visit(const File& file) {
    if (!seen_.insert(&file).second) return;
    for (const Include& each : file.includes) {
      if (each.target == nullptr || each.target->module == nullptr) continue;
      modules.emplace(each.target->module, Edge{&file, &each});
      if (each.target->module == target_.module) visit(*each.target);
    }
  }

  const Target& target_;
  std::set<const File*> seen_;
};

bool is_library(const Target& target) { return target.kind.ends_with("_LIBRARY") && !target.is_test; }

std::map<const Module*, std::vector<const Target*>> libraries_of(const Tree& tree) {
  std::map<const Module*, std::vector<const Target*>> out;
  for (const Target& each : tree.targets)
    if (is_library(each) && each.module != nullptr) out[each.module].push_back(&each);
  return out;
}

bool reaches_any(const Target& target, const std::vector<const Target*>& libraries) {
  return std::ranges::any_of(libraries, [&](const Target* each) {
    return each == &target || std::ranges::find(target.reaches, each) != target.reaches.end();
  });
}

}  // namespace

void rules::link(const Tree& tree, const Rule&, Findings& findings) {
  if (!tree.has_targets) return;  // said by the loading already
  const auto libraries = libraries_of(tree);
  for (const Target& target : tree.targets) {
    if (target.module == nullptr) continue;
    const Uses uses{target};
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
