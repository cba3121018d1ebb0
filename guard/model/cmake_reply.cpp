#include "guard/model/cmake_reply.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>
#include <map>
#include <set>

#include "guard/model/json_file.hpp"

namespace guard {

namespace fs = std::filesystem;
namespace js = boost::json;
using base::Error;

namespace {

const js::value& at(const js::value& object, std::string_view key) {
  static const js::value none;
  if (!object.is_object()) return none;
  const js::value* found = object.get_object().if_contains(key);
  return found == nullptr ? none : *found;
}

const js::value& at(const js::value& list, std::int64_t index) {
  static const js::value none;
  if (!list.is_array() || index < 0 || static_cast<std::size_t>(index) >= list.get_array().size()) return none;
  return list.get_array()[static_cast<std::size_t>(index)];
}

std::string text(const js::value& value) { return value.is_string() ? std::string{value.get_string()} : std::string{}; }
std::int64_t number(const js::value& value, std::int64_t otherwise) {
  return value.is_int64() ? value.get_int64() : otherwise;
}
const js::array& list(const js::value& value) {
  static const js::array none;
  return value.is_array() ? value.get_array() : none;
}

bool is_list_file(const File& file) {
  return file.name() == "CMakeLists.txt" || file.name() == "CMakePresets.json" || file.extension() == "cmake";
}

/// A list file that was changed after CMake last answered: its links are not the build's.
const File* changed_since(const Tree& tree, const fs::path& index) {
  std::error_code failed;
  const auto answered = fs::last_write_time(index, failed);
  for (const File& each : tree.files)
    if (is_list_file(each) && fs::last_write_time(tree.root / each.path, failed) > answered) return &each;
  return nullptr;
}

/// CMake writes a new index at each configuration and removes the old one later: the last by name is the newest.
fs::path newest_index(const fs::path& reply) {
  fs::path newest;
  std::error_code failed;
  for (fs::directory_iterator each{reply, failed}; !failed && each != fs::directory_iterator{}; each.increment(failed))
    if (each->path().filename().string().starts_with("index-") && each->path() > newest) newest = each->path();
  return newest;
}

void ask(const fs::path& build) {
  std::error_code failed;
  const fs::path query = build / ".cmake" / "api" / "v1" / "query";
  if (fs::create_directories(query, failed); !failed) std::ofstream{query / "codemodel-v2"};
}

/// The CMake command of a place in a target's backtrace.
std::string command_at(const js::value& target, std::int64_t index) {
  const js::value& graph = at(target, "backtraceGraph");
  return text(at(at(graph, "commands"), number(at(at(at(graph, "nodes"), index), "command"), -1)));
}

/// Of the outermost call in the project's own files that is not the top: `house_module(…)` of a house that wraps
/// `add_library`, else `add_library` itself.
Place place_of(const js::value& target) {
  const js::value& graph = at(target, "backtraceGraph");
  Place place;
  std::int64_t index = number(at(target, "backtrace"), -1);
  for (int hops = 0; index >= 0 && hops < 100; ++hops) {
    const js::value& node = at(at(graph, "nodes"), index);
    const std::int64_t line = number(at(node, "line"), 0);
    const std::string command = command_at(target, index);
    if (line > 0 && command != "include" && command != "add_subdirectory")
      place = {text(at(at(graph, "files"), number(at(node, "file"), -1))), static_cast<int>(line)};
    index = number(at(node, "parent"), -1);
  }
  return place;
}

class Reply {
 public:
  Reply(Tree& tree, const fs::path& index) : tree_(tree), index_(index), folder_(index.parent_path()) {}

  std::optional<Error> read() {
    const auto index = read_json(index_);
    if (!index) return index.error();
    const auto model = read_json(folder_ / text(at(at(at(*index, "reply"), "codemodel-v2"), "jsonFile")));
    if (!model) return model.error();
    const js::value& configuration = at(at(*model, "configurations"), 0);
    const js::array& targets = list(at(configuration, "targets"));
    tree_.targets.reserve(targets.size());
    std::vector<js::value> texts;
    for (const js::value& each : targets) {
      auto file = read_json(folder_ / text(at(each, "jsonFile")));
      if (!file) return file.error();
      add(*file);
      texts.push_back(std::move(*file));
    }
    for (std::size_t i = 0; i < texts.size(); ++i) reach(tree_.targets[i], texts[i]);
    for (Target& each : tree_.targets) own_links(each);
    return std::nullopt;
  }

 private:
  void add(const js::value& text_of) {
    Target target{.name = text(at(text_of, "name")), .kind = text(at(text_of, "type")), .place = place_of(text_of)};
    std::map<const Module*, int> votes;
    int tests = 0;
    for (const js::value& each : list(at(text_of, "sources"))) {
      const File* file = tree_.file(text(at(each, "path")));
      if (file == nullptr) continue;
      target.sources.push_back(file);
      ++votes[file->module];
      tests += file->is_test ? 1 : 0;
    }
    const auto most = std::ranges::max_element(votes, {}, [](const auto& each) { return each.second; });
    if (most != votes.end()) target.module = most->first;
    target.is_test = !target.sources.empty() && tests == static_cast<int>(target.sources.size());
    numbers_[text(at(text_of, "id"))] = tree_.targets.size();
    tree_.targets.push_back(std::move(target));
  }

  void reach(Target& target, const js::value& text_of) {
    for (const js::value& each : list(at(text_of, "dependencies"))) {
      if (command_at(text_of, number(at(each, "backtrace"), -1)) == "add_dependencies") continue;  // an order, no link
      const auto found = numbers_.find(text(at(each, "id")));
      if (found != numbers_.end()) target.reaches.push_back(&tree_.targets[found->second]);
    }
  }

  static void own_links(Target& target) {
    std::set<const Target*> brought;
    for (const Target* each : target.reaches) brought.insert(each->reaches.begin(), each->reaches.end());
    for (const Target* each : target.reaches)
      if (!brought.contains(each)) target.links.push_back(each);
  }

  Tree& tree_;
  fs::path index_;
  fs::path folder_;
  std::map<std::string, std::size_t> numbers_;
};

}  // namespace

std::optional<Error> read_targets(Tree& tree, const fs::path& build) {
  ask(build);
  const fs::path folder = build / ".cmake" / "api" / "v1" / "reply";
  const fs::path index = newest_index(folder);
  if (index.empty()) return Error{base::invalid, folder.string() + ": there is no reply of CMake"};
  if (const File* file = changed_since(tree, index))
    return Error{base::invalid, folder.string() + ": CMake's reply is older than " + file->path};
  return Reply{tree, index}.read();
}

}  // namespace guard
