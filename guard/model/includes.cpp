#include "guard/model/includes.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "guard/source/cpp.hpp"

namespace guard {

namespace fs = std::filesystem;

namespace {

/// Every folder that some unit searches: for files that no unit reaches.
SearchPath all_of(const std::vector<SearchPath>& paths) {
  SearchPath all;
  const auto add = [](std::vector<std::string>& to, const std::vector<std::string>& from) {
    for (const std::string& each : from)
      if (std::ranges::find(to, each) == to.end()) to.push_back(each);
  };
  for (const SearchPath& each : paths) {
    add(all.quote, each.quote);
    add(all.angle, each.angle);
  }
  return all;
}

std::string_view folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{"."} : path.substr(0, slash);
}

class Resolver {
 public:
  Resolver(Tree& tree, const CompileCommands& commands, const RulesFile& rules)
      : tree_(tree), rules_(rules), paths_(commands.search_paths) {
    paths_.push_back(all_of(paths_));
    known_.reserve(tree.files.size());
    for (const File& each : tree.files) known_.emplace(each.path, &each);
    seen_.resize(tree.files.size());
    was_read_.resize(tree.files.size());
    for (const auto& [unit, path] : commands.units)
      if (const auto found = known_.find(unit); found != known_.end()) visit(*found->second, path);
    for (const auto& [unit, header] : commands.forced) force(unit, header);
  }

  void run() {
    follow();
    for (const File& each : tree_.files)
      if (each.is_cpp() && each.was_read && seen_[index(each)].empty()) {
        visit(each, paths_.size() - 1);
        follow();
      }
  }

 private:
  std::size_t index(const File& file) const { return static_cast<std::size_t>(&file - tree_.files.data()); }

  /// `-include header` of a unit's command: the compiler reads it before the first line.
  void force(std::string_view unit, std::string_view header) {
    const auto from = known_.find(unit);
    const auto target = known_.find(header);
    if (from == known_.end() || target == known_.end()) return;
    File& file = tree_.files[index(*from->second)];
    file.includes.insert(file.includes.begin(), {.written = target->second->path, .target = target->second});
  }

  void visit(const File& file, std::size_t path) {
    if (!file.was_read) return;
    std::vector<std::size_t>& before = seen_[index(file)];
    if (std::ranges::find(before, path) != before.end()) return;
    before.push_back(path);
    waiting_.emplace_back(&file, path);
  }

  void follow() {
    while (!waiting_.empty()) {
      const auto [file, path] = waiting_.back();
      waiting_.pop_back();
      read(tree_.files[index(*file)], path);
    }
  }

  void read(File& file, std::size_t path) {
    const source::Lexed& lexed = file.lexed();
    const bool is_first = !was_read_[index(file)];
    was_read_[index(file)] = true;
    if (is_first && lexed.problem)
      tree_.troubles.push_back({.place = {file.path, lexed.problem->line}, .what = lexed.problem->what});
    for (const source::IncludeLine& each : lexed.includes) {
      if (each.form == source::Form::macro) {
        if (is_first) macro(file, each);
        continue;
      }
      const std::optional<const File*> found = find(file, each, paths_[path]);
      const File* target = found.value_or(nullptr);
      if (target != nullptr) visit(*target, path);
      if (is_first) unseen(file, each, found);
      if (!is_first && lists(file, each.line, target)) continue;
      const auto at =
          std::ranges::upper_bound(file.includes, std::pair{each.line, path_of(target)}, {},
                                   [](const Include& other) { return std::pair{other.line, path_of(other.target)}; });
      file.includes.insert(at, {.line = each.line,
                                .written = each.written,
                                .quoted = each.form == source::Form::quoted,
                                .target = target,
                                .condition = each.condition});
    }
  }

  static std::string_view path_of(const File* file) { return file == nullptr ? std::string_view{} : file->path; }

  static bool lists(const File& file, int line, const File* target) {
    return std::ranges::any_of(file.includes,
                               [&](const Include& each) { return each.line == line && each.target == target; });
  }

  void macro(const File& file, const source::IncludeLine& line) {
    for (const Allowed& each : rules_.macro_includes)
      if (matches(each.from, file.path) && (each.to.empty() || each.to == line.written)) return;
    tree_.troubles.push_back(
        {.place = {file.path, line.line},
         .what = "includes what the macro `" + std::string{line.written} + "` says",
         .next = "Include the file by its name, or name this file in `macro_includes` with a reason."});
  }

  /// What is included and read by nobody here: a file that `read` does not name, and one that a folder of the tree
  /// should hold and does not.
  void unseen(const File& file, const source::IncludeLine& line, std::optional<const File*> found) {
    const std::string written{line.written};
    if (found && *found != nullptr && !(*found)->was_read && !(*found)->is_cpp())  // else said of the file itself
      tree_.troubles.push_back({.place = {file.path, line.line},
                                .what = "includes " + (*found)->path + ", which `read` does not name",
                                .next = "Name it in `read`: what it holds is C++."});
    if (found || !line.condition.empty() || line.form != source::Form::quoted || !is_of_tree(written)) return;
    tree_.troubles.push_back({.place = {file.path, line.line},
                              .what = "includes " + written + ", which is not there",
                              .next = "Correct its path; a generated one needs the build's folders: run " +
                                      rules_.build.configure + " and build."});
  }

  /// Whether it is written from the root and would lie in a module.
  bool is_of_tree(std::string_view written) const {
    return std::ranges::any_of(tree_.modules, [&](const Module& each) {
      return written.starts_with(each.path) && written.substr(each.path.size()).starts_with('/');
    });
  }

  /// The file of the tree; null if it is one of elsewhere; nothing if it is nowhere.
  std::optional<const File*> find(const File& from, const source::IncludeLine& include, const SearchPath& path) {
    const std::string_view own = folder_of(from.path);
    // Of `next`, what follows this file's own folder; all of them where that is none of them.
    bool may = include.form != source::Form::next || std::ranges::find(path.angle, own) == path.angle.end();
    if (include.form == source::Form::quoted) {
      if (const File* found = below(own, include.written)) return found;
      for (const std::string& each : path.quote)
        if (const auto found = look(each, include.written)) return found;
    }
    for (const std::string& each : path.angle) {
      if (may)
        if (const auto found = look(each, include.written)) return found;
      may = may || each == own;
    }
    return std::nullopt;
  }

  /// The file in a folder of a search path; null if one is there that is not of the tree; nothing if none is.
  std::optional<const File*> look(const std::string& folder, std::string_view written) {
    if (const File* found = below(folder, written)) return found;
    if (!is_elsewhere(folder)) return std::nullopt;
    const std::string path = (fs::path{tree_.root} / folder / written).string();
    const auto [at, is_new] = exists_.emplace(path, false);
    std::error_code failed;
    if (is_new) at->second = fs::is_regular_file(path, failed);
    return at->second ? std::optional<const File*>{nullptr} : std::nullopt;
  }

  /// Outside of the root, or left out of the tree: what lies there is asked of the file system.
  bool is_elsewhere(const std::string& folder) const {
    return folder.starts_with('/') || folder.starts_with("..") || matches_any(rules_.ignore, folder);
  }

  const File* below(std::string_view folder, std::string_view written) {
    path_.assign(folder == "." ? std::string_view{} : folder);
    if (written.starts_with('/')) {
      const std::string& root = tree_.root.native();
      if (!written.starts_with(root + "/")) return nullptr;
      written.remove_prefix(root.size() + 1);
      path_.clear();
    }
    if (!path_.empty()) path_ += '/';
    path_ += written;
    if (written.contains("./") || written.contains("//")) path_ = fs::path{path_}.lexically_normal().string();
    const auto found = known_.find(std::string_view{path_});
    return found == known_.end() ? nullptr : found->second;
  }

  Tree& tree_;
  const RulesFile& rules_;
  std::vector<SearchPath> paths_;  // the last: all of them
  std::unordered_map<std::string_view, const File*> known_;
  std::vector<std::vector<std::size_t>> seen_;  // of each file, the search paths that it was read under
  std::vector<bool> was_read_;
  std::vector<std::pair<const File*, std::size_t>> waiting_;
  std::unordered_map<std::string, bool> exists_;
  std::string path_;
};

}  // namespace

void resolve_includes(Tree& tree, const CompileCommands& commands, const RulesFile& rules) {
  Resolver{tree, commands, rules}.run();
}

}  // namespace guard
