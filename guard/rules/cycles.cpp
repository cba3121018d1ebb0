// Neither files nor modules include one another in a ring; of the rings through a knot of files the shortest is shown.
// Tests are no part of a module's ring: a test may look at what uses its module.
#include "guard/rules/cycles.hpp"

#include <algorithm>

#include "guard/rules/rules.hpp"

namespace guard {

namespace {

/// Edges by number, each with the place that makes it.
struct Graph {
  struct Edge {
    std::size_t to;
    Place place;
  };
  std::vector<std::string> names;
  std::vector<std::vector<Edge>> edges;

  explicit Graph(std::size_t size) : names(size), edges(size) {}
};

std::vector<std::vector<std::size_t>> targets_of(const Graph& graph) {
  std::vector<std::vector<std::size_t>> out(graph.edges.size());
  for (std::size_t i = 0; i < out.size(); ++i)
    for (const Graph::Edge& each : graph.edges[i]) out[i].push_back(each.to);
  return out;
}

void say(const Graph& graph, const std::vector<std::size_t>& ring, std::string_view kind, Findings& findings) {
  Finding finding;
  std::string names;
  std::vector<std::string> sorted;
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const std::size_t from = ring[i];
    const std::size_t to = ring[(i + 1) % ring.size()];
    const auto edge = std::ranges::find(graph.edges[from], to, &Graph::Edge::to);
    finding.path.push_back({edge->place, graph.names[from], graph.names[to]});
    names += graph.names[from] + " -> ";
    sorted.push_back(graph.names[from]);
  }
  std::ranges::sort(sorted);
  for (const std::string& each : sorted) finding.subject += (finding.subject.empty() ? "" : ", ") + each;
  finding.subject = "ring of " + finding.subject;
  finding.place = finding.path.front().place;
  finding.what = std::string{kind} + " include one another: " + names + graph.names[ring.front()];
  findings.add(std::move(finding));
}

Graph files_of(const Tree& tree, Findings& findings) {
  Graph graph{tree.files.size()};
  for (std::size_t i = 0; i < tree.files.size(); ++i) {
    graph.names[i] = tree.files[i].path;
    for (const Include& each : tree.files[i].includes)
      if (each.target != nullptr && !findings.allows(tree.files[i].path, each.target->path))
        graph.edges[i].push_back(
            {static_cast<std::size_t>(each.target - tree.files.data()), {tree.files[i].path, each.line}});
  }
  return graph;
}

Graph modules_of(const Tree& tree, Findings& findings) {
  Graph graph{tree.modules.size()};
  for (std::size_t i = 0; i < tree.modules.size(); ++i) graph.names[i] = tree.modules[i].path;
  for (const File& file : tree.files) {
    if (file.is_test || file.module == nullptr) continue;
    auto& edges = graph.edges[static_cast<std::size_t>(file.module - tree.modules.data())];
    for (const Include& each : file.includes) {
      if (each.target == nullptr || each.target->module == nullptr || each.target->module == file.module) continue;
      const auto to = static_cast<std::size_t>(each.target->module - tree.modules.data());
      if (std::ranges::find(edges, to, &Graph::Edge::to) != edges.end()) continue;
      if (!findings.allows(file.path, each.target->path)) edges.push_back({to, {file.path, each.line}});
    }
  }
  return graph;
}

}  // namespace

void rules::cycles(const Tree& tree, const Rule&, Findings& findings) {
  const Graph files = files_of(tree, findings);
  for (const auto& ring : shortest_rings(targets_of(files))) say(files, ring, "files", findings);
  const Graph modules = modules_of(tree, findings);
  for (const auto& ring : shortest_rings(targets_of(modules))) say(modules, ring, "modules", findings);
}

}  // namespace guard
