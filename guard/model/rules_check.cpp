#include "guard/model/rules_check.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "guard/model/glob.hpp"

namespace guard {

namespace {

using Names = std::map<std::string, std::vector<std::string>, std::less<>>;  // who uses whom

/// A ring of names as `a -> b -> a`; empty if there is none.
std::string ring(const Names& uses) {
  std::set<std::string> done;
  std::vector<std::string> path;
  const std::function<std::string(const std::string&)> walk = [&](const std::string& name) -> std::string {
    if (const auto at = std::ranges::find(path, name); at != path.end()) {
      std::string out;
      for (auto each = at; each != path.end(); ++each) out += *each + " -> ";
      return out + name;
    }
    if (!done.insert(name).second) return {};
    path.push_back(name);
    if (const auto from = uses.find(name); from != uses.end())
      for (const std::string& to : from->second)
        if (std::string found = walk(to); !found.empty()) return found;
    path.pop_back();
    return {};
  };
  for (const auto& [name, to] : uses)
    if (std::string found = walk(name); !found.empty()) return found;
  return {};
}

class Contradictions {
 public:
  explicit Contradictions(const RulesFile& rules) : rules_(rules) {}

  std::optional<base::Error> first() {
    layers();
    modules();
    rules();
    return found_;
  }

 private:
  void layers() {
    Names uses;
    for (std::size_t i = 0; i < rules_.layers.size(); ++i) {
      const LayerRule& each = rules_.layers[i];
      if (!uses.emplace(each.name, each.uses).second)
        say(at("/layers", i, "/name"), "layer " + each.name + " stands here twice");
    }
    for (std::size_t i = 0; i < rules_.layers.size(); ++i)
      for (const auto& [list, key] :
           {std::pair{&rules_.layers[i].uses, "/uses"}, {&rules_.layers[i].test_uses, "/test_uses"}})
        for (std::size_t j = 0; j < list->size(); ++j)
          if (!uses.contains((*list)[j])) say(at("/layers", i, key, j), "there is no layer " + (*list)[j]);
    if (const std::string found = ring(uses); !found.empty()) say("/layers", "layers use each other: " + found);
  }

  void modules() {
    Names uses;
    for (std::size_t i = 0; i < rules_.modules.size(); ++i) {
      const ModuleRule& each = rules_.modules[i];
      if (!uses.emplace(each.path, each.uses).second)
        say(at("/modules", i, "/path"), "module " + each.path + " stands here twice");
      const auto layers = std::ranges::count_if(
          rules_.layers, [&](const LayerRule& layer) { return matches_any(layer.modules, each.path); });
      if (layers == 0) say(at("/modules", i, "/path"), "no layer names module " + each.path);
      if (layers > 1) say(at("/modules", i, "/path"), "more than one layer names module " + each.path);
    }
    for (std::size_t i = 0; i < rules_.modules.size(); ++i) {
      neighbours(i, rules_.modules[i].uses, "/uses", uses);
      neighbours(i, rules_.modules[i].test_uses, "/test_uses", uses);
    }
    if (const std::string found = ring(uses); !found.empty()) say("/modules", "modules use each other: " + found);
  }

  void neighbours(std::size_t i, const std::vector<std::string>& list, const char* key, const Names& known) {
    const std::string& path = rules_.modules[i].path;
    for (std::size_t j = 0; j < list.size(); ++j) {
      if (!known.contains(list[j])) {
        say(at("/modules", i, key, j), "there is no module " + list[j]);
      } else if (layer_of(path) != layer_of(list[j])) {
        say(at("/modules", i, key, j),
            path + " and " + list[j] + " lie in different layers: the layers' `uses` decides");
      } else if (const LayerRule* layer = layer_of(path);
                 layer != nullptr && layer->neighbours != Neighbours::declared) {
        say(at("/modules", i, key, j), "layer " + layer->name + " does not ask for declared neighbours");
      } else if (list[j] == path) {
        say(at("/modules", i, key, j), path + " uses itself");
      }
    }
  }

  void rules() {
    std::set<std::string> ids;
    for (std::size_t i = 0; i < rules_.rules.size(); ++i) {
      const Rule& each = rules_.rules[i];
      if (!ids.insert(each.id).second) say(at("/rules", i, "/id"), "rule " + each.id + " stands here twice");
      for (std::size_t j = 0; j < each.allow.size(); ++j)
        if (is_blank(each.allow[j].reason)) say(at("/rules", i, "/allow", j), "an exception has a reason");
    }
    for (std::size_t i = 0; i < rules_.macro_includes.size(); ++i)
      if (is_blank(rules_.macro_includes[i].reason)) say(at("/macro_includes", i, ""), "an exception has a reason");
  }

  const LayerRule* layer_of(const std::string& module) const {
    const auto found =
        std::ranges::find_if(rules_.layers, [&](const LayerRule& each) { return matches_any(each.modules, module); });
    return found == rules_.layers.end() ? nullptr : &*found;
  }

  static std::string at(const char* list, std::size_t i, const char* key) {
    return std::string{list} + "/" + std::to_string(i) + key;
  }
  static std::string at(const char* list, std::size_t i, const char* key, std::size_t j) {
    return at(list, i, key) + "/" + std::to_string(j);
  }

  void say(const std::string& pointer, const std::string& what) {
    if (found_) return;
    const Place place = rules_.place_of(pointer);
    found_ = base::Error{base::invalid, to_text(place) + ": " + what, pointer};
  }

  const RulesFile& rules_;
  std::optional<base::Error> found_;
};

}  // namespace

bool is_blank(std::string_view text) { return text.find_first_not_of(" \t\n") == std::string_view::npos; }

std::optional<base::Error> contradiction(const RulesFile& rules) { return Contradictions{rules}.first(); }

}  // namespace guard
