#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "guard/model/cmake_reply.hpp"
#include "guard/model/compile_commands.hpp"
#include "guard/model/includes.hpp"
#include "guard/model/listing.hpp"
#include "guard/model/model.hpp"

namespace guard {

namespace fs = std::filesystem;

class Loader {
 public:
  Loader(const LoadOptions& options, const RulesFile& rules) : options_(options), rules_(rules) {}

  base::Result<Tree> load() {
    std::error_code failed;
    tree_.root = fs::canonical(options_.root, failed);
    if (failed) return base::Error{base::invalid, options_.root.string() + ": cannot be read: " + failed.message()};
    layers();
    modules();
    files();
    build();
    std::ranges::sort(tree_.troubles, {}, [](const Trouble& each) { return std::tie(each.place, each.what); });
    return std::move(tree_);
  }

 private:
  void layers() {
    for (const LayerRule& each : rules_.layers) tree_.layers.push_back({.name = each.name, .rule = &each});
    for (Layer& layer : tree_.layers)
      for (const Layer& other : tree_.layers) {
        if (names(layer.rule->uses, other)) layer.uses.push_back(&other);
        if (names(layer.rule->test_uses, other)) layer.test_uses.push_back(&other);
      }
  }

  static bool names(const std::vector<std::string>& list, const Layer& layer) {
    return std::ranges::find(list, layer.name) != list.end();
  }

  void modules() {
    for (const ModuleRule& each : rules_.modules) {
      const Layer* layer = first_naming(tree_.layers, [](const Layer& at) { return at.rule->modules; }, each.path);
      tree_.modules.push_back(
          {.path = each.path, .rule = &each, .layer = layer, .group = group_of(*layer->rule, each.path)});
    }
    std::ranges::sort(tree_.modules, {}, &Module::path);
    for (Module& module : tree_.modules) {
      for (const std::string& each : module.rule->uses) module.uses.push_back(tree_.module(each));
      for (const std::string& each : module.rule->test_uses) module.test_uses.push_back(tree_.module(each));
    }
  }

  /// `products` groups products/gpuaas/node as products/gpuaas.
  static std::string group_of(const LayerRule& layer, const std::string& path) {
    for (const std::string& each : layer.groups)
      if (path.starts_with(each + "/")) return path.substr(0, path.find('/', each.size() + 1));
    return {};
  }

  void files() {
    std::unordered_map<std::string_view, Module*> by_path;
    for (Module& each : tree_.modules) by_path.emplace(each.path, &each);
    for (std::string& path : list_files(tree_.root, rules_.ignore, tree_.troubles)) {
      File& file = tree_.files.emplace_back();
      file.path = std::move(path);
      file.is_test = matches_any(rules_.tests, file.path);
      file.module = owner(by_path, file.path);
      if (!matches_any(rules_.read, file.path)) {
        if (file.is_cpp()) not_read(file);
        continue;
      }
      if (auto text = read_text(tree_.root, file.path, tree_.troubles)) {
        file.text = tree_.texts_.emplace_back(std::move(*text));
        file.was_read = true;
      }
    }
    nothing_read();
    for (const File& each : tree_.files)
      if (each.module != nullptr) by_path[each.module->path]->files.push_back(&each);
    for (const Module& each : tree_.modules)
      if (each.files.empty()) matches_nothing(each);
    for (const Layer& each : tree_.layers) planned(each);
  }

  void not_read(const File& file) {
    tree_.troubles.push_back({.place = {.file = file.path},
                              .what = "is C++, and `read` does not name it: no rule looks at it",
                              .next = "Rename it, or name it in `read` of " + rules_.path + "."});
  }

  static const Module* owner(const std::unordered_map<std::string_view, Module*>& by_path, std::string_view path) {
    while (path.contains('/')) {
      path = path.substr(0, path.rfind('/'));
      if (const auto found = by_path.find(path); found != by_path.end()) return found->second;
    }
    const auto root = by_path.find(".");
    return root == by_path.end() ? nullptr : root->second;
  }

  void nothing_read() {
    const auto is_named = [&](const File& each) { return matches_any(rules_.read, each.path); };
    if (std::ranges::any_of(tree_.files, is_named)) return;
    tree_.troubles.push_back({.place = rules_.place_of("/read"),
                              .what = "no file of the tree is named by `read`",
                              .next = "Correct its patterns; nothing was looked at."});
  }

  void matches_nothing(const Module& module) {
    tree_.troubles.push_back(
        {.place = rules_.place_of("/modules/" + std::to_string(module.rule - rules_.modules.data())),
         .what = "module " + module.path + " has no file",
         .next = "Correct its path, or take it out."});
  }

  void planned(const Layer& layer) {
    const bool is_used = std::ranges::any_of(tree_.modules, [&](const Module& each) { return each.layer == &layer; });
    if (is_used != layer.rule->planned) return;
    tree_.troubles.push_back(
        {.place = rules_.place_of("/layers/" + std::to_string(layer.rule - rules_.layers.data())),
         .what = "layer " + layer.name + (is_used ? " is planned, and has modules" : " has no module"),
         .next = is_used ? "Take `planned` out." : "Say `planned: true`, or take it out."});
  }

  void build() {
    const fs::path folder = tree_.root / (options_.build.empty() ? fs::path{rules_.build.folder} : options_.build);
    const auto commands = read_compile_commands(folder / "compile_commands.json",
                                                options_.build_root.empty() ? tree_.root : options_.build_root);
    if (!commands) tree_.troubles.push_back(build_trouble(commands.error()));
    resolve_includes(tree_, commands ? *commands : CompileCommands{}, rules_);
    if (const auto failed = read_targets(tree_, folder)) tree_.no_targets = build_trouble(*failed);
  }

  Trouble build_trouble(const base::Error& error) const {
    std::string what = error.detail;
    const std::string file = what.substr(0, what.find(": "));
    what.erase(0, file.size() + 2);
    return {.place = {.file = fs::path{file}.lexically_relative(tree_.root).string()},
            .what = std::move(what),
            .next = "Run: " + rules_.build.configure};
  }

  const LoadOptions& options_;
  const RulesFile& rules_;
  Tree tree_;
};

base::Result<Tree> load(const LoadOptions& options, const RulesFile& rules) { return Loader{options, rules}.load(); }

}  // namespace guard
