#include <algorithm>
#include <array>
#include <map>

#include "platform/lineage/lineage.hpp"
#include "platform/lineage/sum.hpp"

namespace lineage {
namespace {

using base::Result;
using request::LineageLine;

constexpr std::array<std::string_view, 8> steps{"authority", "decision", "quota", "usage",
                                                "charges",   "ledger",   "audit", "proof"};
constexpr std::chrono::seconds usage_slack{1};  // whole seconds are metered

struct Found {
  std::vector<LineageLine> rows;
  bool all = true;  // and not only the first `rows_max` of a source
};

Found ask_all(db::Snapshot& snapshot, std::string_view resource, const Ports& ports) {
  Found found;
  for (const request::LineageSource* source : ports.sources) {
    base::Cursor cursor{.limit = base::page_size_max};
    for (std::size_t read = 0;;) {
      auto page = source->lines(snapshot, resource, cursor);
      read += page.items.size();
      std::ranges::move(page.items, std::back_inserter(found.rows));
      if (!page.next) break;
      if (read >= rows_max) {
        found.all = false;
        break;
      }
      cursor.after = *page.next;
    }
  }
  return found;
}

// Decides each row by its own permission and scope; many rows ask the same, so an answer is remembered.
class Decisions final {
 public:
  Decisions(db::Snapshot& snapshot, request::PrincipalId asks, base::Instant now, const Ports& ports)
      : snapshot_(snapshot), asks_(asks), now_(now), ports_(ports) {}

  /// Empty: may be shown. Else what is lacking.
  const std::string& lacking(const LineageLine& row) {
    const auto key = std::pair{row.permission, request::text(row.scope)};
    const auto known = known_.find(key);
    return known != known_.end() ? known->second : known_.emplace(key, decide(row)).first->second;
  }

 private:
  std::string decide(const LineageLine& row) {
    const auto decided =
        ports_.authorizer->from_tables(snapshot_, asks_, *row.permission, request::Target{row.scope}, now_);
    if (decided) return {};
    const std::string where = ports_.names.of(snapshot_, row.scope);
    return "needs " + std::string{row.permission->name} + " at " + (where.empty() ? request::text(row.scope) : where);
  }

  db::Snapshot& snapshot_;
  const request::PrincipalId asks_;
  const base::Instant now_;
  const Ports& ports_;
  std::map<std::pair<const request::Permission*, std::string>, std::string> known_;
};

std::optional<std::string> given(const std::string& text) { return text.empty() ? std::nullopt : std::optional{text}; }

std::string plural(std::size_t count, std::string_view one) {
  return std::to_string(count) + " " + std::string{one} + (count == 1 ? "" : "s");
}

// What all of them have in common behind a mark: "2.499 EUR/hour (price book 4)" of charges.
std::string common_after(const std::vector<const LineageLine*>& rows, std::string_view mark) {
  std::string common;
  for (const LineageLine* row : rows) {
    const std::size_t at = mark.empty() ? 0 : row->text.find(mark);
    if (at == std::string::npos) return {};
    const std::string rest = row->text.substr(at + mark.size());
    if (!common.empty() && common != rest) return {};
    common = rest;
  }
  return common;
}

std::string text_of(std::string_view step, const std::vector<const LineageLine*>& rows) {
  const auto with = [](std::string text, const std::string& detail) {
    return detail.empty() ? text : text + ", " + detail;
  };
  if (step == "usage") return plural(rows.size(), "event");
  if (step == "charges") return with(plural(rows.size(), "charge"), common_after(rows, " x "));
  if (step == "ledger") return with(plural(rows.size(), "transfer"), common_after(rows, ""));
  if (rows.size() == 1) return rows.front()->text;
  if (step == "audit") return plural(rows.size(), "further record");
  return with(plural(rows.size(), "row"), common_after(rows, ""));
}

Line shown_line(std::string_view step, const std::vector<const LineageLine*>& rows) {
  Line line{.step = std::string{step}, .text = text_of(step, rows)};
  Sum sum;
  std::size_t pending = 0;
  for (const LineageLine* row : rows) {
    if (!row->amount.empty()) sum.add(row->amount);
    if (row->pending) ++pending;
    if (row->simulated) line.simulated = true;
    if (!row->at.empty() && (!line.at || *line.at < row->at)) line.at = row->at;
  }
  line.amount = given(sum.text());
  if (rows.size() == 1) {
    line.id = given(rows.front()->id);
    line.from = given(rows.front()->from);
  }
  if (pending > 0) {
    line.state = State::pending;
    line.text += ", " + std::to_string(pending) + " pending";
  }
  const std::size_t first = rows.size() > items_max ? rows.size() - items_max : 0;
  for (std::size_t i = first; i < rows.size(); ++i) {
    const LineageLine& row = *rows[i];
    line.items.push_back({.id = row.id,
                          .text = row.text,
                          .amount = given(row.amount),
                          .at = given(row.at),
                          .from = given(row.from),
                          .pending = row.pending});
  }
  return line;
}

Line hidden_line(std::string_view step, const std::string& lacking) {
  return {
      .step = std::string{step}, .text = "hidden: " + lacking, .state = State::hidden, .hidden = lacking, .items = {}};
}

std::vector<Line> lines_of(std::string_view step, const std::vector<LineageLine>& rows, Decisions& decisions) {
  std::vector<const LineageLine*> shown;
  std::vector<Line> hidden;
  for (const LineageLine& row : rows) {
    if (row.step != step) continue;
    const std::string& lacking = decisions.lacking(row);
    if (lacking.empty()) {
      shown.push_back(&row);
    } else if (std::ranges::none_of(hidden, [&](const Line& each) { return each.hidden == lacking; })) {
      hidden.push_back(hidden_line(step, lacking));
    }
  }
  std::vector<Line> lines;
  if (!shown.empty()) lines.push_back(shown_line(step, shown));
  std::ranges::move(hidden, std::back_inserter(lines));
  if (!lines.empty()) return lines;
  if (step == "quota") lines.push_back({.step = "quota", .text = "not enforced", .state = State::planned, .items = {}});
  if (step == "proof")
    lines.push_back({.step = "proof", .text = "no checkpoint yet", .state = State::planned, .items = {}});
  return lines;
}

// Of all rows, also of those that the caller may not see: it tells nothing of them.
bool settled(const Found& found, const About& about) {
  if (!found.all || about.in_use) return false;
  if (std::ranges::any_of(found.rows, &LineageLine::pending)) return false;
  if (!about.used_until) return true;
  const std::string reached = base::to_text(*about.used_until - usage_slack);
  return std::ranges::any_of(found.rows,
                             [&](const LineageLine& row) { return row.step == "usage" && row.at >= reached; });
}

}  // namespace

Result<Lineage> read(db::Snapshot& snapshot, request::PrincipalId asks, base::Instant now, std::string_view resource,
                     const Ports& ports) {
  const auto about = ports.about(snapshot, resource);
  if (!about) return base::Error{base::not_found};
  const Found found = ask_all(snapshot, resource, ports);
  Decisions decisions{snapshot, asks, now, ports};
  Lineage lineage{.resource = about->resource,
                  .simulated = about->simulated || std::ranges::any_of(found.rows, &LineageLine::simulated),
                  .settled = settled(found, *about)};
  for (const std::string_view step : steps)
    std::ranges::move(lines_of(step, found.rows, decisions), std::back_inserter(lineage.lines));
  return lineage;
}

}  // namespace lineage
