#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "guard/ask/ask.hpp"
#include "shared/json/document.hpp"

namespace guard {

namespace {

using Files = std::unordered_set<const File*>;

/// The changed files and all that include them.
Files with_dependents(const Tree& tree, const std::vector<std::string>& changed) {
  std::unordered_map<const File*, std::vector<const File*>> included_by;
  for (const File& from : tree.files)
    for (const Include& each : from.includes)
      if (each.target != nullptr) included_by[each.target].push_back(&from);
  Files touched;
  std::vector<const File*> waiting;
  for (const std::string& each : changed)
    if (const File* file = tree.file(each); file != nullptr && touched.insert(file).second) waiting.push_back(file);
  while (!waiting.empty()) {
    const File* file = waiting.back();
    waiting.pop_back();
    for (const File* each : included_by[file])
      if (touched.insert(each).second) waiting.push_back(each);
  }
  return touched;
}

/// Of the longest folder of a path; the file itself may be gone.
const Module* module_of(const Tree& tree, std::string_view path) {
  while (path.contains('/')) {
    path = path.substr(0, path.rfind('/'));
    if (const Module* module = tree.module(path)) return module;
  }
  return tree.module(".");
}

std::vector<std::string> tests_of(const Tree& tree, const Files& touched, const std::set<const Module*>& whole) {
  const auto is_touched = [&](const Target* target) {
    return (target->module != nullptr && whole.contains(target->module)) ||
           std::ranges::any_of(target->sources, [&](const File* each) { return touched.contains(each); });
  };
  std::vector<std::string> out;
  for (const Target& each : tree.targets)
    if (each.is_test && each.kind == "EXECUTABLE" &&
        (is_touched(&each) || std::ranges::any_of(each.reaches, is_touched)))
      out.push_back(each.name);
  std::ranges::sort(out);
  return out;
}

}  // namespace

Affected affected(const Tree& tree, const std::vector<std::string>& changed) {
  Affected out{.changed = changed};
  const Files touched = with_dependents(tree, changed);
  std::set<const Module*> whole;  // of what the compiler does not see: a schema, a file that is gone
  std::set<std::string> modules;
  for (const std::string& each : changed) {
    const File* file = tree.file(each);
    const Module* module = file != nullptr ? file->module : module_of(tree, each);
    if (module == nullptr)
      out.everything.push_back(each);
    else if (modules.insert(module->path); file == nullptr || !file->is_cpp())
      whole.insert(module);
  }
  for (const File* each : touched) {
    if (each->module != nullptr) modules.insert(each->module->path);
    if (!std::ranges::binary_search(changed, each->path)) out.dependents.push_back(each->path);
  }
  std::ranges::sort(out.dependents);
  out.modules.assign(modules.begin(), modules.end());
  out.tests = tests_of(tree, touched, whole);
  return out;
}

namespace {

/// The answer's parts, in the order in which they are read.
std::vector<std::pair<std::string, const std::vector<std::string>*>> parts(const Affected& affected) {
  return {{"changed", &affected.changed},
          {"dependents", &affected.dependents},
          {"modules", &affected.modules},
          {"tests", &affected.tests},
          {"of no module", &affected.everything}};
}

}  // namespace

std::string as_text(const Affected& affected) {
  std::string out;
  for (const auto& [name, list] : parts(affected)) {
    out += name + ": " + std::to_string(list->size()) + "\n";
    for (const std::string& each : *list) out += "  " + each + "\n";
  }
  if (!affected.everything.empty()) out += "What depends on a file of no module is not known: run every test.\n";
  return out;
}

std::string as_json(const Affected& affected) {
  json::Writer out;
  out.object();
  for (const auto& [name, list] : parts(affected)) out.member(name == "of no module" ? "of_no_module" : name, *list);
  return out.end().take() + "\n";
}

}  // namespace guard
