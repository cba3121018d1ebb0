#include "guard/report/since.hpp"

#include <filesystem>
#include <utility>

#include "guard/model/git.hpp"

namespace guard {

namespace fs = std::filesystem;

namespace {

class Scratch {
 public:
  Scratch() {
    std::string pattern = (fs::temp_directory_path() / "guard-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) folder = pattern;
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code failed;
    if (!folder.empty()) fs::remove_all(folder, failed);
  }

  fs::path folder;  // empty: there is none
};

}  // namespace

base::Result<Boundary> boundary_since(const Tree& now, const std::string& commit, const std::string& rules_path,
                                      const std::string& build, const RulesFile& rules) {
  const Scratch scratch;
  if (scratch.folder.empty()) return base::Error{base::invalid, "there is no room for a copy of " + commit};
  if (auto failed = copy_of(now.root, commit, scratch.folder)) return std::move(*failed);
  const auto then = read_rules(scratch.folder, rules_path);
  const LoadOptions options{
      .root = scratch.folder, .build = now.root / (build.empty() ? rules.build.folder : build), .build_root = now.root};
  const auto tree = load(options, then ? *then : rules);
  if (!tree) return tree.error();
  return boundary_of(*tree);
}

}  // namespace guard
