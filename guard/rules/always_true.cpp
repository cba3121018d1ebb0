#include "guard/rules/always_true.hpp"

#include <algorithm>
#include <optional>

#include "guard/rules/markdown.hpp"
#include "shared/base/ascii.hpp"

namespace guard::rules {

namespace {

constexpr std::string_view emphasis = "*_`";

struct Line {
  std::string_view text;  // with what it is indented by
  int number = 0;
};

std::string_view without_leading(std::string_view text, std::string_view signs) {
  text.remove_prefix(std::min(text.find_first_not_of(signs), text.size()));
  return text;
}

/// Of a block in which each further line has its `*`, without them; of any comment, without what follows `//` or `/*`
/// at once.
void add_lines(const source::Comment& comment, std::vector<Line>& out) {
  std::vector<Line> lines;
  each_line(comment.text,
            [&](std::string_view text, int number) { lines.push_back({text, comment.line + number - 1}); });
  if (lines.empty()) lines.push_back({{}, comment.line});
  lines.front().text = without_leading(lines.front().text, "/!*<");
  const bool is_starred = std::all_of(lines.begin() + 1, lines.end(), [](const Line& each) {
    const std::string_view text = without_leading(each.text, " \t\r");
    return text.empty() || text.starts_with('*');
  });
  for (std::size_t i = 1; is_starred && i < lines.size(); ++i)
    lines[i].text = without_leading(without_leading(lines[i].text, " \t\r"), "*");
  out.insert(out.end(), lines.begin(), lines.end());
}

struct Item {
  char sign;  // `1`: of a numbered list
  std::string_view text;
};

std::optional<Item> item_of(std::string_view text) {
  const std::string_view unnumbered = without_leading(text, "0123456789");
  if (unnumbered.size() < text.size() && (unnumbered.starts_with(". ") || unnumbered.starts_with(") ")))
    return Item{'1', unnumbered.substr(2)};
  if (text.starts_with("- ") || text.starts_with("* ") || text.starts_with("+ ")) return Item{text[0], text.substr(2)};
  return {};
}

bool is_letter(char c) { return base::lower(c) >= 'a' && base::lower(c) <= 'z'; }

/// What follows the marker at the head of a line.
struct Marked {
  bool has_colon = false;  // or a dash
  std::string_view rest = {};
};

std::optional<Marked> marked(std::string_view text, std::string_view marker) {
  text = without_leading(text, "*_`#@\\ ");
  if (!base::is_equal_but_for_case(text.substr(0, marker.size()), marker)) return {};
  text.remove_prefix(marker.size());
  if (!text.empty() && is_letter(text[0])) return {};
  text = without_leading(without_leading(text, emphasis), " ");
  for (const std::string_view colon : {":", "- ", "– ", "— "})
    if (text.starts_with(colon))
      return Marked{true, without_leading(without_leading(text.substr(colon.size()), emphasis), " ")};
  return Marked{false, text};
}

class Reader {
 public:
  explicit Reader(std::string_view marker) : marker_(marker) {}

  void line(const Line& line) {
    const std::string text = tidy(line.text);
    if (line.number != next_line_) {
      close();
      before_.clear();
    }
    next_line_ = line.number + 1;
    if (const auto head = begins_sentence(text) ? marked(text, marker_) : std::nullopt) {
      open(*head, line.number);
    } else if (text.empty()) {
      if (where_ != Where::opened) close();
    } else {
      within(line, text);
    }
    before_ = text;
  }

  AlwaysTrue finish() {
    close();
    for (Sentence& each : out_.sentences) each.text = ended(std::move(each.text));
    return std::move(out_);
  }

 private:
  enum class Where : unsigned char { outside, opened, list, text };

  /// A line that goes on with the one before may say "always true" in the middle of its sentence.
  bool begins_sentence(std::string_view text) const {
    if (before_.empty() || std::string_view{".:;!?"}.contains(before_.back())) return true;
    text = without_leading(text, "*_`#@\\ ");
    return !text.empty() && text[0] == marker_[0];
  }

  void open(const Marked& head, int number) {
    close();
    where_ = Where::opened;
    opened_ = number;
    has_colon_ = head.has_colon;
    if (has_colon_ && !head.rest.empty()) add(Where::text, head.rest, number);
  }

  void within(const Line& line, std::string_view text) {
    const auto item = item_of(text);
    if (where_ == Where::opened && item) {
      sign_ = item->sign;
      add(Where::list, item->text, line.number);
    } else if (where_ == Where::opened && has_colon_) {
      add(Where::text, text, line.number);
    } else if (where_ == Where::list && item && item->sign == sign_) {
      add(Where::list, item->text, line.number);
    } else if (where_ == Where::opened || (where_ == Where::list && !line.text.starts_with("  "))) {
      close();
    } else if (where_ != Where::outside) {
      out_.sentences.back().text += " " + std::string{text};
    }
  }

  void add(Where where, std::string_view text, int number) {
    where_ = where;
    out_.sentences.push_back({std::string{text}, number});
  }

  void close() {
    if (where_ == Where::opened) out_.unread.push_back(opened_);
    where_ = Where::outside;
  }

  std::string_view marker_;
  AlwaysTrue out_;
  Where where_ = Where::outside;
  std::string before_;  // the line before, in the same comment
  int next_line_ = 0;
  int opened_ = 0;
  bool has_colon_ = false;
  char sign_ = '-';
};

}  // namespace

std::string ended(std::string text) {
  while (text.ends_with(';') || text.ends_with('.') || text.ends_with(' ')) text.pop_back();
  return text;
}

AlwaysTrue always_true(const source::Lexed& lexed, std::string_view marker) {
  std::vector<Line> lines;
  for (const source::Comment& comment : lexed.comments) add_lines(comment, lines);
  Reader reader{marker};
  for (const Line& each : lines) reader.line(each);
  return reader.finish();
}

}  // namespace guard::rules
