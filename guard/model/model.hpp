// The model: a work tree as the rules see it. Files belong to modules, modules to layers; files include one another,
// and build targets link one another. The model has no opinion: what is wrong is said by guard/rules, how it is printed
// by guard/report.
//
// Always true
//   - files stand in the byte order of their paths, so that two runs over one tree say the same in the same order;
//   - a file that could not be read or understood is a trouble of the tree: it is never taken for an empty one;
//   - pointers between files, modules and targets stay valid as long as their tree.
#pragma once

#include <deque>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guard/model/glob.hpp"
#include "guard/model/rules_file.hpp"
#include "shared/base/result.hpp"

namespace guard {

namespace source {
struct Lexed;
}

struct Module;
struct Layer;

struct File;

/// One `#include` and the file that a compiler would open for it.
struct Include {
  int line = 0;
  std::string_view written;         // between the quotes or brackets
  bool quoted = false;              // "…", not <…>
  const File* target = nullptr;     // null: outside of the tree (system, generated)
  std::string_view condition = {};  // of the `#if` it stands under, as written; empty: always included

  bool is_conditional() const { return !condition.empty(); }
};

/// ` under #if X`, for a sentence; empty for one that is always included.
std::string under(const Include&);

struct File {
  std::string path;            // from the root, with `/`
  std::string_view text = {};  // empty, unless `was_read`
  bool was_read = false;       // rules_file's `read` globs name it
  bool is_test = false;        // rules_file's `tests` globs name it
  const Module* module = nullptr;
  std::vector<Include> includes = {};

  std::string_view name() const;       // `store.cpp`
  std::string_view extension() const;  // `cpp`; empty if there is none
  bool is_cpp() const;                 // by its extension: a header or a translation unit
  /// The C++ tokens and directives of the text, made at the first call and kept. Not for two threads at once.
  const source::Lexed& lexed() const;

  File();
  ~File();
  File(File&&) noexcept;
  File& operator=(File&&) noexcept;

 private:
  mutable std::unique_ptr<source::Lexed> lexed_;
};

struct Layer {
  std::string name;
  const LayerRule* rule = nullptr;  // what layers.yaml says of it
  std::vector<const Layer*> uses = {};
  std::vector<const Layer*> test_uses = {};
};

/// A folder of layers.yaml. A file belongs to the module with the longest path that it lies under.
struct Module {
  std::string path;
  const ModuleRule* rule = nullptr;
  const Layer* layer = nullptr;
  std::string group = {};  // `products/gpuaas`: modules of one layer with different groups do not see each other
  std::vector<const Module*> uses = {};
  std::vector<const Module*> test_uses = {};
  std::vector<const File*> files = {};

  /// Whether others may include it: a public glob of the module names it, else NAME.hpp of a folder NAME.
  bool is_public(const File&) const;
};

/// A target of the build, from CMake's file API.
struct Target {
  std::string name;
  std::string kind;                // STATIC_LIBRARY, EXECUTABLE, …, as CMake says it
  Place place = {};                // of the call that made it
  const Module* module = nullptr;  // of most of its sources; null: of no module
  bool is_test = false;            // its sources are tests
  std::vector<const File*> sources = {};
  std::vector<const Target*> reaches = {};  // all that it is linked with, through others too
  std::vector<const Target*> links = {};    // those that nothing else in `reaches` brings: surely linked by itself
};

/// What kept the guard from checking: never a violation, never clean.
struct Trouble {
  Place place;
  std::string what;
  std::string next = {};  // what a person can do about it
};

struct Tree {
  std::filesystem::path root;
  std::vector<File> files = {};
  std::vector<Layer> layers = {};
  std::vector<Module> modules = {};  // in the byte order of their paths
  std::vector<Target> targets = {};
  std::optional<Trouble> no_targets = {};  // why there are none
  std::vector<Trouble> troubles = {};

  /// Null if there is none. `path` from the root.
  const File* file(std::string_view path) const;
  const Module* module(std::string_view path) const;

  Tree();
  ~Tree();
  Tree(Tree&&) noexcept;
  Tree& operator=(Tree&&) noexcept;

 private:
  friend class Loader;
  std::deque<std::string> texts_;
};

struct LoadOptions {
  std::filesystem::path root;
  /// With compile_commands.json and CMake's replies; empty: where the rules say.
  std::filesystem::path build = {};
  /// The root that the paths of `build` are of, where it was not made for `root` itself but for its like; empty:
  /// `root`.
  std::filesystem::path build_root = {};
};

/// Reads the tree. What goes wrong with a file is a trouble of the tree; an error is what leaves no tree at all.
/// `rules` outlives the tree.
base::Result<Tree> load(const LoadOptions&, const RulesFile& rules);

}  // namespace guard
