#include "guard/claims/outcome.hpp"

#include <algorithm>
#include <cstdlib>

#include "shared/base/ascii.hpp"
#include "shared/json/document.hpp"

namespace guard::claims {

using base::Result;
using json::Document;

namespace {

constexpr std::size_t why_max = 200;

std::string one_line(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, why_max)) {
    const bool blank = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!blank)
      out += c;
    else if (!out.empty() && !out.ends_with(' '))
      out += ' ';
  }
  return out;
}

// `On/Suite` and `Name/0` are `Suite.Name`: the instantiation stands before, the parameter after.
std::string plain_name(std::string_view suite, std::string_view name) {
  if (const auto slash = suite.find('/'); slash != std::string_view::npos) {
    // A typed suite has its type behind (`Suite/0`), a parameterized one its instantiation in front.
    const bool is_typed = suite.find_first_not_of("0123456789", slash + 1) == std::string_view::npos;
    suite = is_typed ? suite.substr(0, slash) : suite.substr(slash + 1, suite.find('/', slash + 1) - slash - 1);
  }
  return std::string{suite} + "." + std::string{name.substr(0, name.find('/'))};
}

// The line before `[  SKIPPED ] NAME`.
std::string said_before_skipping(std::string_view printed, const std::string& name) {
  const auto at = printed.find("\n[  SKIPPED ] " + name);
  if (at == std::string_view::npos) return {};
  std::string_view before = printed.substr(0, at);
  before = before.substr(0, before.find_last_not_of('\n') + 1);
  return one_line(before.substr(before.rfind('\n') + 1));
}

Outcome outcome_of(const Document& test, std::string_view printed) {
  const std::string& suite = test["classname"].as_text();
  const std::string& name = test["name"].as_text();
  Outcome outcome{.name = suite + "." + name, .plain = plain_name(suite, name)};
  outcome.seconds = std::strtod(test["time"].as_text().c_str(), nullptr);  // `0.097s`
  if (test["failures"].size() > 0) {
    outcome.state = Outcome::State::failed;
    outcome.why = one_line(test["failures"][0]["failure"].as_text());
  } else if (test["result"].as_text() == "SKIPPED") {
    outcome.state = Outcome::State::skipped;
    outcome.why = said_before_skipping(printed, outcome.name);
    if (outcome.why.empty()) outcome.why = "no reason given";
  } else if (test["status"].as_text() != "RUN" || test["result"].as_text() != "COMPLETED") {
    outcome.state = Outcome::State::not_run;
  }
  return outcome;
}

// TAP's `# SKIP` and `# TODO` behind a case: it was not run, or is not expected to hold yet.
bool has_directive(std::string_view text) {
  for (auto at = text.find('#'); at != std::string_view::npos; at = text.find('#', at + 1)) {
    std::string_view word = text.substr(std::min(text.find_first_not_of(" \t", at + 1), text.size()));
    if (at > 0 && text[at - 1] != ' ') continue;
    const std::string lower = base::lower(word.substr(0, 5));
    if (lower.starts_with("skip") || lower == "todo" || lower == "todo " || lower == "todo:") return true;
  }
  return false;
}

}  // namespace

Result<std::vector<Outcome>> read_report(std::string_view json, std::string_view printed) {
  const auto report = Document::parse(json);
  if (!report) return base::Error{base::invalid, "not understood: " + report.error().detail};
  std::vector<Outcome> outcomes;
  for (const Document& suite : (*report)["testsuites"].items())
    for (const Document& test : suite["testsuite"].items()) outcomes.push_back(outcome_of(test, printed));
  return outcomes;
}

std::vector<Outcome> read_lines(std::string_view printed) {
  using State = Outcome::State;
  static constexpr std::array<std::pair<std::string_view, State>, 4> words{
      {{"ok ", State::passed}, {"not ok ", State::failed}, {"skip ", State::skipped}, {"1..0 ", State::skipped}}};
  std::vector<Outcome> outcomes;
  while (!printed.empty()) {
    const auto end = std::min(printed.find('\n'), printed.size());
    const std::string_view line = printed.substr(0, end);
    for (const auto& [word, state] : words)
      if (line.starts_with(word) && line.size() > word.size()) {
        const std::string name{line.substr(word.size())};
        outcomes.push_back({.name = name, .plain = name, .state = has_directive(name) ? State::skipped : state});
      }
    printed.remove_prefix(std::min(end + 1, printed.size()));
  }
  return outcomes;
}

}  // namespace guard::claims
