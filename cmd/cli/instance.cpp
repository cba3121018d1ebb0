// Launching, and waiting for what was launched: by the instance's own events, so that nobody polls.
#include <stdio.h>
#include <unistd.h>

#include <charconv>
#include <thread>

#include "cmd/cli/perform.hpp"
#include "cmd/cli/words/progress.hpp"
#include "cmd/cli/words/table.hpp"
#include "cmd/cli/words/terminal.hpp"

namespace cli {
namespace {

using json::Document;
using Until = std::function<bool(const Document&)>;

bool runs_or_ended(const Document& instance) { return instance["state"].as_text() == "running" || has_ended(instance); }

/// The line on stderr that grows as things happen; silent where stderr is no terminal.
class Progress final {
 public:
  explicit Progress(bool shown) : shown_(shown && isatty(STDERR_FILENO) != 0) {}
  bool shown() const { return shown_; }
  void show(const Document& instance) {
    if (!shown_) return;
    if (said_.empty()) fprintf(stderr, "%s", printable(instance["id"].as_text()).c_str());
    for (const std::string& step : progress_steps(instance)) {
      if (std::find(said_.begin(), said_.end(), step) != said_.end()) continue;
      fprintf(stderr, "  %s", step.c_str());
      said_.push_back(step);
    }
  }
  void end(const Document& instance) {
    if (!shown_) return;
    const std::string price = progress_price(instance);
    fprintf(stderr, "%s%s\n", price.empty() ? "" : "     ", price.c_str());
  }

 private:
  const bool shown_;
  std::vector<std::string> said_;
};

Outcome<Document> read_instance(Session& session, const std::string& id) {
  return session.read({.path = "/v1/instances/" + id});
}

/// One connection's worth of events; each look at the instance is shown. A value: `until` holds.
Outcome<std::optional<Document>> follow_once(Session& session, const std::string& id, Progress& progress,
                                             const Until& until) {
  Outcome<std::optional<Document>> seen;
  const auto look = [&] {
    auto instance = read_instance(session, id);
    if (!instance) {
      seen = std::unexpected(instance.error());
      return false;
    }
    progress.show(*instance);
    if (!until(*instance)) return true;
    seen = std::move(*instance);
    return false;
  };
  bool goes_on = true;
  auto done = session.stream(
      {.path = "/v1/instances/" + id + "/events", .headers = {{"Accept", "text/event-stream"}}},
      [&] { goes_on = look(); }, [&](std::string_view) { return goes_on && (goes_on = look()); });
  if (!done && goes_on) return std::unexpected(done.error());
  return seen;
}

Outcome<Document> wait_for(Session& session, const std::string& id, Progress& progress, const Until& until) {
  // What is there already needs no stream, and a stream's first look may be its last.
  auto now = read_instance(session, id);
  if (!now) return now;
  progress.show(*now);
  if (until(*now)) return now;
  Backoff backoff{std::chrono::seconds{60}};
  while (true) {
    auto seen = follow_once(session, id, progress, until);
    if (!seen && seen.error().exit != Exit::unavailable) return std::unexpected(seen.error());
    if (seen)
      if (auto& there = *seen) return std::move(*there);
    const auto wait = backoff.next(Trouble::lost);
    if (!wait)
      return std::unexpected(seen ? Failure{.exit = Exit::unavailable, .what = "the events break off again and again"}
                                  : seen.error());
    std::this_thread::sleep_for(*wait);
  }
}

// With an end in sight it looks four times a second: a stream that is silent would not notice the time.
Outcome<Document> wait_until(Context& context, const std::string& id, const Until& until,
                             std::chrono::seconds timeout) {
  constexpr std::chrono::milliseconds pause{250};
  const auto end = std::chrono::steady_clock::now() + timeout;
  while (true) {
    auto instance = read_instance(context.session, id);
    if (!instance || until(*instance)) return instance;
    if (std::chrono::steady_clock::now() >= end)
      return std::unexpected(Failure{.exit = Exit::unavailable,
                                     .what = (*instance)["name"].as_text() + " is " + (*instance)["state"].as_text() +
                                             " after " + std::to_string(timeout.count()) + " s",
                                     .next = "Wait longer, or see `gpuaas instance show`."});
    std::this_thread::sleep_for(pause);
  }
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

}  // namespace

Ending instance_create(Context& context) {
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
  Progress progress{true};
  progress.show(*made);
  auto seen = wait_for(context.session, (*made)["id"].as_text(), progress, runs_or_ended);
  progress.end(seen ? *seen : *made);
  if (!seen) return std::unexpected(seen.error());
  if (auto printed = print_end(context, *seen, progress.shown()); !printed) return printed;
  if (const auto failed = end_failure(*seen)) return std::unexpected(*failed);
  return 0;
}

Ending instance_change(Context& context) {
  auto ask = make_ask(context);
  if (!ask) return std::unexpected(ask.error());
  auto answer = context.session.call(*ask);
  if (!answer) return std::unexpected(answer.error());
  if (context.parsed.has("wait")) {
    const auto stopping = Document::parse(answer->body);
    Progress silent{false};
    auto seen = wait_for(context.session, stopping ? (*stopping)["id"].as_text() : "", silent, has_ended);
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
  const Until until = wanted == "running" ? Until{runs_or_ended} : Until{has_ended};
  Progress progress{wanted == "running"};
  Outcome<Document> seen;
  if (const auto timeout = context.parsed.flag("timeout")) {
    int seconds = 0;
    const auto end = timeout->data() + timeout->size();
    if (const auto read = std::from_chars(timeout->data(), end, seconds);
        read.ec != std::errc{} || read.ptr != end || seconds < 0)
      return wrong_usage("--timeout takes seconds, not `" + *timeout + "`");
    seen = wait_until(context, *id, until, std::chrono::seconds{seconds});
  } else {
    seen = wait_for(context.session, *id, progress, until);
    if (seen) progress.end(*seen);
  }
  if (!seen) return std::unexpected(seen.error());
  if (auto printed = print_end(context, *seen, progress.shown()); !printed) return printed;
  if (const auto failed = end_failure(*seen)) return std::unexpected(*failed);
  if (wanted == "running" && (*seen)["state"].as_text() == "stopped")
    return std::unexpected(Failure{.what = (*seen)["name"].as_text() + " was stopped"});
  return 0;
}

}  // namespace cli
