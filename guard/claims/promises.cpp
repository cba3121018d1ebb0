#include "guard/claims/promises.hpp"

#include <algorithm>
#include <optional>

namespace guard::claims {

using base::Error;
using base::Result;

namespace {

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

// `| a | b |` -> a, b. A bar between backticks or after a backslash is a character of its cell.
std::vector<std::string_view> cells_of(std::string_view line) {
  std::vector<std::string_view> cells;
  line.remove_prefix(1);
  bool is_code = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] == '\\') {
      ++i;
    } else if (line[i] == '`') {
      is_code = !is_code;
    } else if (line[i] == '|' && !is_code) {
      cells.push_back(trimmed(line.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  if (const auto last = trimmed(line.substr(std::min(begin, line.size()))); !last.empty()) cells.push_back(last);
  return cells;
}

// What stands between backticks.
std::vector<std::string_view> words_of(std::string_view cell) {
  std::vector<std::string_view> words;
  while (true) {
    const auto begin = cell.find('`');
    const auto end = begin == std::string_view::npos ? begin : cell.find('`', begin + 1);
    if (end == std::string_view::npos) return words;
    if (end > begin + 1) words.push_back(cell.substr(begin + 1, end - begin - 1));
    cell.remove_prefix(end + 1);
  }
}

class Reader {
 public:
  explicit Reader(std::string_view file) : file_(file) {}

  std::optional<Error> take(std::string_view line) {
    ++line_;
    line = trimmed(line);
    if (!line.starts_with('|')) {
      table_ = Table::none;
      return {};
    }
    const auto cells = cells_of(line);
    const std::string_view first = cells.empty() ? std::string_view{} : cells.front();
    switch (table_) {
      case Table::none:
        table_ = first == "id" ? Table::claims : first == "strength" ? Table::strengths : Table::other;
        return {};
      case Table::other:
        return {};
      case Table::claims:
        return is_ruler(first) ? std::nullopt : claim(cells);
      case Table::strengths:
        return is_ruler(first) ? std::nullopt : strength(cells);
    }
    return {};
  }

  Result<Promises> finish() {
    if (promises_.claims.empty()) return invalid(0, "there is no table of claims: its first column is called `id`");
    for (Strength& each : promises_.strengths)
      if (const auto error = resolve(each)) return *error;
    return std::move(promises_);
  }

 private:
  enum class Table : unsigned char { none, claims, strengths, other };

  static bool is_ruler(std::string_view cell) { return cell.find_first_not_of("-: ") == std::string_view::npos; }

  Error invalid(int line, const std::string& why) const {
    return {base::invalid, file_ + (line > 0 ? ":" + std::to_string(line) : std::string{}) + ": " + why};
  }

  std::optional<Error> claim(const std::vector<std::string_view>& cells) {
    const auto ids = words_of(cells.front());
    if (ids.empty()) return invalid(line_, "a line of the table of claims has no id between backticks");
    if (cells.size() < 2 || cells[1].empty()) return invalid(line_, "the claim says nothing");
    const std::string_view group = ids.front().substr(0, ids.front().find('.'));
    for (const std::string_view word : ids) {
      const std::string id = word.starts_with('.') ? std::string{group}.append(word) : std::string{word};
      if (promises_.find(id) != nullptr) return invalid(line_, "the claim `" + id + "` stands here twice");
      promises_.claims.push_back({.id = id,
                                  .text = std::string{cells[1]},
                                  .convincing = cells.size() > 2 ? std::string{cells[2]} : std::string{},
                                  .line = line_});
    }
    return {};
  }

  std::optional<Error> strength(const std::vector<std::string_view>& cells) {
    Strength strength{.name = std::string{cells.front()}, .claims = {}, .line = line_};
    for (const std::string_view word : words_of(cells.size() > 1 ? cells[1] : std::string_view{}))
      strength.claims.emplace_back(word);
    promises_.strengths.push_back(std::move(strength));
    return {};
  }

  std::optional<Error> resolve(Strength& strength) const {
    std::vector<std::string> ids;
    for (const std::string& pattern : strength.claims) {
      const auto before = ids.size();
      for (const Promise& each : promises_.claims)
        if (like(pattern, each.id)) ids.push_back(each.id);
      if (ids.size() == before)
        return invalid(strength.line, "the strength names `" + pattern + "`, which is no claim");
    }
    strength.claims = std::move(ids);
    return {};
  }

  std::string file_;
  Promises promises_;
  Table table_ = Table::none;
  int line_ = 0;
};

}  // namespace

const Promise* Promises::find(std::string_view id) const {
  const auto at = std::ranges::find(claims, id, &Promise::id);
  return at == claims.end() ? nullptr : &*at;
}

Result<Promises> parse_promises(std::string_view markdown, std::string_view file) {
  Reader reader{file};
  while (!markdown.empty()) {
    const auto end = std::min(markdown.find('\n'), markdown.size());
    if (auto error = reader.take(markdown.substr(0, end))) return *std::move(error);
    markdown.remove_prefix(std::min(end + 1, markdown.size()));
  }
  return reader.finish();
}

// The text between two stars stands at its first place: a later one could only leave less for what follows.
bool like(std::string_view pattern, std::string_view text) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return pattern == text;
  if (!text.starts_with(pattern.substr(0, star))) return false;
  text.remove_prefix(star);
  pattern.remove_prefix(star + 1);
  for (auto next = pattern.find('*'); next != std::string_view::npos; next = pattern.find('*')) {
    const auto at = text.find(pattern.substr(0, next));
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at + next);
    pattern.remove_prefix(next + 1);
  }
  return text.ends_with(pattern);
}

}  // namespace guard::claims
