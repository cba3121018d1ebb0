// The layers of TypeScript: files belong to parts, a part imports itself and those that it uses, nobody outside of a
// feature imports its inside but a part above, and files do not import one another in a ring (types aside, which are
// gone once compiled).
//
//   with:
//     files: ["web/src/**/*.ts", "web/src/**/*.tsx"]
//     parts:                                    the first whose globs name a file has it
//       - {name: pages, files: ["web/src/pages/**"], uses: [parts]}
//     features: ["web/src/pages/*/**"]          a folder each: what `*` stands for tells them apart
//     generated: ["web/src/api/schema"]         what no checkout has, without its ending
//     aliases: [{from: "@/", to: "web/src/"}]
//     packages: web/package.json                what is no path is one of its packages; without it, any
//   allow: {from: file, to: file}
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "guard/model/glob.hpp"
#include "guard/rules/cycles.hpp"
#include "guard/rules/json.hpp"
#include "guard/rules/packages.hpp"
#include "guard/rules/rules.hpp"
#include "guard/source/script.hpp"

namespace guard {

namespace {

struct ScriptPart {
  std::string name;
  std::vector<std::string> files;
  std::vector<std::string> uses = {};
  static constexpr std::array json_defaults{"uses"};
};
BOOST_DESCRIBE_STRUCT(ScriptPart, (), (name, files, uses))

struct Alias {
  std::string from;
  std::string to;
};
BOOST_DESCRIBE_STRUCT(Alias, (), (from, to))

struct ScriptsWith {
  std::vector<std::string> files;
  std::vector<ScriptPart> parts;
  std::vector<std::string> features = {};
  std::vector<std::string> generated = {};
  std::vector<Alias> aliases = {};
  std::string packages = {};
  static constexpr std::array json_defaults{"features", "generated", "aliases", "packages"};
};
BOOST_DESCRIBE_STRUCT(ScriptsWith, (), (files, parts, features, generated, aliases, packages))

/// `a/b` and `../c/./d` make `a/c/d`; nothing if it leaves the tree.
std::optional<std::string> joined(std::string_view folder, std::string_view path) {
  std::vector<std::string_view> parts;
  for (std::string_view rest : {folder, path})
    while (!rest.empty()) {
      const std::size_t slash = std::min(rest.find('/'), rest.size());
      const std::string_view part = rest.substr(0, slash);
      rest.remove_prefix(std::min(slash + 1, rest.size()));
      if (part.empty() || part == ".") continue;
      if (part != "..") {
        parts.push_back(part);
      } else if (parts.empty()) {
        return std::nullopt;
      } else {
        parts.pop_back();
      }
    }
  std::string out;
  for (const std::string_view each : parts) out += (out.empty() ? "" : "/") + std::string{each};
  return out;
}

std::string_view folder_of(std::string_view path) { return path.substr(0, path.contains('/') ? path.rfind('/') : 0); }

class Layers {
 public:
  Layers(const Tree& tree, const ScriptsWith& given, std::optional<rules::Packages> packages, Findings& findings)
      : tree_(tree), given_(given), packages_(std::move(packages)), findings_(findings) {}

  void check(const File& file) {
    const source::Script script = source::read_script(file.text, file.path.ends_with("x"));
    if (script.problem) return findings_.cannot({file.path, script.problem->line}, script.problem->what);
    if (part_of(file.path) == nullptr) return findings_.add({file.path}, file.path, "lies in no part");
    const std::size_t from = node(file);
    for (const source::ScriptImport& each : script.imports) {
      const Place place{file.path, each.line};
      if (each.module.empty()) {
        say(place, file.path, "(computed)", "imports what is known at run time only");
        continue;
      }
      const auto path = path_of(file, each.module);
      if (!path) {
        if (packages_ && !packages_->have(each.module))
          say(place, file.path, each.module, "imports " + each.module + ", which is no package of " + given_.packages);
        continue;
      }
      const File* to = resolve(*path);
      if (to == nullptr) {
        if (!matches_any(given_.generated, *path))
          say(place, file.path, *path, "imports " + *path + ", which is not there");
        continue;
      }
      if (!matches_any(given_.files, to->path)) {
        if (is_script(to->path))  // else a style, a picture
          say(place, file.path, to->path,
              "imports " + to->path + ", whose own imports nobody sees: `files` leaves it out");
        continue;
      }
      edge(place, file, *to);
      if (!each.is_type && to != &file) leads_to_[from].emplace(node(*to), each.line);
    }
  }

  void rings() {
    std::vector<std::vector<std::size_t>> graph(files_.size());
    for (const auto& [from, edges] : leads_to_)
      for (const auto& [to, line] : edges) graph[from].push_back(to);
    for (const Ring& ring : shortest_rings(graph)) {
      Finding finding{.place = {}, .subject = {}, .what = "files import one another in a ring"};
      for (std::size_t i = 0; i < ring.size(); ++i) {
        const std::size_t from = ring[i], to = ring[(i + 1) % ring.size()];
        const Place place{files_[from]->path, leads_to_[from][to]};
        if (i == 0) finding.place = place;
        finding.subject += (i == 0 ? "" : " -> ") + files_[from]->path;
        finding.path.push_back({place, files_[from]->path, files_[to]->path});
      }
      if (!findings_.allows(files_[ring[0]]->path, files_[ring[1]]->path)) findings_.add(std::move(finding));
    }
  }

 private:
  /// From the root; nothing for a package.
  std::optional<std::string> path_of(const File& file, std::string_view module) const {
    module = module.substr(0, module.find('?'));
    if (module.starts_with('.')) return joined(folder_of(file.path), module);
    for (const Alias& each : given_.aliases)
      if (module.starts_with(each.from)) return joined(each.to, module.substr(each.from.size()));
    return std::nullopt;
  }

  const File* resolve(const std::string& path) const {
    for (const std::string_view folder : {"", "/index"})
      for (const std::string_view ending : endings)
        if (const File* file = tree_.file(path + std::string{folder} + std::string{ending})) return file;
    for (const std::string_view compiled : {".js", ".jsx", ".mjs", ".cjs"})  // a module is named as it is then
      if (path.ends_with(compiled)) return resolve(path.substr(0, path.rfind('.')));
    return nullptr;
  }

  static bool is_script(std::string_view path) {
    return std::ranges::any_of(endings, [&](std::string_view each) { return !each.empty() && path.ends_with(each); });
  }

  const ScriptPart* part_of(std::string_view path) const {
    return first_naming(given_.parts, &ScriptPart::files, path);
  }

  /// `web/src/pages/instance` of a file below it; empty: it lies in no feature.
  std::string_view feature_of(std::string_view path) const {
    for (const std::string& each : given_.features) {
      if (!matches(each, path)) continue;
      auto depth = std::ranges::count(each.substr(0, each.find("/**")), '/');
      std::size_t end = path.find('/');
      for (; depth > 0 && end != std::string_view::npos; --depth) end = path.find('/', end + 1);
      if (end == std::string_view::npos) continue;  // beside the folders
      return path.substr(0, end);
    }
    return {};
  }

  void edge(const Place& place, const File& from, const File& to) {
    const ScriptPart* one = part_of(from.path);
    const ScriptPart* other = part_of(to.path);
    if (other == nullptr) return;  // said where it lies
    if (one != other && std::ranges::find(one->uses, other->name) == one->uses.end())
      return say(place, from.path, to.path,
                 one->name + " imports " + to.path + " of " + other->name + ", which it does not use");
    const std::string_view feature = feature_of(to.path);
    if (one == other && !feature.empty() && feature != feature_of(from.path))
      say(place, from.path, to.path, "imports the inside of the feature " + std::string{feature});
  }

  void say(const Place& place, const std::string& from, const std::string& to, std::string what) {
    if (!findings_.allows(from, to)) findings_.add(place, from + " -> " + to, std::move(what));
  }

  std::size_t node(const File& file) {
    const auto [at, is_new] = nodes_.try_emplace(&file, files_.size());
    if (is_new) files_.push_back(&file);
    return at->second;
  }

  static constexpr std::array<std::string_view, 10> endings{"",     ".ts", ".tsx", ".d.ts", ".mts",
                                                            ".cts", ".js", ".jsx", ".mjs",  ".cjs"};

  const Tree& tree_;
  const ScriptsWith& given_;
  std::optional<rules::Packages> packages_;
  Findings& findings_;
  std::map<const File*, std::size_t> nodes_;
  std::vector<const File*> files_;
  std::map<std::size_t, std::map<std::size_t, int>> leads_to_;  // and in which line
};

/// What names no file would hold nothing.
void have_files(const Tree& tree, const ScriptsWith& given, Findings& findings) {
  rules::needs_any_file(tree, given.files, "/with/files", findings);
  if (!given.features.empty()) rules::needs_files(tree, given.features, "/with/features", findings);
  for (std::size_t i = 0; i < given.aliases.size(); ++i)
    if (std::ranges::none_of(tree.files, [&](const File& each) { return each.path.starts_with(given.aliases[i].to); }))
      findings.cannot(findings.rules().place_of(findings.rule(), "/with/aliases/" + std::to_string(i)),
                      "no file is named");
}

}  // namespace

void rules::scripts(const Tree& tree, const Rule& rule, Findings& findings) {
  const auto given = with<ScriptsWith>(findings.rules(), rule);
  if (!given) return findings.cannot({findings.rules().path}, given.error().detail);
  std::optional<Packages> packages;
  if (!given->packages.empty()) {
    const Place place{given->packages};
    const File* file = tree.file(given->packages);
    if (file == nullptr || !file->was_read) return findings.cannot(place, "is not there, or not read");
    auto read = Packages::of(*file);
    if (!read) return cannot(findings, read.error());
    packages = std::move(*read);
  }
  Layers layers{tree, *given, std::move(packages), findings};
  for (const File& file : tree.files)
    if (file.was_read && matches_any(given->files, file.path)) layers.check(file);
  layers.rings();
  have_files(tree, *given, findings);
}

}  // namespace guard
