#include "guard/claims/contract.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "guard/claims/promises.hpp"
#include "shared/json/document.hpp"
#include "shared/json/pointer.hpp"

namespace guard::claims {

using base::Error;
using base::Result;
using json::Document;

namespace {

Error invalid(std::string why) { return {base::invalid, std::move(why)}; }

std::vector<std::string> tokens_of(std::string_view pointer) {
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/')
      tokens.emplace_back();
    else if (pointer[i] == '~' && i + 1 < pointer.size())
      tokens.back() += pointer[++i] == '1' ? '/' : '~';
    else
      tokens.back() += pointer[i];
  }
  return tokens;
}

class Facts {
 public:
  explicit Facts(const std::optional<std::string>& is) : is_(is) {}

  Result<std::size_t> count(const Document& value, std::span<const std::string> left, const std::string& here) {
    if (left.empty()) {
      const std::string text = value.kind() == Document::Kind::text ? value.as_text() : value.dump();
      const bool is_empty = text.empty() || text == "[]" || text == "{}" || value.kind() == Document::Kind::null;
      if (!is_ && is_empty) return invalid(here + " is empty");
      if (is_ && text != *is_) return invalid(here + " is `" + text + "`, not `" + *is_ + "`");
      return 1;
    }
    const auto rest = left.subspan(1);
    const bool is_list = value.kind() == Document::Kind::list;
    if (left.front() == "*") {
      std::size_t found = 0;
      for (std::size_t i = 0; i < value.size(); ++i) {
        const auto below =
            count(value.items()[i], rest, here + "/" + (is_list ? std::to_string(i) : json::escaped(value.keys()[i])));
        if (!below) return below.error();
        found += *below;
      }
      return found;
    }
    const std::string next = here + "/" + json::escaped(left.front());
    if (is_list) {
      std::size_t item = 0;
      const auto read = std::from_chars(left.front().data(), left.front().data() + left.front().size(), item);
      if (read.ec != std::errc{} || item >= value.size()) return invalid("there is no " + next);
      return count(value.items()[item], rest, next);
    }
    if (!value.has(left.front())) return invalid("there is no " + next);
    return count(value[left.front()], rest, next);
  }

 private:
  const std::optional<std::string>& is_;
};

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size()) return {};
  if (!std::isfinite(value)) return {};  // `inf` and `nan` are read as well
  return value;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    if (text.empty()) return words;
    words.push_back(text.substr(0, text.find(' ')));
    text.remove_prefix(words.back().size());
  }
}

std::optional<bool> compares(double left, std::string_view how, double right) {
  if (how == "<") return left < right;
  if (how == "<=") return left <= right;
  if (how == ">") return left > right;
  if (how == ">=") return left >= right;
  if (how == "==") return left == right;
  return {};
}

struct Condition {
  std::string_view member;
  std::string_view how;
  double wanted;
};

// Figures are measures, at times ratios and balances: beyond this none is.
constexpr double figure_max = 1e15;

bool is_always_met(const Condition& condition) {
  if (condition.how.starts_with('>')) return condition.how == ">=" ? condition.wanted <= 0 : condition.wanted < 0;
  return condition.how.starts_with('<') && condition.wanted >= figure_max;
}

Result<Condition> condition_of(std::string_view text) {
  const auto words = words_of(text);
  const auto wanted = words.size() == 3 ? number(words[2]) : std::nullopt;
  if (!wanted || !compares(0, words[1], *wanted))
    return invalid("`" + std::string{text} + "` is no condition: `met`, or `ours < 1000`");
  const Condition condition{.member = words[0], .how = words[1], .wanted = *wanted};
  if (is_always_met(condition)) return invalid("`" + std::string{text} + "` is met by every figure");
  return condition;
}

Result<void> fulfils(const Document& row, std::string_view text) {
  if (text == "met") {
    if (row["met"].as_bool()) return {};
    return invalid("its target, " + row["target"].as_text() + ", was not met");
  }
  const auto condition = condition_of(text);
  if (!condition) return condition.error();
  const Document& member = row[condition->member];
  const auto seen = number(member.as_text());
  if (!seen) return invalid("nothing was measured: `" + std::string{condition->member} + "` is " + member.dump());
  if (!compares(*seen, condition->how, condition->wanted).value_or(false))
    return invalid(std::string{condition->member} + " was " + member.as_text() + ", not " + std::string{text});
  return {};
}

}  // namespace

Result<std::size_t> count_facts(std::string_view json, std::string_view pointer, const std::optional<std::string>& is) {
  const auto document = Document::parse(json);
  if (!document) return invalid(document.error().pointer + " " + document.error().detail);
  const auto tokens = tokens_of(pointer);
  auto found = Facts{is}.count(*document, tokens, "");
  if (found && *found == 0) return invalid("nothing stands at " + std::string{pointer});
  return found;
}

Result<std::size_t> count_lines(std::string_view text, const std::vector<std::string>& patterns) {
  std::vector<std::size_t> seen(patterns.size(), 0);
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    for (std::size_t i = 0; i < patterns.size(); ++i)
      if (like(patterns[i], line)) ++seen[i];
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  std::size_t all = 0;
  for (std::size_t i = 0; i < patterns.size(); ++i) {
    if (seen[i] == 0) return invalid("there is no line like `" + patterns[i] + "`");
    all += seen[i];
  }
  return all;
}

Result<void> check_condition(std::string_view condition) {
  if (condition == "met") return {};
  const auto read = condition_of(condition);
  return read ? Result<void>{} : Result<void>{read.error()};
}

Result<void> row_fulfils(std::string_view rows, std::string_view row, std::string_view condition,
                         std::string_view commit) {
  const auto document = Document::parse(rows);
  if (!document) return invalid(document.error().detail);
  const auto at = std::ranges::find(document->items(), row,
                                    [](const Document& each) { return std::string_view{each["row"].as_text()}; });
  if (at == document->items().end()) return invalid("there is no row `" + std::string{row} + "`");
  const std::string& measured = (*at)["commit"].as_text();
  if (measured.empty()) return invalid("it does not say at which commit it was measured");
  if (measured != commit) return invalid("it was measured at commit " + measured + ", not at this one");
  return fulfils(*at, condition);
}

}  // namespace guard::claims
