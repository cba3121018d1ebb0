#include "guard/rules/markdown.hpp"

#include <algorithm>

namespace guard::rules {

namespace {

bool is_fence(std::string_view line) {
  while (line.starts_with(' ')) line.remove_prefix(1);
  return line.starts_with("```") || line.starts_with("~~~");
}

void look_at(std::string_view line, int number, std::vector<Span>& out) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '`') {
      const std::size_t ticks = std::min(line.find_first_not_of('`', i), line.size()) - i;
      const std::size_t close = line.find(std::string(ticks, '`'), i + ticks);
      if (close == std::string_view::npos) return;
      out.push_back({line.substr(i + ticks, close - i - ticks), number});
      i = close + ticks - 1;
    } else if (line.substr(i).starts_with("](")) {
      const std::size_t close = line.find(')', i);
      if (close == std::string_view::npos) return;
      std::string_view target = line.substr(i + 2, close - i - 2);
      target = target.substr(0, target.find(' '));  // what follows is a title
      out.push_back({target, number});
      i = close;
    }
  }
}

/// `| a | b \| c |` as its cells; a `|` in a code span parts them too, as it does on most pages.
std::vector<std::string> cells_of(std::string_view line) {
  std::vector<std::string> cells;
  std::string cell;
  for (std::size_t i = 1; i < line.size(); ++i) {
    if (line[i] == '\\' && i + 1 < line.size() && line[i + 1] == '|') {
      cell += line[++i];
    } else if (line[i] == '|') {
      cells.push_back(tidy(cell));
      cell.clear();
    } else {
      cell += line[i];
    }
  }
  return cells;
}

bool is_rule(std::string_view line) { return line.find_first_not_of("|-: ") == std::string_view::npos; }

}  // namespace

std::vector<Span> spans_of(std::string_view markdown) {
  std::vector<Span> out;
  bool in_fence = false;
  each_line(markdown, [&](std::string_view line, int number) {
    if (is_fence(line)) {
      in_fence = !in_fence;
    } else if (!in_fence) {
      look_at(line, number, out);
    }
  });
  return out;
}

std::vector<Section> sections_of(std::string_view markdown) {
  std::vector<Section> out;
  bool in_table = false;
  each_line(markdown, [&](std::string_view line, int number) {
    if (line.starts_with('#')) {
      out.push_back({.title = tidy(line.substr(std::min(line.find_first_not_of('#'), line.size()))), .line = number});
    } else if (line.starts_with('|') && is_rule(line)) {
      in_table = true;  // what stood before it is the head
    } else if (line.starts_with('|') && in_table && !out.empty()) {
      out.back().rows.push_back({cells_of(line), number});
    } else if (!line.starts_with('|')) {
      in_table = false;
    }
  });
  return out;
}

std::string tidy(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!is_blank) out += c;
    if (is_blank && !out.empty() && out.back() != ' ') out += ' ';
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

}  // namespace guard::rules
