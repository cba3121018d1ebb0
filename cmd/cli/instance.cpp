// Launching, stopping, and waiting for what was launched.
#include <unistd.h>

#include "cmd/cli/perform.hpp"
#include "cmd/cli/waiting.hpp"
#include "cmd/cli/words/progress.hpp"

namespace cli {
namespace {

using json::Document;

// Long enough for a node to come back; whoever wants to queue for hours says so.
constexpr std::chrono::minutes launch_patience{10};
constexpr std::chrono::seconds timeout_max = std::chrono::years{1};

bool runs_or_ended(const Document& instance) { return instance["state"].as_text() == "running" || has_ended(instance); }

/// Of a flag in seconds. Failure: `usage`.
Outcome<std::optional<std::chrono::seconds>> timeout_of(const Context& context) {
  const auto given = context.parsed.flag("timeout");
  if (!given) return std::nullopt;
  const auto seconds = whole_number(*given);
  if (!seconds || *seconds < 0 || *seconds > timeout_max.count())
    return wrong_usage("--timeout takes seconds, at most a year of them, not `" + *given + "`");
  return std::chrono::seconds{*seconds};
}

Outcome<std::string> launch_body(const Context& context) {
  json::Writer body;
  body.object()
      .member("name", context.parsed.words.at("name"))
      .member("shape", context.parsed.flag("shape").value_or(""));
  body.member("command", context.parsed.rest);
  if (const auto env = context.parsed.flags.find("env"); env != context.parsed.flags.end()) {
    body.key("env").object();
    for (const std::string& each : env->second) {
      const auto equals = each.find('=');
      if (equals == each.npos || equals == 0) return wrong_usage("--env takes NAME=VALUE, not `" + each + "`");
      body.member(each.substr(0, equals), each.substr(equals + 1));
    }
    body.end();
  }
  return body.end().take();
}

/// `seen` is printed unless the progress line has said it to the same person.
Ending print_end(Context& context, const Document& seen, bool said) {
  if (!said || context.output != "table" || isatty(STDOUT_FILENO) == 0)
    if (auto printed = print_one(context, seen.dump(), Answer::line); !printed) return std::unexpected(printed.error());
  return 0;
}

/// Of a wait that is over. What was waited for to run and was stopped instead is no success, nor is any bad end.
Ending waited(Context& context, const Outcome<Document>& seen, const Progress& progress, bool to_run) {
  if (!seen) return std::unexpected(seen.error());
  if (auto printed = print_end(context, *seen, progress.shown()); !printed) return printed;
  if (const auto failed = end_failure(*seen)) return std::unexpected(*failed);
  if (to_run && (*seen)["state"].as_text() == "stopped")
    return std::unexpected(Failure{.what = (*seen)["name"].as_text() + " was stopped"});
  return 0;
}

}  // namespace

Ending instance_create(Context& context) {
  const auto timeout = timeout_of(context);
  if (!timeout) return std::unexpected(timeout.error());
  auto body = launch_body(context);
  if (!body) return std::unexpected(body.error());
  auto ask = make_ask(context);
  if (!ask) return std::unexpected(ask.error());
  ask->body = *body;
  auto answer = context.session.call(*ask);
  if (!answer) return std::unexpected(answer.error());
  if (!context.parsed.has("wait")) {
    if (auto printed = print_one(context, answer->body, Answer::line); !printed)
      return std::unexpected(printed.error());
    return 0;
  }
  const auto made = Document::parse(answer->body);
  if (!made) return std::unexpected(Failure{.what = "the answer is no JSON: " + made.error().detail});
  Progress progress{context.session, true};
  progress.show(*made);
  const auto patience = timeout->value_or(launch_patience);
  const auto seen = wait_for(context.session, (*made)["id"].as_text(), progress, runs_or_ended, patience);
  return waited(context, seen, progress, true);
}

Ending instance_change(Context& context) {
  auto ask = make_ask(context);
  if (!ask) return std::unexpected(ask.error());
  auto answer = context.session.call(*ask);
  if (!answer) return std::unexpected(answer.error());
  if (context.parsed.has("wait")) {
    const auto stopping = Document::parse(answer->body);
    Progress silent{context.session, false};
    auto seen = wait_for(context.session, stopping ? (*stopping)["id"].as_text() : "", silent, has_ended, std::nullopt);
    if (!seen) return std::unexpected(seen.error());
    return print_end(context, *seen, false);
  }
  if (auto printed = print_one(context, answer->body, Answer::line); !printed) return std::unexpected(printed.error());
  return 0;
}

Ending instance_wait(Context& context) {
  const std::string wanted = context.parsed.flag("for").value_or("running");
  if (wanted != "running" && wanted != "ended")
    return wrong_usage("--for takes running or ended, not `" + wanted + "`");
  auto id = context.places.value(Takes::instance, context.parsed.words.at("instance"));
  if (!id) return std::unexpected(id.error());
  const bool to_run = wanted == "running";
  const auto timeout = timeout_of(context);
  if (!timeout) return std::unexpected(timeout.error());
  Progress progress{context.session, to_run};
  const auto seen = wait_for(context.session, *id, progress, to_run ? runs_or_ended : has_ended, *timeout);
  return waited(context, seen, progress, to_run);
}

}  // namespace cli
