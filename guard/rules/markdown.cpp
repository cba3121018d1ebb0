#include "guard/rules/markdown.hpp"

#include <algorithm>

namespace guard::rules {

namespace {

constexpr std::string_view blanks = " \t\n";

void blank_out(std::string& text, std::size_t begin, std::size_t size) {
  for (std::size_t i = begin; i < begin + size; ++i)
    if (text[i] != '\n') text[i] = ' ';
}

struct Fence {
  char sign = 0;  // none
  std::size_t size = 0;
};

/// Of a line that begins or ends a block: three or more ` or ~. What is said after an opening ` has none.
Fence fence_of(std::string_view line, bool is_end) {
  line.remove_prefix(std::min(line.find_first_not_of(blanks), line.size()));
  if (!line.starts_with("```") && !line.starts_with("~~~")) return {};
  const char sign = line.front();
  const std::size_t size = std::min(line.find_first_not_of(sign), line.size());
  const std::string_view rest = line.substr(size);
  const bool is_fence =
      is_end ? rest.find_first_not_of(" \t\r") == std::string_view::npos : sign == '~' || !rest.contains('`');
  return is_fence ? Fence{sign, size} : Fence{};
}

/// A list's item, a heading, a row of a table: no code span or link goes on into it.
bool begins_block(std::string_view line) {
  line.remove_prefix(std::min(line.find_first_not_of(" \t>"), line.size()));
  const std::size_t digits = std::min(line.find_first_not_of("0123456789"), line.size());
  if (digits > 0 && line.substr(digits).starts_with(". ")) return true;
  return line.empty() || line == "\r" || std::string_view{"#|-*+"}.contains(line.front());
}

/// Code spans and links of one paragraph.
class Paragraph {
 public:
  Paragraph(std::string_view text, int line, std::vector<Span>& out) : text_(text), line_(line), out_(out) {}

  void read() {
    for (std::size_t i = 0; i < text_.size();) {
      const bool begins_line = i == 0 || text_[i - 1] == '\n';
      if (begins_line) definition(i);
      if (text_[i] == '\\') {
        i += 2;
      } else if (text_[i] == '`') {
        i = code(i);
      } else if (text_.substr(i).starts_with("](")) {
        i = link(i + 2);
      } else if (text_[i] == '<') {
        i = tag(i);
      } else {
        ++i;
      }
    }
  }

 private:
  void add(std::size_t begin, std::size_t end, bool is_link) {
    const int line = line_ + static_cast<int>(std::ranges::count(text_.substr(0, begin), '\n'));
    out_.push_back({std::string{text_.substr(begin, end - begin)}, line, is_link});
  }

  std::size_t past_blanks(std::size_t at) const { return std::min(text_.find_first_not_of(blanks, at), text_.size()); }

  /// To after its end; of ticks without an end, after them.
  std::size_t code(std::size_t at) {
    const auto end_of_ticks = [&](std::size_t from) {
      return std::min(text_.find_first_not_of('`', from), text_.size());
    };
    const std::size_t begin = end_of_ticks(at), ticks = begin - at;
    for (std::size_t end = text_.find('`', begin); end != std::string_view::npos; end = text_.find('`', end)) {
      const std::size_t after = end_of_ticks(end);
      if (after - end == ticks) {
        add(begin, end, false);
        return after;
      }
      end = after;
    }
    return begin;
  }

  struct Target {
    std::size_t begin, end, after;
  };

  /// `path`, `<path>`, `a(b)`.
  Target target(std::size_t at) const {
    at = past_blanks(at);
    if (at < text_.size() && text_[at] == '<') {
      const std::size_t end = std::min(text_.find_first_of(">\n", at), text_.size());
      return {at + 1, end, std::min(end + 1, text_.size())};
    }
    int depth = 0;
    std::size_t end = at;
    for (; end < text_.size() && !std::string_view{" \t\r\n"}.contains(text_[end]); ++end) {
      if (text_[end] == '(') ++depth;
      if (text_[end] == ')' && depth-- == 0) break;
    }
    return {at, end, end};
  }

  /// `path "title")`; else no link: `a[0](b c)`.
  std::size_t link(std::size_t at) {
    const Target to = target(at);
    const std::size_t next = past_blanks(to.after);
    const bool is_link = next < text_.size() && std::string_view{")\"'("}.contains(text_[next]);
    if (!is_link) return at;
    add(to.begin, to.end, true);
    return to.after;
  }

  /// `[name]: path "title"`, and no footnote.
  void definition(std::size_t at) {
    const std::size_t open = std::min(text_.find_first_not_of(' ', at), text_.size());
    const std::size_t line_end = std::min(text_.find('\n', at), text_.size());
    const std::size_t close = text_.find("]:", open);
    if (close >= line_end || text_[open] != '[' || text_.substr(open).starts_with("[^")) return;
    const Target to = target(close + 2);
    const std::string_view rest = text_.substr(to.after, std::max(to.after, line_end) - to.after);
    const std::size_t next = rest.find_first_not_of(" \t\r");
    if (next == std::string_view::npos || std::string_view{"\"'("}.contains(rest[next])) add(to.begin, to.end, true);
  }

  /// `<a href="path">`, `<img src='path'>`; to after its `<`, for code may stand in what only looks like one.
  std::size_t tag(std::size_t at) {
    const std::string_view all = text_.substr(at, std::min(text_.find('>', at), text_.size()) - at);
    const bool is_known =
        all.starts_with("<a ") || all.starts_with("<img ") || all.starts_with("<a\n") || all.starts_with("<img\n");
    if (!is_known) return at + 1;
    for (const std::string_view name : {"href=", "src="}) {
      const std::size_t begin = all.find(name);
      if (begin == std::string_view::npos || begin + name.size() >= all.size()) continue;
      const std::size_t quote = begin + name.size();
      const std::size_t end = all.find(all[quote], quote + 1);
      if ((all[quote] == '"' || all[quote] == '\'') && end != std::string_view::npos)
        add(at + quote + 1, at + end, true);
    }
    return at + all.size();
  }

  std::string_view text_;
  int line_;
  std::vector<Span>& out_;
};

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
  const std::string text = without_fences(markdown);
  std::vector<Span> out;
  std::size_t begin = 0;
  int begin_line = 1;
  const auto paragraph_to = [&](std::size_t end) {
    Paragraph{std::string_view{text}.substr(begin, end - begin), begin_line, out}.read();
  };
  each_line(text, [&](std::string_view line, int number) {
    if (!begins_block(line)) return;
    const auto at = static_cast<std::size_t>(line.data() - text.data());
    paragraph_to(at);
    begin = at;
    begin_line = number;
  });
  paragraph_to(text.size());
  return out;
}

std::string without_fences(std::string_view markdown) {
  std::string out{markdown};
  Fence open;
  each_line(markdown, [&](std::string_view line, int) {
    const Fence fence = fence_of(line, open.sign != 0);
    const bool is_end = open.sign != 0 && fence.sign == open.sign && fence.size >= open.size;
    if (open.sign != 0 || fence.sign != 0)
      blank_out(out, static_cast<std::size_t>(line.data() - markdown.data()), line.size());
    if (is_end) {
      open = {};
    } else if (open.sign == 0) {
      open = fence;
    }
  });
  return out;
}

std::string without_comments(std::string_view markdown) {
  std::string out{markdown};
  for (std::size_t begin = out.find("<!--"); begin != std::string::npos; begin = out.find("<!--", begin)) {
    const std::size_t end = out.find("-->", begin + 4);
    if (end == std::string::npos) break;  // what does not end is none
    blank_out(out, begin, end + 3 - begin);
  }
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
