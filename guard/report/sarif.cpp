#include <algorithm>

#include "guard/report/report.hpp"
#include "shared/json/document.hpp"

namespace guard {

namespace {

/// A path as a relative URI reference (RFC 3986): what is not unreserved or `/` is escaped.
std::string uri(std::string_view path) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       std::string_view{"/-._~"}.contains(c);
    if (plain) {
      out += c;
      continue;
    }
    out += '%';
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

void message(json::Writer& out, std::string_view key, std::string_view text) {
  out.key(key).object().key("text").value(text).end();
}

/// The members of a location object; its object is open.
void location(json::Writer& out, const Place& place) {
  out.key("physicalLocation").object();
  out.key("artifactLocation").object().key("uri").value(uri(place.file)).key("uriBaseId").value("%SRCROOT%").end();
  if (place.line > 0) out.key("region").object().member("startLine", place.line).end();
  out.end();
}

std::string_view level(const Judged& each) {
  if (each.fails || each.known != nullptr) return "error";
  return each.mode == Mode::report ? "note" : "warning";
}

void rules(json::Writer& out, const Outcome& outcome) {
  out.key("rules").list();
  for (const Ran& each : outcome.ran) {
    out.object().key("id").value(each.rule->id);
    message(out, "shortDescription", each.rule->why);
    message(out, "help", each.rule->fix);
    out.end();
  }
  out.end();
}

void result(json::Writer& out, const Judged& each, std::size_t rule) {
  const Finding& finding = each.finding;
  out.object().key("ruleId").value(each.rule->id).member("ruleIndex", static_cast<std::int64_t>(rule));
  out.key("level").value(level(each));
  message(out, "message", finding.what);
  out.key("locations").list().object();
  location(out, finding.place);
  out.end().end();
  if (!finding.path.empty()) {
    out.key("relatedLocations").list();
    for (std::size_t i = 0; i < finding.path.size(); ++i) {
      out.object().member("id", static_cast<std::int64_t>(i));
      location(out, finding.path[i].place);
      message(out, "message", finding.path[i].from + " -> " + finding.path[i].to);
      out.end();
    }
    out.end();
  }
  out.key("partialFingerprints").object().key("subject/v1").value(each.rule->id + ": " + finding.subject).end();
  if (each.known != nullptr) {
    out.key("suppressions").list().object().key("kind").value("external");
    out.key("justification").value(each.known->owner + ": " + each.known->reason).end().end();
  }
  out.end();
}

void invocation(json::Writer& out, const Outcome& outcome) {
  out.key("invocations").list().object().member("executionSuccessful", outcome.troubles.empty());
  out.member("exitCode", outcome.exit_code());
  out.key("toolExecutionNotifications").list();
  for (const Trouble& each : outcome.troubles) {
    out.object().key("level").value("error");
    message(out, "message", each.next.empty() ? each.what : each.what + ". " + each.next);
    out.key("locations").list().object();
    location(out, each.place);
    out.end().end().end();
  }
  out.end().end().end();
}

}  // namespace

std::string as_sarif(const Tree&, const Outcome& outcome) {
  json::Writer out;
  out.object().key("$schema").value("https://json.schemastore.org/sarif-2.1.0.json").key("version").value("2.1.0");
  out.key("runs").list().object();
  out.key("tool").object().key("driver").object().key("name").value("guard");
  rules(out, outcome);
  out.end().end();
  out.key("columnKind").value("unicodeCodePoints");
  invocation(out, outcome);
  out.key("results").list();
  for (const Judged& each : outcome.judged) {
    const auto rule = std::ranges::find(outcome.ran, each.rule, &Ran::rule);
    result(out, each, static_cast<std::size_t>(rule - outcome.ran.begin()));
  }
  return out.end().end().end().end().take() + "\n";
}

}  // namespace guard
