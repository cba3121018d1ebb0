#include "shared/db/statement.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>

#include "shared/base/check.hpp"

namespace db {
namespace {

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool begins_word(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::size_t end_of_word(std::string_view sql, std::size_t at) {
  while (at < sql.size() && is_word(sql[at])) ++at;
  return at;
}

std::size_t after(std::string_view sql, std::string_view end, std::size_t from) {
  const std::size_t found = sql.find(end, from);
  return found == std::string_view::npos ? sql.size() : found + end.size();
}

// `$tag$ … $tag$`; `$1` is none.
std::size_t end_of_dollar_quote(std::string_view sql, std::size_t at) {
  if (at + 1 < sql.size() && std::isdigit(static_cast<unsigned char>(sql[at + 1])) != 0) return at;
  const std::size_t tag = end_of_word(sql, at + 1);
  if (tag >= sql.size() || sql[tag] != '$') return at;
  return after(sql, sql.substr(at, tag + 1 - at), tag + 1);
}

std::size_t skip_spaces(std::string_view sql, std::size_t at) {
  while (at < sql.size() && std::isspace(static_cast<unsigned char>(sql[at])) != 0) ++at;
  return at;
}

bool same_word(std::string_view a, std::string_view upper) {
  return std::ranges::equal(a, upper, {},
                            [](char c) { return static_cast<char>(std::toupper(static_cast<unsigned char>(c))); });
}

// Past the words, if they stand at `at`; else `at`.
template <std::size_t N>
std::size_t past_words(std::string_view sql, std::size_t at, const std::array<std::string_view, N>& words) {
  std::size_t here = at;
  for (const std::string_view word : words) {
    here = skip_spaces(sql, here);
    const std::size_t end = end_of_word(sql, here);
    if (!same_word(sql.substr(here, end - here), word)) return at;
    here = end;
  }
  return here;
}

// Past a locking clause that begins at `at`; else `at`.
std::size_t past_locking(std::string_view sql, std::size_t at) {
  using namespace std::string_view_literals;
  std::size_t end = past_words(sql, at, std::array{"FOR"sv, "UPDATE"sv});
  if (end == at) end = past_words(sql, at, std::array{"FOR"sv, "SHARE"sv});
  if (end == at) end = past_words(sql, at, std::array{"FOR"sv, "KEY"sv, "SHARE"sv});
  if (end == at) end = past_words(sql, at, std::array{"FOR"sv, "NO"sv, "KEY"sv, "UPDATE"sv});
  if (end == at) return at;
  const std::size_t skip = past_words(sql, end, std::array{"SKIP"sv, "LOCKED"sv});
  return skip != end ? skip : past_words(sql, end, std::array{"NOWAIT"sv});
}

std::size_t number_of(std::vector<std::string>& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found != names.end()) return static_cast<std::size_t>(found - names.begin()) + 1;
  names.emplace_back(name);
  return names.size();
}

[[noreturn]] void names_differ(const Query& query, std::string_view name, const char* how) {
  std::fprintf(stderr, "query %.*s: parameter '%.*s' is %s\n", static_cast<int>(query.name.size()), query.name.data(),
               static_cast<int>(name.size()), name.data(), how);
  base::check_failed("a statement's parameters are the names that it is given", __FILE__, __LINE__);
}

}  // namespace

std::size_t end_of_quoted(std::string_view sql, std::size_t at) {
  const char c = sql[at];
  if (c == '\'') return after(sql, "'", at + 1);  // '' is two quoted texts side by side
  if (c == '"') return after(sql, "\"", at + 1);
  if (sql.substr(at, 2) == "--") return after(sql, "\n", at);
  if (sql.substr(at, 2) == "/*") return after(sql, "*/", at + 2);
  if (c == '$') return end_of_dollar_quote(sql, at);
  return at;
}

Statement parse(std::string_view sql, Dialect dialect) {
  Statement statement;
  std::string& out = statement.sql;
  out.reserve(sql.size());
  std::size_t at = 0;
  const auto copy_to = [&](std::size_t end) {
    out.append(sql.substr(at, end - at));
    at = end;
  };
  while (at < sql.size()) {
    if (const std::size_t quoted = end_of_quoted(sql, at); quoted != at) {
      copy_to(quoted);
    } else if (sql.substr(at, 2) == "::") {
      copy_to(at + 2);
    } else if (sql[at] == ':' && at + 1 < sql.size() && begins_word(sql[at + 1])) {
      const std::size_t end = end_of_word(sql, at + 1);
      out += dialect == Dialect::sqlite ? '?' : '$';
      out += std::to_string(number_of(statement.names, sql.substr(at + 1, end - at - 1)));
      at = end;
    } else if (begins_word(sql[at])) {
      const std::size_t locking = dialect == Dialect::sqlite ? past_locking(sql, at) : at;
      if (locking != at) {
        at = locking;
      } else {
        copy_to(end_of_word(sql, at));
      }
    } else {
      copy_to(is_word(sql[at]) ? end_of_word(sql, at) : at + 1);
    }
  }
  return statement;
}

void in_order(const Query& query, const std::vector<std::string>& names, std::span<const Param> given,
              std::vector<const Value*>& ordered) {
  ordered.assign(names.size(), nullptr);
  for (const Param& param : given) {
    const auto found = std::ranges::find(names, param.name);
    if (found == names.end()) names_differ(query, param.name, "none of the statement's");
    const Value*& slot = ordered[static_cast<std::size_t>(found - names.begin())];
    if (slot != nullptr) names_differ(query, param.name, "given twice");
    slot = &param.value;
  }
  for (std::size_t i = 0; i < names.size(); ++i)
    if (ordered[i] == nullptr) names_differ(query, names[i], "not given");
}

}  // namespace db
