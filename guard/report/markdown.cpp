#include <set>

#include "guard/report/report.hpp"

namespace guard {

namespace {

void matrix(const Boundary& now, std::string& out) {
  out +=
      "## Layer by layer\n\nHow many modules of the row include how many of the column, pair by pair.\n\n| from \\ to "
      "|";
  for (const std::string& each : now.layers) out += " " + each + " |";
  out += "\n| --- |";
  for (std::size_t i = 0; i < now.layers.size(); ++i) out += " ---: |";
  out += "\n";
  const auto pairs = now.between_layers();
  for (const std::string& from : now.layers) {
    out += "| " + from + " |";
    for (const std::string& to : now.layers) {
      const auto found = pairs.find({from, to});
      out += found == pairs.end() ? " |" : " " + std::to_string(found->second) + " |";
    }
    out += "\n";
  }
}

void coupling(const Boundary& now, std::string& out) {
  out +=
      "\n## Module by module\n\nIn: modules that include it. Out: modules that it includes. Instability: out of all, "
      "in "
      "percent.\n\n| module | layer | in | out | instability | includes |\n| --- | --- | ---: | ---: | ---: | --- |\n";
  const auto all = now.coupling();
  for (const auto& [path, layer] : now.modules) {
    const Coupling& each = all.at(path);
    out += "| " + path + " | " + layer + " | " + std::to_string(each.incoming) + " | " + std::to_string(each.outgoing) +
           " | " + std::to_string(each.instability()) + " |";
    std::string names;
    for (auto edge = now.edges.lower_bound({path, ""}); edge != now.edges.end() && edge->first.first == path; ++edge)
      names += (names.empty() ? " " : ", ") + edge->first.second;
    out += names + " |\n";
  }
}

void changes(const Boundary& now, const Boundary& before, std::string& out) {
  out += "\n## Changes since the base\n\n";
  std::string said;
  const std::set<std::pair<std::string, std::string>> then(before.modules.begin(), before.modules.end());
  const std::set<std::pair<std::string, std::string>> today(now.modules.begin(), now.modules.end());
  for (const auto& each : today)
    if (!then.contains(each)) said += "- new module: " + each.first + "\n";
  for (const auto& each : then)
    if (!today.contains(each)) said += "- module gone: " + each.first + "\n";
  for (const auto& [edge, includes] : now.edges)
    if (!before.edges.contains(edge)) said += "- new edge: " + edge.first + " -> " + edge.second + "\n";
  for (const auto& [edge, includes] : before.edges)
    if (!now.edges.contains(edge)) said += "- edge gone: " + edge.first + " -> " + edge.second + "\n";
  out += said.empty() ? "None.\n" : said;
}

}  // namespace

std::string as_markdown(const Boundary& now, const Boundary* before) {
  std::string out = "# Boundaries\n\nWhich module includes which, tests left out; written by the guard.\n\n";
  matrix(now, out);
  coupling(now, out);
  if (before != nullptr) changes(now, *before, out);
  return out;
}

}  // namespace guard
