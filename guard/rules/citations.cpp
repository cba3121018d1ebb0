// What a document cites is there: paths in code spans and links, with `{a,b}` and `*` understood, and the line that
// `store.cpp:12` names. In a code span a path is what has a `/` and begins with a folder of the root or of the
// document's own folder, and a file's name with an ending of `names`; where a link goes is one unless it is a URL, an
// `#anchor` or begins with a `/`.
//
//   with:
//     documents: ["**/*.md"]
//     except: ["pages/**"]       documents that are not looked at
//     links_only: ["plans/**"]   documents that name what is to come: only their links lead somewhere
//     names: [hpp, cpp]          endings by which a mere name (`store.cpp`) is a file's, somewhere in the tree
//     elsewhere: ["build/**"]    paths that are no part of the tree: built, or of other machines
//     placeholders: [NAME]       words that stand for any: `tests/NAME_test.cpp` cites some
//   allow: {from: document, to: path}
#include <algorithm>
#include <charconv>
#include <iterator>
#include <map>
#include <optional>

#include "guard/model/glob.hpp"
#include "guard/rules/markdown.hpp"
#include "guard/rules/rules.hpp"

namespace guard {

namespace {

struct CitationsWith {
  std::vector<std::string> documents;
  std::vector<std::string> except = {};
  std::vector<std::string> links_only = {};
  std::vector<std::string> names = {};
  std::vector<std::string> elsewhere = {};
  std::vector<std::string> placeholders = {};
  static constexpr std::array json_defaults{"except", "links_only", "names", "elsewhere", "placeholders"};
};
BOOST_DESCRIBE_STRUCT(CitationsWith, (), (documents, except, links_only, names, elsewhere, placeholders))

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

/// `%20` as a blank; what is no such escape stays.
std::string unescaped(std::string_view target) {
  std::string out;
  for (std::size_t i = 0; i < target.size(); ++i) {
    unsigned char byte = 0;
    const char* const begin = target.data() + i + 1;
    if (target[i] == '%' && i + 2 < target.size() && std::from_chars(begin, begin + 2, byte, 16).ptr == begin + 2) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += target[i];
    }
  }
  return out;
}

bool is_url(std::string_view target) {
  const std::size_t colon = target.find(':');
  return target.starts_with("//") ||
         (colon != std::string_view::npos && colon > 1 && target.find_first_of("/.#?") > colon);
}

class Paths {
 public:
  explicit Paths(const Tree& tree) {
    for (const File& file : tree.files) {
      all_.try_emplace(file.path, &file);
      names_.emplace(file.name(), &file);
      for (std::size_t slash = file.path.find('/'); slash != std::string::npos; slash = file.path.find('/', slash + 1))
        all_.try_emplace(std::string_view{file.path}.substr(0, slash), nullptr);
    }
  }

  bool has(const std::string& path) const {
    if (!path.contains('*')) return all_.contains(path);
    return std::ranges::any_of(all_, [&](const auto& each) { return matches(path, each.first); });
  }
  bool has_name(std::string_view name) const { return names_.contains(name); }

  /// Of that path, or else of that name.
  std::vector<const File*> files(const std::string& path) const {
    std::vector<const File*> out;
    if (const auto at = all_.find(path); at != all_.end()) {
      out.push_back(at->second);
    } else {
      for (auto [each, end] = names_.equal_range(path); each != end; ++each) out.push_back(each->second);
    }
    return out;
  }

 private:
  std::map<std::string_view, const File*> all_;  // folders have none
  std::multimap<std::string_view, const File*> names_;
};

/// Of a folder, and of what was not read, nobody knows.
bool is_shorter(const File* file, int lines) {
  if (file == nullptr || !file->was_read) return false;
  const bool has_rest = !file->text.empty() && !file->text.ends_with('\n');
  return std::ranges::count(file->text, '\n') + (has_rest ? 1 : 0) < lines;
}

/// `a/b.cpp:12-14` without what follows the path, and its last line; 0: none is named.
struct Cited {
  std::string_view path = {};
  int line = 0;
};

Cited cited_by(std::string_view text) {
  Cited out{.path = text.substr(0, text.find('#'))};
  const std::size_t colon = out.path.find(':');
  if (colon == std::string_view::npos || out.path.find_first_not_of("0123456789-", colon + 1) != std::string_view::npos)
    return out;
  const std::size_t last = out.path.find_last_of(":-") + 1;
  std::from_chars(out.path.data() + last, out.path.data() + out.path.size(), out.line);
  out.path = out.path.substr(0, colon);
  return out;
}

class Document {
 public:
  Document(const File& file, const CitationsWith& given, const Paths& paths, Findings& findings)
      : file_(file), given_(given), paths_(paths), findings_(findings) {
    folder_ = file.path.contains('/') ? file.path.substr(0, file.path.rfind('/')) : "";
  }

  void check() {
    const bool is_link_only = matches_any(given_.links_only, file_.path);
    for (const rules::Span& span : rules::spans_of(file_.text)) {
      if (span.is_link) {
        link(span);
      } else if (!is_link_only) {
        code(span);
      }
    }
  }

 private:
  void code(const rules::Span& span) {
    if (span.text.contains("://") || span.text.find_first_of(" \n<>$@()=…") != std::string::npos) return;
    const Cited cited = cited_by(span.text);
    for (const std::string& each : spelled_out(any_for_placeholders(cited.path))) {
      if (is_missing(each)) {
        say(span.line, each);
      } else {
        line_of(span.line, each, cited.line);
      }
    }
  }

  /// From the document's folder.
  void link(const rules::Span& span) {
    const std::string_view target = span.text;
    if (target.starts_with('/') || target.starts_with('#') || is_url(target)) return;
    const Cited cited = cited_by(target.substr(0, target.find('?')));
    const std::string path = unescaped(any_for_placeholders(cited.path));
    if (path.empty()) return;
    const auto from_here = plain(folder_ + "/" + path);
    const bool is_there = from_here && (from_here->empty() || is_there_or_elsewhere(*from_here));
    if (!is_there) return say(span.line, path);
    line_of(span.line, path, cited.line);
  }

  void say(int line, const std::string& cited) {
    if (!findings_.allows(file_.path, cited))
      findings_.add({file_.path, line}, file_.path + " cites " + cited, "cites " + cited + ", which is not there");
  }

  /// Of two files that may be meant, one has to have it.
  void line_of(int line, const std::string& cited, int cited_line) {
    std::vector<const File*> meant;
    for (const auto& path : {plain(cited), plain(folder_ + "/" + cited)})
      if (path) std::ranges::copy(paths_.files(*path), std::back_inserter(meant));
    const bool is_beyond =
        !meant.empty() && std::ranges::all_of(meant, [&](const File* each) { return is_shorter(each, cited_line); });
    if (is_beyond && !findings_.allows(file_.path, cited))
      findings_.add({file_.path, line}, file_.path + " cites " + cited + ":" + std::to_string(cited_line),
                    "cites line " + std::to_string(cited_line) + " of " + cited + ", which has fewer");
  }

  bool is_there_or_elsewhere(const std::string& path) const {
    return paths_.has(path) || matches_any(given_.elsewhere, path);
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
      if (each && is_there_or_elsewhere(*each)) return false;
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
  for (const File& file : tree.files) {
    if (!file.was_read || !is_named(given->documents, given->except, file.path)) continue;
    Document{file, *given, paths, findings}.check();
  }
  needs_any_file(tree, given->documents, "/with/documents", findings, given->except);
}

}  // namespace guard
