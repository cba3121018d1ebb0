// What headers call always true is held: each sentence has its line on one page, below its header's name, and what the
// line names exists: a test (`Suite.Name`, then `.Name` of the same suite, `*` for any text) that runs and can fail, a
// word `in` a file, a case of a file (`SCRIPT: CASE`, in backticks), a fuzz program, `the type X`, `structure:` with an
// `X::y`. A line that names nothing of these is held by nobody; nor does the header hold what it says itself.
//
// How sentences are read stands in always_true.hpp. A line that begins with the marker, and no sentence is read: said.
//
//   with: {page: doc/invariants.md, headers: ["*.hpp"], marker: Always true, unheld: "**nothing yet**"}
//   allow: {from: header, to: sentence}
#include <algorithm>
#include <map>
#include <set>

#include "guard/model/glob.hpp"
#include "guard/rules/always_true.hpp"
#include "guard/rules/known_names.hpp"
#include "guard/rules/markdown.hpp"
#include "guard/rules/rules.hpp"
#include "guard/source/cpp.hpp"
#include "shared/base/ascii.hpp"

namespace guard {

namespace {

struct InvariantsWith {
  std::string page;
  std::vector<std::string> headers;
  std::string marker = "Always true";
  std::string unheld = "**nothing yet**";
  static constexpr std::array json_defaults{"marker", "unheld"};
};
BOOST_DESCRIBE_STRUCT(InvariantsWith, (), (page, headers, marker, unheld))

using rules::Sentence;

constexpr std::ptrdiff_t fixed_min = 8;  // letters of a text that are no `*`: fewer stand nearly anywhere

/// A line of the page.
struct Row {
  Place place;
  std::string header;
  std::string subject;
  std::string suite = {};  // of the test named last
};

/// Outside of code spans, what stands in brackets is a note.
std::string without_notes(std::string_view text) {
  std::string out;
  int depth = 0;
  bool in_code = false;
  for (const char c : text) {
    if (c == '`') in_code = !in_code;
    if (!in_code && c == '(') ++depth;
    if (depth == 0) out += c;
    if (!in_code && c == ')' && depth > 0) --depth;
  }
  return out;
}

/// At each `,` and `;` that stands in no code span.
std::vector<std::string> parted(std::string_view text) {
  std::vector<std::string> out;
  std::string part;
  bool in_code = false;
  const auto end = [&] {
    if (std::string each = rules::tidy(part); !each.empty()) out.push_back(std::move(each));
    part.clear();
  };
  for (const char c : text) {
    if (c == '`') in_code = !in_code;
    if (!in_code && (c == ',' || c == ';')) {
      end();
    } else {
      part += c;
    }
  }
  end();
  return out;
}

/// `Tx` of `db::Tx: only a store makes one`.
std::string type_of(std::string_view text) {
  text = text.substr(0, text.find(": "));
  if (const std::size_t colons = text.rfind("::"); colons != std::string_view::npos) text.remove_prefix(colons + 2);
  return rules::tidy(text);
}

bool is_test_name(std::string_view text) {
  const std::size_t dot = text.find('.');
  const auto is_name = [](std::string_view part, bool may_be_empty) {
    return (may_be_empty || !part.empty()) && std::ranges::all_of(part, [](char c) {
             return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '*';
           });
  };
  return dot != std::string_view::npos && is_name(text.substr(0, dot), true) && is_name(text.substr(dot + 1), false);
}

class Page {
 public:
  Page(const Tree& tree, const File& page, const InvariantsWith& given, Findings& findings)
      : tree_(tree), page_(page), given_(given), findings_(findings), known_(tree) {}

  void check() {
    std::map<std::string, std::vector<Sentence>> of_headers;
    for (const File& file : tree_.files)
      if (file.was_read && file.is_cpp() && matches_any(given_.headers, file.path)) read(file, of_headers);
    for (const rules::Section& section : rules::sections_of(page_.text)) {
      std::string header = section.title;
      std::erase(header, '`');
      const auto sentences = of_headers.find(header);
      for (const rules::TableRow& row : section.rows)
        if (row.cells.size() >= 2) check(row, header, sentences == of_headers.end() ? nullptr : &sentences->second);
    }
    for (const auto& [header, sentences] : of_headers)
      for (const Sentence& each : sentences)
        if (!each.has_row && !findings_.allows(header, each.text))
          findings_.add({header, each.line}, header + ": " + each.text,
                        "is called always true, and has no line in " + page_.path);
  }

 private:
  void read(const File& file, std::map<std::string, std::vector<Sentence>>& of_headers) {
    auto said = rules::always_true(file.lexed(), given_.marker);
    for (const int line : said.unread)
      if (!findings_.allows(file.path, given_.marker))
        findings_.add({file.path, line}, file.path + ": " + given_.marker,
                      "begins with `" + given_.marker + "`, and no sentence can be read: write `" + given_.marker +
                          ": …`, or a list below it");
    if (!said.sentences.empty()) of_headers.emplace(file.path, std::move(said.sentences));
  }

  void check(const rules::TableRow& row, const std::string& header, std::vector<Sentence>* sentences) {
    const std::string text = rules::ended(row.cells[0]);
    const std::string subject = header + ": " + text;
    const Place place{page_.path, row.line};
    auto none = std::vector<Sentence>{};
    auto& all = sentences == nullptr ? none : *sentences;
    const auto said = std::ranges::find(all, text, &Sentence::text);
    if (said == all.end()) return findings_.add(place, subject, header + " does not say that");
    said->has_row = true;
    if (row.cells[1].contains(given_.unheld)) {
      if (!findings_.allows(header, text)) findings_.add(place, subject, "is held by nothing yet");
      return;
    }
    bool is_held = false;
    Row here{.place = place, .header = header, .subject = subject};
    for (const std::string& each : parted(without_notes(row.cells[1]))) is_held = holds(each, here) || is_held;
    if (!is_held) findings_.add(place, subject, "names no test, trigger or constraint");
  }

  /// Whether it is a name of the kinds above; one that is not there is said.
  bool holds(const std::string& named, Row& row) {
    if (is_test_name(named)) {
      const std::string test = named.starts_with('.') ? row.suite + named : named;
      row.suite = test.substr(0, test.find('.'));
      if (const std::string why = known_.why_not(test); !why.empty())
        findings_.add(row.place, row.subject + " | " + test, "names the test " + test + ", which " + why);
      return true;
    }
    if (named.starts_with("the type ")) return has(known_.types, type_of(named.substr(9)), "type", row);
    if (named.starts_with("structure: ")) return structure(named, row);
    if (const std::size_t colon = named.find(": ");
        colon != std::string::npos && named.starts_with('`') && named.substr(0, colon).contains('/')) {
      in_file(named.substr(colon + 2), named.substr(0, colon), row);
      return true;
    }
    if (named.ends_with("_fuzz") && !named.contains(' ')) return has(known_.fuzzers, named, "fuzz program", row);
    if (const std::size_t in = named.rfind(" in "); in != std::string::npos &&
                                                    named.find('/', in) != std::string::npos &&
                                                    named.find(' ', in + 4) == std::string::npos) {
      in_file(named.substr(0, in), named.substr(in + 4), row);
      return true;
    }
    return false;
  }

  bool has(const std::set<std::string>& names, const std::string& name, std::string_view kind, const Row& row) {
    if (!names.contains(name))
      findings_.add(row.place, row.subject + " | " + name,
                    "names the " + std::string{kind} + " " + name + ", which is not there");
    return true;
  }

  /// What no test can break, because code has no other way: the types that it names are there.
  bool structure(std::string_view text, const Row& row) {
    bool names_one = false;
    const source::Lexed lexed = source::lex(text);
    for (std::size_t i = 0; i + 1 < lexed.tokens.size(); ++i) {
      const std::string_view word = lexed.tokens[i].text;
      if (lexed.tokens[i + 1].text != "::" || word.front() < 'A' || word.front() > 'Z') continue;
      names_one = has(known_.types, std::string{word}, "type", row);
    }
    return names_one;
  }

  /// `@append_only`, unique index, a script's case: its words stand in the file, in whatever case; `*` is any text.
  void in_file(std::string what, std::string path, const Row& row) {
    std::erase(path, '`');
    std::erase(what, '`');
    if (std::ranges::count_if(what, [](char c) { return c != '*' && c != ' '; }) < fixed_min)
      return findings_.add(row.place, row.subject + " | " + what, "names `" + what + "`, which stands nearly anywhere");
    if (path == row.header || path == page_.path)
      return findings_.add(row.place, row.subject + " | " + path,
                           "names " + path + ", which says it and holds nothing");
    const File* file = tree_.file(path);
    if (file == nullptr || !file->was_read)
      return findings_.add(row.place, row.subject + " | " + path, "names " + path + ", which is not there");
    std::string_view rest = file->text;
    for (std::string_view left = what; !left.empty();) {
      const std::size_t star = std::min(left.find('*'), left.size());
      const auto found = std::ranges::search(rest, left.substr(0, star),
                                             [](char a, char b) { return base::is_equal_but_for_case(a, b); });
      if (found.empty() && star > 0)
        return findings_.add(row.place, row.subject + " | " + what, path + " has no " + what);
      rest.remove_prefix(static_cast<std::size_t>(found.end() - rest.begin()));
      left.remove_prefix(std::min(star + 1, left.size()));
    }
  }

  const Tree& tree_;
  const File& page_;
  const InvariantsWith& given_;
  Findings& findings_;
  rules::KnownNames known_;
};

}  // namespace

void rules::invariants(const Tree& tree, const Rule& rule, Findings& findings) {
  const auto given = with<InvariantsWith>(findings.rules(), rule);
  if (!given) return findings.cannot({findings.rules().path}, given.error().detail);
  const File* page = tree.file(given->page);
  if (page == nullptr || !page->was_read)
    return findings.cannot(findings.rules().place_of(rule, "/with/page"), "there is no " + given->page);
  needs_any_file(tree, given->headers, "/with/headers", findings);
  Page{tree, *page, *given, findings}.check();
}

}  // namespace guard
