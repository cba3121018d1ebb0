// Words that a layer must not know: whole words of identifiers, of SQL, of routes and of file names. `gpu` is one of
// `gpu_count`, `GpuSlots`, `GPUs` and `gpu0`, none of `pug`; `tokenfactory` is one of `token_factory` too. Comments and
// other texts may say what they like.
//
//   with:
//     migrations: ["**/schema/*.sql"]
//     sets:
//       - {name: products, in: ["platform/**"], except: [], words: [gpu, cuda]}
//   allow: {from: file, to: word}
#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "guard/model/glob.hpp"
#include "guard/rules/rules.hpp"
#include "guard/rules/tables.hpp"
#include "guard/source/cpp.hpp"
#include "guard/source/literals.hpp"
#include "guard/source/sql.hpp"
#include "shared/base/ascii.hpp"

namespace guard {

namespace {

struct WordSet {
  std::string name;
  std::vector<std::string> in;
  std::vector<std::string> except = {};
  std::vector<std::string> words;
  static constexpr std::array json_defaults{"except"};
};
BOOST_DESCRIBE_STRUCT(WordSet, (), (name, in, except, words))

struct WordsWith {
  std::vector<std::string> migrations = {};
  std::vector<WordSet> sets;
  static constexpr std::array json_defaults{"migrations"};
};
BOOST_DESCRIBE_STRUCT(WordsWith, (), (migrations, sets))

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// As `Search` finds one: another never stands in a file.
bool is_word(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return (is_letter(c) && !is_upper(c)) || is_digit(c); });
}

/// The words of one file that a set forbids.
class Search {
 public:
  Search(const WordSet& set, const File& file, Findings& findings) : set_(set), file_(file), findings_(findings) {
    for (const std::string& each : set.words) words_.insert(each);
  }

  /// Each word of an identifier or path: `HTTPServer_max2` has `http`, `server`, `max2`.
  void look(std::string_view text, int line) {
    std::string word;
    before_.clear();
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      const bool follows_lower = i > 0 && !is_upper(text[i - 1]);
      if (is_upper(c) && !word.empty() && (follows_lower || begins_capitalised(text.substr(i)))) end(word, line);
      if (is_letter(c) || is_digit(c)) {
        word += base::lower(c);
      } else {
        end(word, line);
        if (c != '_' && c != '-') before_.clear();
      }
    }
    end(word, line);
  }

 private:
  /// `Us` of `GPUsed`, and not of `GPUs`, a plural.
  static bool begins_capitalised(std::string_view text) {
    const auto is_lower_at = [text](std::size_t i) {
      return i < text.size() && is_letter(text[i]) && !is_upper(text[i]);
    };
    return is_lower_at(1) && (text[1] != 's' || is_lower_at(2));
  }

  /// A word, its plural, or either with a number behind it.
  const std::string* known(std::string word) const {
    for (int step = 0; step < 3; ++step) {
      if (const auto at = words_.find(word); at != words_.end()) return &*at;
      if (step == 0) {
        while (!word.empty() && is_digit(word.back())) word.pop_back();
      } else if (step == 1 && word.ends_with('s')) {
        word.pop_back();
      }
    }
    return nullptr;
  }

  void end(std::string& word, int line) {
    if (word.empty()) return;
    const std::string whole = std::exchange(word, {});
    const std::string before = std::exchange(before_, whole);
    const std::string* found = known(whole);
    const bool may_join = before.size() >= part_min && whole.size() >= part_min;
    if (found == nullptr && may_join) found = known(before + whole);
    if (found == nullptr || !said_.insert(*found).second || findings_.allows(file_.path, *found)) return;
    findings_.add({file_.path, line}, file_.path + " knows " + *found,
                  "knows the word `" + *found + "`, one of the " + set_.name + " words");
  }

  static constexpr std::size_t part_min = 3;  // of a word written as two: `token_factory`, and not `g_pu`

  const WordSet& set_;
  const File& file_;
  Findings& findings_;
  std::set<std::string> words_;
  std::set<std::string> said_;  // once a file is enough
  std::string before_;          // the word before, of the same name
};

void look_at_sql(const rules::SqlText& text, Search& search) {
  for (const source::SqlToken& each : text.sql.tokens)
    if (each.is_name() || each.kind == source::SqlKind::text || each.kind == source::SqlKind::parameter)
      search.look(each.text, text.place(each.offset).line);
}

bool is_route(std::string_view text) {
  static constexpr std::array<std::string_view, 6> methods{"GET ", "HEAD ", "POST ", "PUT ", "PATCH ", "DELETE "};
  for (const std::string_view each : methods)
    if (text.starts_with(each)) text.remove_prefix(each.size());
  return text.starts_with('/') && text.find_first_of(" \n") == std::string_view::npos;
}

void look_at_code(const source::Lexed& lexed, Search& search) {
  for (const source::Token& each : lexed.tokens)
    if (each.kind == source::TokenKind::word) search.look(each.text, each.line);
  for (const source::IncludeLine& each : lexed.includes) search.look(each.written, each.line);
  for (const source::Literal& each : source::literals(lexed))
    if (is_route(each.text)) search.look(each.text, each.line_at(0));
}

/// The SQL of the sets. What is not understood is said, and its words as far as they are.
std::vector<rules::SqlText> sql_of_sets(const Tree& tree, const WordsWith& given, Findings& findings) {
  rules::SqlPlaces places{.migrations = given.migrations, .code = {}};
  for (const WordSet& each : given.sets) places.code.insert(places.code.end(), each.in.begin(), each.in.end());
  auto texts = rules::sql_of(tree, places);
  const auto names = [&](const WordSet& set, const File& file) { return is_named(set.in, set.except, file.path); };
  for (const rules::SqlText& text : texts)
    if (text.trouble && std::ranges::any_of(given.sets, [&](const WordSet& each) { return names(each, *text.file); }))
      findings.cannot(text.trouble->place, text.trouble->what);
  return texts;
}

}  // namespace

void rules::words(const Tree& tree, const Rule& rule, Findings& findings) {
  const auto given = with<WordsWith>(findings.rules(), rule);
  if (!given) return findings.cannot({findings.rules().path}, given.error().detail);
  const std::vector<SqlText> texts = sql_of_sets(tree, *given, findings);
  for (const File& file : tree.files)
    for (const WordSet& set : given->sets) {
      if (!is_named(set.in, set.except, file.path)) continue;
      Search search{set, file, findings};
      search.look(file.path, 0);
      if (file.was_read && file.is_cpp()) look_at_code(file.lexed(), search);
      for (const SqlText& each : std::ranges::equal_range(texts, &file, {}, &SqlText::file)) look_at_sql(each, search);
    }
  for (std::size_t i = 0; i < given->sets.size(); ++i) {
    const std::string at = "/with/sets/" + std::to_string(i);
    needs_files(tree, given->sets[i].in, at + "/in", findings);
    const std::vector<std::string>& words = given->sets[i].words;
    if (words.empty() || !std::ranges::all_of(words, is_word))
      findings.cannot(findings.rules().place_of(rule, at + "/words"), "words are lower-case letters and digits");
  }
}

}  // namespace guard
