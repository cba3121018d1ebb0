// The modules as a drawing: layers are boxes, edges lead to what is included.
#include "guard/report/report.hpp"

namespace guard {

namespace {

/// `platform/iam` as a name that both languages take.
std::string node(std::string_view path) {
  std::string out = "m_";
  for (const char c : path) out += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ? c : '_';
  return out;
}

}  // namespace

std::string as_mermaid(const Boundary& boundary) {
  std::string out = "flowchart TD\n";
  for (const std::string& layer : boundary.layers) {
    out += "  subgraph " + layer + "\n";
    for (const auto& [path, of] : boundary.modules)
      if (of == layer) out += "    " + node(path) + "[\"" + path + "\"]\n";
    out += "  end\n";
  }
  for (const auto& [edge, includes] : boundary.edges)
    out += "  " + node(edge.first) + " --> " + node(edge.second) + "\n";
  return out;
}

std::string as_dot(const Boundary& boundary) {
  std::string out = "digraph modules {\n  rankdir=TB;\n  node [shape=box];\n";
  for (const std::string& layer : boundary.layers) {
    out += "  subgraph \"cluster_" + layer + "\" {\n    label=\"" + layer + "\";\n";
    for (const auto& [path, of] : boundary.modules)
      if (of == layer) out += "    \"" + path + "\";\n";
    out += "  }\n";
  }
  for (const auto& [edge, includes] : boundary.edges) out += "  \"" + edge.first + "\" -> \"" + edge.second + "\";\n";
  return out + "}\n";
}

}  // namespace guard
