#include "cmd/cli/waiting.hpp"

#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

#include "cmd/cli/words/progress.hpp"
#include "cmd/cli/words/terminal.hpp"
#include "shared/base/check.hpp"

namespace cli {
namespace {

using json::Document;
using Until = std::function<bool(const Document&)>;
using Clock = std::chrono::steady_clock;

// A stream without news beats every ten seconds: with less left than this, it could overstay.
constexpr std::chrono::seconds silence_max{15};
constexpr std::chrono::milliseconds between_looks{250};

/// One wait for one instance.
struct Wait {
  Session& session;
  const std::string& id;
  Progress& progress;
  const Until& until;
  const std::optional<std::chrono::seconds> timeout;
  const Clock::time_point began = Clock::now();

  Outcome<Document> look() const {
    auto instance = session.read({.path = "/v1/instances/" + id});
    if (instance) progress.show(*instance);
    return instance;
  }

  bool streams() const { return !timeout || Clock::now() + silence_max < began + *timeout; }

  /// One connection's worth of events; each look at the instance is shown. A value: `until` holds. None: the stream
  /// broke off, or the end is near.
  Outcome<std::optional<Document>> follow_once() const {
    Outcome<std::optional<Document>> seen;
    const auto go_on = [&] {
      auto instance = look();
      if (!instance)
        seen = std::unexpected(instance.error());
      else if (!until(*instance))
        return streams();
      else
        seen = std::move(*instance);
      return false;
    };
    bool goes_on = true;
    auto done = session.stream(
        {.path = "/v1/instances/" + id + "/events", .headers = {{"Accept", "text/event-stream"}}},
        [&] { goes_on = go_on(); }, [&](std::string_view) { return goes_on && (goes_on = go_on()); });
    if (!done && goes_on) return std::unexpected(done.error());
    return seen;
  }

  /// Until `until` holds, or the end is near: then nothing.
  Outcome<std::optional<Document>> by_events() const {
    Backoff backoff{std::chrono::seconds{60}};
    while (streams()) {
      auto seen = follow_once();
      if (seen ? seen->has_value() : seen.error().exit != Exit::unavailable) return seen;
      if (!streams()) break;
      const auto pause = backoff.next(Trouble::lost);
      if (!pause)
        return std::unexpected(seen ? Failure{.exit = Exit::unavailable, .what = "the events break off again and again"}
                                    : seen.error());
      std::this_thread::sleep_for(*pause);
    }
    return std::nullopt;
  }

  Outcome<Document> by_the_clock() const {
    CHECK(timeout);  // events are followed without end, or until then
    while (true) {
      auto instance = look();
      if (!instance || until(*instance)) return instance;
      if (Clock::now() >= began + *timeout) return std::unexpected(not_yet(*instance, *timeout));
      std::this_thread::sleep_for(between_looks);
    }
  }

  Outcome<Document> until_it_holds() const {
    auto seen = by_events();
    if (!seen) return std::unexpected(seen.error());
    if (auto& there = *seen) return std::move(*there);
    return by_the_clock();
  }
};

}  // namespace

Progress::Progress(Session& session, bool wanted)
    : session_(session), wanted_(wanted), shown_(wanted && isatty(STDERR_FILENO) != 0) {}

void Progress::show(const Document& instance) {
  if (shown_) {
    if (said_.empty()) fprintf(stderr, "%s", printable(instance["id"].as_text()).c_str());
    for (const std::string& step : progress_steps(instance)) {
      if (std::find(said_.begin(), said_.end(), step) != said_.end()) continue;
      fprintf(stderr, "  %s", step.c_str());
      said_.push_back(step);
      open_ = true;
    }
  }
  if (wanted_ && !explained_ && waits_for_room(instance)) explain(instance);
}

void Progress::explain(const Document& instance) {
  explained_ = true;
  const auto shapes = session_.read({.path = "/v1/shapes"});
  const std::string why = room_text(instance, shapes ? *shapes : Document{});
  break_line();
  fprintf(stderr, "%s\n", why.c_str());
}

void Progress::end(const Outcome<Document>& seen) {
  if (const std::string price = seen && open_ ? progress_price(*seen) : ""; !price.empty())
    fprintf(stderr, "     %s", price.c_str());
  break_line();
}

void Progress::break_line() {
  if (open_) fprintf(stderr, "\n");
  open_ = false;
}

Outcome<Document> wait_for(Session& session, const std::string& id, Progress& progress, const Until& until,
                           std::optional<std::chrono::seconds> timeout) {
  const Wait wait{session, id, progress, until, timeout};
  auto seen = wait.look();
  if (seen && !until(*seen)) seen = wait.until_it_holds();
  progress.end(seen);
  return seen;
}

}  // namespace cli
