#include <map>

#include "guard/report/report.hpp"

namespace guard {

namespace {

std::string_view word_of(const Judged& each) {
  if (each.known != nullptr) return "known";
  if (each.fails) return "violation";
  return each.mode == Mode::report ? "note" : "warning";
}

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return std::to_string(count) + " " + std::string{count == 1 ? one : many};
}

void print(const Judged& each, std::string& out) {
  const Finding& finding = each.finding;
  out +=
      to_text(finding.place) + ": " + std::string{word_of(each)} + " of " + each.rule->id + ": " + finding.what + "\n";
  for (const Step& step : finding.path)
    out += "    " + to_text(step.place) + "  " + step.from + " -> " + step.to + "\n";
  if (each.known != nullptr) {
    out += "    known: " + each.known->owner + ", until " + base::to_text(each.known->expires) + ": " +
           each.known->reason + "\n";
    return;
  }
  out += "    about: " + finding.subject + "\n    why: " + each.rule->why + "\n    fix: " + each.rule->fix + "\n";
}

std::string summary(const Tree& tree, const Outcome& outcome) {
  std::map<std::string_view, std::size_t> words;
  for (const Judged& each : outcome.judged) ++words[word_of(each)];
  std::string out = counted(tree.files.size(), "file", "files") + ", " +
                    counted(tree.modules.size(), "module", "modules") + ", " +
                    counted(outcome.ran.size(), "rule", "rules") + ": ";
  std::string said;
  for (const auto& [word, count] : words)
    said += (said.empty() ? "" : ", ") + std::to_string(count) + " " + std::string{word};
  out += said.empty() ? "no violation" : said;
  if (!outcome.troubles.empty())
    out += "; could not check all: " + counted(outcome.troubles.size(), "trouble", "troubles");
  return out + "\n";
}

}  // namespace

std::string as_text(const Tree& tree, const Outcome& outcome) {
  std::string out;
  for (const Judged& each : outcome.judged) print(each, out);
  for (const Trouble& each : outcome.troubles) {
    out += to_text(each.place) + ": could not check: " + each.what + "\n";
    if (!each.next.empty()) out += "    next: " + each.next + "\n";
  }
  return out + summary(tree, outcome);
}

}  // namespace guard
