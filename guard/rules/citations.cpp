// What a document cites is there: paths in code spans and links, with `{a,b}` and `*` understood. A path is what has a
// `/` and begins with a folder of the root or of the document's own folder, and a file's name with an ending of
// `names`.
//
//   with:
//     documents: ["**/*.md"]
//     names: [hpp, cpp]          endings by which a mere name (`store.cpp`) is a file's, somewhere in the tree
//     elsewhere: ["build/**"]    paths that are no part of the tree: built, or of other machines
//     placeholders: [NAME]       words that stand for any: `tests/NAME_test.cpp` cites some
//   allow: {from: document, to: path}
#include <algorithm>
#include <optional>
#include <set>

#include "guard/model/glob.hpp"
#include "guard/rules/markdown.hpp"
#include "guard/rules/rules.hpp"

namespace guard {

namespace {

struct CitationsWith {
  std::vector<std::string> documents;
  std::vector<std::string> except = {};
  std::vector<std::string> names = {};
  std::vector<std::string> elsewhere = {};
  std::vector<std::string> placeholders = {};
  static constexpr std::array json_defaults{"except", "names", "elsewhere", "placeholders"};
};
BOOST_DESCRIBE_STRUCT(CitationsWith, (), (documents, except, names, elsewhere, placeholders))

constexpr std::size_t spellings_max = 64;  // of one `{a,b}/{c,d}`

/// `a/{b,c}` as `a/b` and `a/c`.
std::vector<std::string> spelled_out(std::string_view path) {
  std::vector<std::string> all{std::string{path}};
  for (std::size_t i = 0; i < all.size() && all.size() < spellings_max;) {
    const std::string each = all[i];
    const std::size_t open = each.find('{'), close = each.find('}', open == std::string::npos ? 0 : open);
    if (open == std::string::npos || close == std::string::npos) {
      ++i;
      continue;
    }
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(i));
    std::string_view words = std::string_view{each}.substr(open + 1, close - open - 1);
    while (true) {
      const std::size_t comma = std::min(words.find(','), words.size());
      all.push_back(each.substr(0, open) + std::string{words.substr(0, comma)} + each.substr(close + 1));
      if (comma == words.size()) break;
      words.remove_prefix(comma + 1);
    }
  }
  return all;
}

/// `a/./b/../c` as `a/c`; nothing if it leaves the tree.
std::optional<std::string> plain(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(std::min(slash + 1, path.size()));
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (parts.empty()) return std::nullopt;
      parts.pop_back();
    } else {
      parts.push_back(part);
    }
  }
  std::string out;
  for (const std::string_view each : parts) out += (out.empty() ? "" : "/") + std::string{each};
  return out;
}

class Paths {
 public:
  explicit Paths(const Tree& tree) {
    for (const File& file : tree.files) {
      all_.insert(file.path);
      names_.insert(file.name());
      for (std::size_t slash = file.path.find('/'); slash != std::string::npos; slash = file.path.find('/', slash + 1))
        all_.insert(std::string_view{file.path}.substr(0, slash));
    }
  }

  bool has(const std::string& path) const {
    if (!path.contains('*')) return all_.contains(path);
    return std::ranges::any_of(all_, [&](std::string_view each) { return matches(path, each); });
  }
  bool has_name(std::string_view name) const { return names_.contains(name); }

 private:
  std::set<std::string_view> all_;  // files and folders
  std::set<std::string_view> names_;
};

class Document {
 public:
  Document(const File& file, const CitationsWith& given, const Paths& paths, Findings& findings)
      : file_(file), given_(given), paths_(paths), findings_(findings) {
    folder_ = file.path.contains('/') ? file.path.substr(0, file.path.rfind('/')) : "";
  }

  void check() {
    for (const rules::Span& span : rules::spans_of(file_.text))
      for (const std::string& each : spelled_out(any_for_placeholders(without_place(span.text))))
        if (is_missing(each) && !findings_.allows(file_.path, each))
          findings_.add({file_.path, span.line}, file_.path + " cites " + each,
                        "cites " + each + ", which is not there");
  }

 private:
  /// Without `:12` and `#part`; nothing of what is no path at all.
  static std::string_view without_place(std::string_view text) {
    if (text.contains("://") || text.find_first_of(" <>$@()=…") != std::string_view::npos) return {};
    text = text.substr(0, text.find('#'));
    const std::size_t colon = text.find(':');
    if (colon != std::string_view::npos &&
        text.substr(colon + 1).find_first_not_of("0123456789-") == std::string_view::npos)
      text = text.substr(0, colon);
    return text;
  }

  std::string any_for_placeholders(std::string_view text) const {
    std::string out{text};
    for (const std::string& each : given_.placeholders)
      for (std::size_t at = out.find(each); at != std::string::npos; at = out.find(each, at))
        out.replace(at, each.size(), "*");
    return out;
  }

  bool is_missing(const std::string& cited) const {
    if (cited.empty() || cited.starts_with('/') || cited.starts_with('-')) return false;
    if (!cited.contains('/')) {
      const std::size_t dot = cited.rfind('.');
      return dot != std::string::npos && dot > 0 && !cited.contains('*') &&
             std::ranges::find(given_.names, cited.substr(dot + 1)) != given_.names.end() && !paths_.has_name(cited);
    }
    const auto from_root = plain(cited), from_here = plain(folder_ + "/" + cited);
    for (const auto& each : {from_root, from_here})
      if (each && (paths_.has(*each) || matches_any(given_.elsewhere, *each))) return false;
    return begins_in_the_tree(cited);
  }

  /// Else it is a word with a slash: `and/or`, `application/json`.
  bool begins_in_the_tree(std::string_view cited) const {
    if (cited.starts_with("../")) return true;
    if (cited.starts_with("./")) cited.remove_prefix(2);
    const std::string first{cited.substr(0, cited.find('/'))};
    const auto here = plain(folder_ + "/" + first);
    return paths_.has(first) || (here && paths_.has(*here));
  }

  const File& file_;
  const CitationsWith& given_;
  const Paths& paths_;
  Findings& findings_;
  std::string folder_;
};

}  // namespace

void rules::citations(const Tree& tree, const Rule& rule, Findings& findings) {
  const auto given = with<CitationsWith>(findings.rules(), rule);
  if (!given) return findings.cannot({findings.rules().path}, given.error().detail);
  const Paths paths{tree};
  bool has_documents = false;
  for (const File& file : tree.files) {
    if (!file.was_read || !is_named(given->documents, given->except, file.path)) continue;
    has_documents = true;
    Document{file, *given, paths, findings}.check();
  }
  if (!has_documents) findings.cannot(findings.rules().place_of(rule, "/with/documents"), "no file is a document");
}

}  // namespace guard
