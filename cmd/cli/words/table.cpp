#include "cmd/cli/words/table.hpp"

#include <fmt/format.h>
#include <string.h>

#include <algorithm>

#include "cmd/cli/words/outcome.hpp"

namespace cli {
namespace {

using json::Document;

constexpr std::string_view absent = "-";

bool aligned_right(Form form) {
  return form == Form::number || form == Form::money || form == Form::cores || form == Form::hourly ||
         form == Form::bytes || form == Form::count || form == Form::age;
}

std::string amount_unit(double value, std::string_view unit) {
  std::string out = fmt::format("{:.1f}", value);
  if (out.ends_with(".0")) out.resize(out.size() - 2);
  return out + " " + std::string{unit};
}

std::string time_text(const std::string& text) {
  std::string out = text.substr(0, 19);
  if (out.size() == 19) out[10] = ' ';
  return out;
}

std::string age_text(const std::string& text, base::Instant now) {
  const auto since = base::instant_from_text(text);
  return since ? duration_text(now - *since) : text;
}

std::string cores_text(std::int64_t millicores) {
  std::string out = fmt::format("{}.{:03}", millicores / 1000, millicores % 1000);
  out.erase(out.find_last_not_of('0') + 1);
  if (out.ends_with('.')) out.pop_back();
  return out;
}

/// 2.499000 -> 2.499, 100.000000 -> 100.00: at least two places, no digit lost.
std::string short_amount(std::string text) {
  const auto point = text.find('.');
  if (point == text.npos) return text;
  while (text.ends_with('0') && text.size() > point + 3) text.pop_back();
  return text;
}

std::string gpus_text(const Document& of) {
  const auto gpus = of["gpus"].as_int();
  if (gpus == 0) return "none";
  std::string out = std::to_string(gpus) + " x " + of["gpu_model"].as_text();
  if (const auto memory = of["gpu_memory"].as_int(); memory > 0) out += " " + bytes_text(memory);
  return of["simulated"].as_bool() ? out + " *" : out;
}

std::string words_text(const Document& list) {
  std::string out;
  for (const Document& each : list.items()) {
    const std::string& word = each.as_text();
    const bool bare = !word.empty() && word.find_first_of(" \t\n'\"\\$&|;<>()*?`") == word.npos;
    if (!out.empty()) out += ' ';
    out += bare ? word : "'" + word + "'";
  }
  return out;
}

bool is_simulated(const Document& row) { return row["simulated"].as_bool() || row["capacity"]["simulated"].as_bool(); }

std::string header(const Column& column, std::span<const Document> rows) {
  std::string out{column.header};
  const auto dollar = out.find('$');
  if (dollar == out.npos) return out;
  std::string currency = "PRICE";
  for (const Document& row : rows)
    if (const auto& code = member_at(row, column.member)["currency"].as_text(); !code.empty()) {
      currency = code;
      break;
    }
  return out.replace(dollar, 1, currency);
}

std::string text_of(const Document& row, const Column& column, base::Instant now) {
  const Document& value = member_at(row, column.member);
  if (value.is_null()) return {};
  switch (column.form) {
    case Form::time:
      return time_text(value.as_text());
    case Form::age:
      return age_text(value.as_text(), now);
    case Form::money:  // all digits: a column of money is read by its points
      return value["amount"].as_text() + " " + value["currency"].as_text();
    case Form::hourly:
      return short_amount(value["amount"].as_text());
    case Form::bytes:
      return bytes_text(value.as_int());
    case Form::cores:
      return cores_text(value.as_int());
    case Form::gpus:
      return gpus_text(value.kind() == Document::Kind::object ? value : row);
    case Form::marked:
      return value.as_text() + (is_simulated(row) ? " *" : "");
    case Form::rate: {
      const std::string& per = value["per_text"].as_text();
      return money_text(value) + "/" + (per.empty() ? row["per_text"].as_text() : per);
    }
    case Form::yes_no:
      return value.as_bool() ? "yes" : "no";
    case Form::words:
      return words_text(value);
    case Form::count:
      return std::to_string(value.size());
    case Form::exit:
      return exit_text(value);
    case Form::text:
    case Form::number:
      return value.kind() == Document::Kind::boolean ? (value.as_bool() ? "yes" : "no") : value.as_text();
  }
  return {};
}

void print_yaml(const Document& value, std::size_t indent, std::string& out);

std::string yaml_scalar(const Document& value) {
  if (value.kind() == Document::Kind::list) return "[]";
  if (value.kind() == Document::Kind::object) return "{}";
  return value.dump();  // JSON's texts and numbers are YAML's (YAML 1.2, 1.3)
}

bool is_block(const Document& value) {
  return (value.kind() == Document::Kind::list || value.kind() == Document::Kind::object) && value.size() > 0;
}

/// An item of a list stands beside its dash; its further lines below its first.
void print_item(const Document& item, std::size_t indent, std::string& out) {
  if (!is_block(item)) {
    out += std::string(indent, ' ') + "- " + yaml_scalar(item) + "\n";
    return;
  }
  const std::size_t start = out.size();
  print_yaml(item, indent + 2, out);
  out[start + indent] = '-';
}

std::string yaml_key(const std::string& key) {
  const bool bare = !key.empty() &&
                    std::all_of(key.begin(), key.end(),
                                [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }) &&
                    !(key[0] >= '0' && key[0] <= '9') && key != "y" && key != "n" && key != "yes" && key != "no" &&
                    key != "null" && key != "true" && key != "false" && key != "on" && key != "off";
  return bare ? key : json::quoted(key);
}

void print_yaml(const Document& value, std::size_t indent, std::string& out) {
  if (value.kind() == Document::Kind::list) {
    for (const Document& item : value.items()) print_item(item, indent, out);
    return;
  }
  for (std::size_t i = 0; i < value.size(); ++i) {
    const Document& member = value.items()[i];
    out += std::string(indent, ' ') + yaml_key(value.keys()[i]) + ":";
    if (!is_block(member)) {
      out += " " + yaml_scalar(member) + "\n";
      continue;
    }
    out += "\n";
    print_yaml(member, indent + (member.kind() == Document::Kind::object ? 2 : 0), out);
  }
}

void print_children(std::span<const Document> scopes, const std::string& parent, const std::string& indent,
                    std::string& out) {
  for (const Document& each : scopes) {
    if (each["parent"].as_text() != parent || each["id"].as_text() == parent) continue;
    out +=
        indent + printable(each["name"].as_text()) + "\t" + each["kind"].as_text() + "\t" + each["id"].as_text() + "\n";
    print_children(scopes, each["id"].as_text(), indent + "  ", out);
  }
}

}  // namespace

const Document& member_at(const Document& row, std::string_view path) {
  const Document* at = &row;
  while (true) {
    const auto dot = path.find('.');
    at = &(*at)[path.substr(0, dot)];
    if (dot == path.npos) return *at;
    path.remove_prefix(dot + 1);
  }
}

std::string cell(const Document& row, const Column& column, base::Instant now) {
  const std::string text = printable(text_of(row, column, now));
  return text.empty() ? std::string{absent} : text;
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

std::string aligned(const std::vector<std::vector<std::string>>& rows, const std::vector<bool>& right) {
  std::vector<std::size_t> widths(right.size());
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  std::string out;
  for (const auto& row : rows) {
    std::string text;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::string blanks(widths[i] - width_of(row[i]), ' ');
      if (i > 0) text += "  ";
      text += right[i] ? blanks + row[i] : row[i] + blanks;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + "\n";
  }
  return out;
}

std::string table(std::span<const Document> rows, std::span<const Column> columns, bool wide, std::string_view footnote,
                  base::Instant now) {
  std::vector<bool> right;
  std::vector<std::vector<std::string>> cells(1);
  for (const Column& column : columns) {
    if (column.wide && !wide) continue;
    right.push_back(aligned_right(column.form));
    cells[0].push_back(header(column, rows));
  }
  bool simulated = false;
  for (const Document& row : rows) {
    simulated = simulated || is_simulated(row);
    auto& into = cells.emplace_back();
    for (const Column& column : columns)
      if (!column.wide || wide) into.push_back(cell(row, column, now));
  }
  std::string out = aligned(cells, right);
  if (simulated && !footnote.empty()) out += std::string{footnote} + "\n";
  return out;
}

std::string line(const Document& row, std::span<const Column> columns, base::Instant now) {
  std::string out;
  for (const Column& column : columns) {
    const std::string text = printable(text_of(row, column, now));
    if (text.empty()) continue;
    if (!out.empty()) out += "  ";
    out += text;
  }
  return out + "\n";
}

std::string card(const Document& row, std::span<const Column> columns, std::string_view footnote, base::Instant now) {
  std::vector<std::vector<std::string>> lines;
  for (const Column& column : columns)
    if (std::string text = printable(text_of(row, column, now)); !text.empty())
      lines.push_back({std::string{column.header}, std::move(text)});
  std::string out = aligned(lines, {false, false});
  if (is_simulated(row) && !footnote.empty()) out += std::string{footnote} + "\n";
  return out;
}

std::string tree(std::span<const Document> scopes) {
  // A root is what has no parent among what is seen: a caller may see a project and nothing above it.
  std::string out;
  for (const Document& each : scopes) {
    const std::string& parent = each["parent"].as_text();
    const bool below = std::any_of(scopes.begin(), scopes.end(), [&](const Document& other) {
      return !parent.empty() && other["id"].as_text() == parent;
    });
    if (below) continue;
    const std::string& path = each["path"].as_text();
    out += printable(path.empty() ? each["name"].as_text() : path) + "\t" + each["kind"].as_text() + "\t" +
           each["id"].as_text() + "\n";
    print_children(scopes, each["id"].as_text(), "  ", out);
  }
  std::vector<std::vector<std::string>> rows;
  for (std::size_t start = 0; start < out.size();) {
    const auto end = out.find('\n', start);
    const auto one = out.find('\t', start), two = out.find('\t', one + 1);
    rows.push_back(
        {out.substr(start, one - start), out.substr(one + 1, two - one - 1), out.substr(two + 1, end - two - 1)});
    start = end + 1;
  }
  return aligned(rows, {false, false, false});
}

std::string names(std::span<const Document> rows, std::string_view id) {
  std::string out;
  for (const Document& row : rows) {
    const std::string& named = row[id].as_text();
    out += printable(named.empty() ? row["id"].as_text() : named) + "\n";
  }
  return out;
}

std::string yaml(const Document& value) {
  std::string out;
  if (!is_block(value)) return yaml_scalar(value) + "\n";
  print_yaml(value, 0, out);
  return out;
}

std::string bytes_text(std::int64_t bytes) {
  constexpr std::int64_t gib = 1LL << 30;
  if (bytes >= 1'000'000'000 && bytes % 1'000'000'000 == 0) return std::to_string(bytes / 1'000'000'000) + " GB";
  const auto value = static_cast<double>(bytes);
  if (bytes >= gib) return amount_unit(value / static_cast<double>(gib), "GiB");
  if (bytes >= 1 << 20) return amount_unit(value / (1 << 20), "MiB");
  if (bytes >= 1 << 10) return amount_unit(value / (1 << 10), "KiB");
  return std::to_string(bytes) + " B";
}

std::string duration_text(std::chrono::microseconds time) {
  const auto seconds = std::max<std::int64_t>(0, std::chrono::floor<std::chrono::seconds>(time).count());
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) return fmt::format("{} m {} s", seconds / 60, seconds % 60);
  if (seconds < 86'400) return fmt::format("{} h {} m", seconds / 3600, seconds / 60 % 60);
  return fmt::format("{} d {} h", seconds / 86'400, seconds / 3600 % 24);
}

std::string seconds_text(std::chrono::microseconds time) {
  const auto hundredths = std::max<std::int64_t>(0, (time.count() + 5'000) / 10'000);
  return fmt::format("{}.{:02} s", hundredths / 100, hundredths % 100);
}

std::string money_text(const Document& money) {
  if (money.kind() != Document::Kind::object) return money.as_text();
  return short_amount(money["amount"].as_text()) + " " + money["currency"].as_text();
}

std::string exit_text(const Document& exit) {
  if (exit.is_null()) return {};
  if (exit["oom"].as_bool()) return "out of memory";
  if (const auto& failure = exit["failure"].as_text(); !failure.empty()) {
    const auto& detail = exit["detail"].as_text();
    return detail.empty() ? failure : failure + ": " + detail;
  }
  if (!exit["signal"].is_null()) {
    const char* name = sigabbrev_np(static_cast<int>(exit["signal"].as_int()));
    return name == nullptr ? "signal " + exit["signal"].as_text() : "SIG" + std::string{name};
  }
  return exit["code"].as_text();
}

}  // namespace cli
