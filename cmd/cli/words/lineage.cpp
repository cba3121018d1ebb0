#include "cmd/cli/words/lineage.hpp"

#include <algorithm>
#include <vector>

#include "cmd/cli/words/outcome.hpp"
#include "cmd/cli/words/table.hpp"

namespace cli {
namespace {

using json::Document;

constexpr std::size_t label_width = 12;
constexpr std::size_t amount_column_max = 72;

struct Row {
  std::string label, text, amount;
};

std::string label(std::string_view step) {
  std::string out{step};
  out.append(label_width > out.size() ? label_width - out.size() : 1, ' ');
  return out;
}

/// The server's sentence, without the step's own word at its head, and with what its state adds.
std::string sentence(const Document& line) {
  const std::string& step = line["step"].as_text();
  std::string text = printable(line["text"].as_text());
  for (const std::string& head : {step + ": ", step + " "})
    if (!step.empty() && text.starts_with(head)) {
      text.erase(0, head.size());
      break;
    }
  const std::string& state = line["state"].as_text();
  if (state == "hidden") {
    const std::string needs = printable(line["hidden"].as_text());
    const bool said = !text.empty() && (needs.empty() || text.find(needs) != text.npos || needs == "true");
    if (!said) text = "hidden: needs " + (needs.starts_with("needs ") ? needs.substr(6) : needs);
  }
  if (state == "pending" && text.find("pending") == text.npos) text += "  (pending)";
  if (line["simulated"].as_bool() && text.find("simulated") == text.npos) text += " *";
  return text;
}

std::string amount_of(const Document& line) {
  const std::string amount = printable(money_text(line["amount"]));
  // A text that already says its amount says it once.
  return amount.empty() || line["text"].as_text().find(amount) != std::string::npos ? std::string{} : amount;
}

std::string settled_text(const Document& lineage) {
  if (lineage["settled"].as_bool()) return "yes: nothing above is pending";
  std::string waiting;
  for (const Document& line : lineage["lines"].items()) {
    const std::string& step = line["step"].as_text();
    if (line["state"].as_text() != "pending" || waiting.find(step) != waiting.npos) continue;
    waiting += (waiting.empty() ? "" : ", ") + step;
  }
  return waiting.empty() ? "no: it may still be used" : "no: pending in " + printable(waiting);
}

bool after_settled(std::string_view step) { return step == "audit" || step == "proof"; }

void add_line(const Document& line, const std::string& step, bool items, std::vector<Row>& rows) {
  rows.push_back({label(step), sentence(line), amount_of(line)});
  if (!items) return;
  for (const Document& item : line["items"].items())
    rows.push_back({label("") + "  ", printable(item["text"].as_text()), amount_of(item)});
}

std::string print(const std::vector<Row>& rows) {
  std::size_t column = 0;
  for (const Row& row : rows) {
    const std::size_t width = row.label.size() + width_of(row.text);
    if (!row.amount.empty() && width <= amount_column_max) column = std::max(column, width);
  }
  std::string out;
  for (const Row& row : rows) {
    const std::size_t width = row.label.size() + width_of(row.text);
    out += row.label + row.text;
    if (!row.amount.empty()) out += std::string(column > width ? column - width : 0, ' ') + "  " + row.amount;
    out.erase(out.find_last_not_of(' ') + 1);
    out += "\n";
  }
  return out;
}

}  // namespace

std::string lineage_text(const Document& lineage, bool items) {
  std::vector<Row> rows;
  std::string before;
  bool settled_said = false;
  const auto say_settled = [&] {
    rows.push_back({label("settled"), settled_text(lineage), {}});
    settled_said = true;
  };
  for (const Document& line : lineage["lines"].items()) {
    const std::string& step = line["step"].as_text();
    if (after_settled(step) && !settled_said) say_settled();
    add_line(line, step == before ? "" : printable(step), items, rows);
    before = step;
  }
  if (!settled_said) say_settled();
  std::string out = print(rows);
  if (lineage["simulated"].as_bool()) out += "* simulated: no real GPU stands behind this\n";
  return out;
}

}  // namespace cli
