#include "guard/model/sizes.hpp"
#include "guard/report/report.hpp"
#include "shared/json/document.hpp"

namespace guard {

namespace {

std::string_view word_of(Mode mode) {
  static constexpr std::string_view words[] = {"off", "report", "warn", "enforce", "strict"};
  return words[static_cast<std::size_t>(mode)];
}

void place(json::Writer& out, const Place& at) {
  out.member("file", at.file);
  out.member("line", at.line);
}

void write(json::Writer& out, const Judged& each) {
  out.object().member("rule", each.rule->id).key("mode").value(word_of(each.mode)).member("fails", each.fails);
  place(out, each.finding.place);
  out.member("subject", each.finding.subject).member("what", each.finding.what);
  out.key("path").list();
  for (const Step& step : each.finding.path) {
    out.object();
    place(out, step.place);
    out.member("from", step.from).member("to", step.to).end();
  }
  out.end().member("why", each.rule->why).member("fix", each.rule->fix);
  if (each.known != nullptr) {
    out.key("known").object().member("owner", each.known->owner).member("reason", each.known->reason);
    out.member("expires", base::to_text(each.known->expires)).end();
  }
  out.end();
}

/// What a trend is drawn of, kept by whoever keeps the reports.
void write(json::Writer& out, const ModuleSize& size) {
  out.object().member("module", size.module->path).member("files", size.files).member("lines", size.lines);
  out.member("largest_file", size.largest_file).member("functions", size.functions);
  out.member("longest_function", size.longest_function).member("exported", size.exported).end();
}

}  // namespace

std::string as_json(const Tree& tree, const Outcome& outcome) {
  static constexpr std::string_view results[] = {"clean", "violations", "could_not_check"};
  json::Writer out;
  out.object().key("result").value(results[outcome.exit_code()]);
  out.member("files", static_cast<std::int64_t>(tree.files.size()));
  out.member("modules", static_cast<std::int64_t>(tree.modules.size()));
  out.key("rules").list();
  for (const Ran& each : outcome.ran)
    out.object().member("id", each.rule->id).key("mode").value(word_of(each.mode)).end();
  out.end().key("sizes").list();
  for (const ModuleSize& each : sizes(tree)) write(out, each);
  out.end().key("findings").list();
  for (const Judged& each : outcome.judged) write(out, each);
  out.end().key("troubles").list();
  for (const Trouble& each : outcome.troubles) {
    out.object();
    place(out, each.place);
    out.member("what", each.what).member("next", each.next).end();
  }
  return out.end().end().take() + "\n";
}

}  // namespace guard
