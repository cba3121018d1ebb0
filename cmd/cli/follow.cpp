// Streams that are read: logs as bytes, metrics and audit records as events. A broken connection is taken up again
// where it broke.
#include <stdio.h>
#include <unistd.h>

#include <thread>

#include "cmd/cli/perform.hpp"
#include "cmd/cli/words/progress.hpp"
#include "cmd/cli/words/table.hpp"
#include "cmd/cli/words/terminal.hpp"

namespace cli {
namespace {

constexpr std::chrono::seconds patience{60};

/// Runs `once` again while it breaks. A value: it ended. `once` says by `progress` that it got somewhere.
Outcome<void> again(const std::function<Outcome<void>(bool& progress)>& once) {
  Backoff backoff{patience};
  while (true) {
    bool progress = false;
    auto done = once(progress);
    if (done || done.error().exit != Exit::unavailable) return done;
    if (progress) backoff = Backoff{patience};
    const auto wait = backoff.next(Trouble::lost);
    if (!wait) return done;
    std::this_thread::sleep_for(*wait);
  }
}

Ending ended(const Outcome<void>& done) {
  if (!done) return std::unexpected(done.error());
  return 0;
}

/// A log that is followed ends with its workload. A body that ends before it broke off, whole as it may look: what
/// stands between may have made it so.
Outcome<void> whole(Session& session, const std::string& instance) {
  const auto now = session.read({.path = "/v1/instances/" + instance});
  if (!now) return std::unexpected(now.error());
  if (has_ended(*now)) return {};
  return std::unexpected(Failure{.exit = Exit::unavailable,
                                 .what = "the log broke off before its workload ended",
                                 .next = "Follow it again with --offset, or see `gpuaas node list`."});
}

}  // namespace

Ending instance_logs(Context& context) {
  auto id = context.places.value(Takes::instance, context.parsed.words.at("instance"));
  if (!id) return std::unexpected(id.error());
  std::size_t offset = 0;
  if (const auto from = context.parsed.flag("offset")) {
    if (from->empty() || from->size() > 15 || from->find_first_not_of("0123456789") != from->npos)
      return wrong_usage("--offset takes bytes, not `" + *from + "`");
    offset = std::stoul(*from);
  }
  const bool follow = context.parsed.has("follow");
  Outcome<void> printed;
  return ended(again([&](bool& progress) -> Outcome<void> {
    auto done = context.session.stream(
        {.path = "/v1/instances/" + *id + "/logs",
         .query = {{"follow", follow ? "true" : "false"}, {"offset", std::to_string(offset)}}},
        [] {},
        [&](std::string_view piece) {
          progress = true;
          offset += piece.size();
          printed = print(piece);
          return printed.has_value();
        });
    if (!printed) return printed;
    return done && follow ? whole(context.session, *id) : done;
  }));
}

Ending instance_metrics(Context& context) {
  auto id = context.places.value(Takes::instance, context.parsed.words.at("instance"));
  if (!id) return std::unexpected(id.error());
  const bool top = context.command().verb == "top";
  const bool screen = top && isatty(STDOUT_FILENO) != 0;
  const bool goes_on = top || context.parsed.has("follow");
  Outcome<void> printed;
  bool simulated_said = false;
  const auto show = [&](const std::string& data) {
    const auto sample = json::Document::parse(data);
    if (!sample) return true;
    std::string text;
    if (context.output == "json") {
      text = data + "\n";
    } else if (context.output == "yaml") {
      text = "---\n" + yaml(*sample);
    } else {
      if (screen) text = "\r\x1b[K";
      text +=
          (screen ? "" : (*sample)["at"].as_text().substr(11, 8) + "  ") + metrics_text(*sample) + (screen ? "" : "\n");
      if ((*sample)["simulated"].as_bool() && !std::exchange(simulated_said, true) && !screen) text += "* simulated\n";
    }
    printed = print(text);
    return printed.has_value() && goes_on;
  };
  bool more = true;
  auto done = again([&](bool& progress) -> Outcome<void> {
    http::EventParser parser;
    return context.session.stream(
        {.path = "/v1/instances/" + *id + "/metrics", .headers = {{"Accept", "text/event-stream"}}}, [] {},
        [&](std::string_view piece) {
          parser.feed(piece, [&](const http::Event& event) {
            progress = true;
            if (more) more = show(event.data);
          });
          return more;
        });
  });
  if (screen && printed) printed = print("\n");
  return ended(printed ? done : printed);
}

Ending audit_follow(Context& context) {
  auto ask = make_ask(context);
  if (!ask) return std::unexpected(ask.error());
  const auto slash = ask->path.rfind('/');
  const std::string path = ask->path.substr(0, slash) + "/events";
  std::string resource, action;
  for (const auto& [name, value] : ask->query) (name == "resource" ? resource : action) = value;
  std::string last = context.parsed.flag("after").value_or("");
  Outcome<void> printed;
  const auto show = [&](const http::Event& event) {
    const auto record = json::Document::parse(event.data);
    if (!record || !(*record).has("action")) return;
    if (!resource.empty() && (*record)["resource"].as_text() != resource) return;
    if (!action.empty() && (*record)["action"].as_text() != action) return;
    if (context.output == "json")
      printed = print(event.data + "\n");
    else if (context.output == "yaml")
      printed = print("---\n" + yaml(*record));
    else
      printed = print(line(*record, context.command().columns, context.clock.now()));
  };
  return ended(again([&](bool& progress) -> Outcome<void> {
    http::EventParser parser;
    http::Headers headers{{"Accept", "text/event-stream"}};
    if (!last.empty()) headers.emplace_back("Last-Event-ID", last);
    auto done = context.session.stream(
        {.path = path, .headers = headers}, [] {},
        [&](std::string_view piece) {
          parser.feed(piece, [&](const http::Event& event) {
            progress = true;
            if (!event.id.empty()) last = event.id;
            if (printed) show(event);
          });
          return printed.has_value();
        });
    if (!printed) return printed;
    // A stream of events has no end of its own: the server went away, or takes leave of us.
    if (done) return std::unexpected(Failure{.exit = Exit::unavailable, .what = "the events broke off"});
    return done;
  }));
}

}  // namespace cli
