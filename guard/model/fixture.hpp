// For tests: a small tree on disk, with what a build would have left beside it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "guard/model/model.hpp"
#include "shared/json/document.hpp"

namespace guard {

/// A target as CMake would describe it.
struct PlantedTarget {
  std::string name;
  std::vector<std::string> sources;
  std::vector<std::string> reaches = {};
  std::string kind = "STATIC_LIBRARY";
};

class Planted {
 public:
  Planted() {
    std::string pattern = (std::filesystem::path{::testing::TempDir()} / "guard-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"no folder for a planted tree"};
    root = std::filesystem::canonical(pattern);
  }
  Planted(const Planted&) = delete;
  Planted& operator=(const Planted&) = delete;
  ~Planted() {
    std::error_code ignored;
    std::filesystem::remove_all(root, ignored);
  }

  Planted& file(const std::string& path, std::string_view text) {
    std::filesystem::create_directories((root / path).parent_path());
    std::ofstream{root / path, std::ios::binary} << text;
    return *this;
  }
  Planted& files(const std::map<std::string, std::string>& all) {
    for (const auto& [path, text] : all) file(path, text);
    return *this;
  }
  /// `build/compile_commands.json`: unit -> its flags, run from the root.
  Planted& compiled(const std::map<std::string, std::string>& units) {
    json::Writer out;
    out.list();
    for (const auto& [unit, flags] : units)
      out.object()
          .member("directory", root.string())
          .member("file", unit)
          .member("command", "c++ " + flags + " -c " + unit)
          .end();
    return file("build/compile_commands.json", out.end().take());
  }
  /// `build/.cmake/api/v1/reply`. Each target's call stands at CMakeLists.txt, line 1, 2, …
  Planted& linked(const std::vector<PlantedTarget>& targets) {
    const std::string reply = "build/.cmake/api/v1/reply/";
    json::Writer model;
    model.object().key("configurations").list().object().key("targets").list();
    for (std::size_t i = 0; i < targets.size(); ++i) {
      model.object().member("jsonFile", targets[i].name + ".json").end();
      file(reply + targets[i].name + ".json", described(targets[i], static_cast<int>(i) + 1));
    }
    file(reply + "model.json", model.end().end().end().end().take());
    return file(reply + "index-1.json", R"({"reply":{"codemodel-v2":{"jsonFile":"model.json"}}})");
  }

  std::string text(const std::string& path) const {
    std::ifstream file{root / path, std::ios::binary};
    return {std::istreambuf_iterator<char>{file}, {}};
  }

  std::filesystem::path root;

 private:
  static std::string described(const PlantedTarget& target, int line) {
    json::Writer out;
    out.object()
        .member("id", target.name)
        .member("name", target.name)
        .member("type", target.kind)
        .member("backtrace", 1);
    out.key("backtraceGraph")
        .raw(
            R"({"commands":["add_library"],"files":["CMakeLists.txt"],"nodes":[{"file":0},{"command":0,"file":0,"line":)" +
            std::to_string(line) + R"(,"parent":0}]})");
    out.key("sources").list();
    for (const std::string& each : target.sources) out.object().member("path", each).end();
    out.end().key("dependencies").list();
    for (const std::string& each : target.reaches) out.object().member("id", each).end();
    return out.end().end().take();
  }
};

/// Rules that must read; the test ends otherwise.
inline RulesFile rules_of(std::string_view yaml) {
  auto rules = parse_rules(yaml, "layers.yaml");
  if (!rules) throw std::runtime_error{rules.error().detail};
  return std::move(*rules);
}

inline Tree tree_of(const Planted& planted, const RulesFile& rules) {
  auto tree = load({.root = planted.root}, rules);
  if (!tree) throw std::runtime_error{tree.error().detail};
  return std::move(*tree);
}

/// A line each: `a.cpp:1 -> b.hpp`, `… -> <vector>` for what lies outside, `… if X` under a condition.
inline std::string edges_of(const Tree& tree) {
  std::string out;
  for (const File& from : tree.files)
    for (const Include& each : from.includes) {
      out += from.path + ":" + std::to_string(each.line) + " -> ";
      out += each.target != nullptr ? each.target->path : "<" + std::string{each.written} + ">";
      out += each.is_conditional() ? " if " + std::string{each.condition} + "\n" : "\n";
    }
  return out;
}

inline std::string troubles_of(const Tree& tree) {
  std::string out;
  for (const Trouble& each : tree.troubles) out += to_text(each.place) + ": " + each.what + "\n";
  return out;
}

}  // namespace guard
