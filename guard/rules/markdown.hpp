// Markdown, as far as papers are checked: its lines, code spans, links and tables. Inner to guard/rules.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace guard::rules {

struct Span {
  std::string text;  // of a code span, or where a link goes
  int line = 0;
  bool is_link = false;
};

/// Code spans (`…`, ``…``) and the targets of links and pictures, also `[name]: target`, `<a href>` and `<img src>`;
/// what stands in a fenced block is no part of it.
std::vector<Span> spans_of(std::string_view markdown);

/// As long as it was, with blanks for what stands in fenced blocks, or in `<!-- … -->`.
std::string without_fences(std::string_view markdown);
std::string without_comments(std::string_view markdown);

struct TableRow {
  std::vector<std::string> cells;
  int line = 0;
};

/// A heading, and the rows of the tables below it, without their heads.
struct Section {
  std::string title;  // without its `#`s
  int line = 0;
  std::vector<TableRow> rows = {};
};
std::vector<Section> sections_of(std::string_view markdown);

/// Each line, with its number from 1.
template <class Take>
void each_line(std::string_view text, Take take) {
  for (int number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    take(text.substr(0, end), number);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

/// Blanks at both ends gone, and each run of blanks one.
std::string tidy(std::string_view text);

}  // namespace guard::rules
