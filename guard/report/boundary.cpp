#include "guard/report/boundary.hpp"

namespace guard {

Boundary boundary_of(const Tree& tree) {
  Boundary out;
  for (const Layer& each : tree.layers)
    if (!each.rule->planned) out.layers.push_back(each.name);
  for (const Module& each : tree.modules) out.modules.emplace_back(each.path, each.layer->name);
  for (const File& file : tree.files) {
    if (file.is_test || file.module == nullptr) continue;
    for (const Include& each : file.includes)
      if (each.target != nullptr && each.target->module != nullptr && each.target->module != file.module)
        ++out.edges[{file.module->path, each.target->module->path}];
  }
  return out;
}

std::map<std::string, Coupling> Boundary::coupling() const {
  std::map<std::string, Coupling> out;
  for (const auto& [path, layer] : modules) out[path];
  for (const auto& [edge, includes] : edges) {
    ++out[edge.first].outgoing;
    ++out[edge.second].incoming;
  }
  return out;
}

std::map<Edge, int> Boundary::between_layers() const {
  const std::map<std::string, std::string> layer_of(modules.begin(), modules.end());
  std::map<Edge, int> out;
  for (const auto& [edge, includes] : edges) ++out[{layer_of.at(edge.first), layer_of.at(edge.second)}];
  return out;
}

}  // namespace guard
