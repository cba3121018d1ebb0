// Streams: the handler says what to follow or relay, the edge owns the socket. No stream holds a thread or a
// transaction; each is cut when the decision that allowed it changes.
#include <charconv>
#include <optional>

#include "platform/request/runs.hpp"

namespace request {
namespace {

constexpr std::uint16_t policy_violation = 1008;  // RFC 6455, 7.4.1

std::string event_text(const Feed::Entry& entry) {
  if (entry.index < 0) return ": beat\n\n";
  return "id: " + std::to_string(entry.index) + "\nevent: " + entry.event + "\ndata: " + entry.data + "\n\n";
}

std::optional<std::int64_t> index_in(std::string_view text) {
  std::int64_t index = -1;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), index);
  if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return index;
}

// A cursor that this log never gave would be followed in silence for ever: another database's, or a mistyped one.
base::Result<std::int64_t> cursor_of(const http::Headers& headers, const Follow& what, std::int64_t newest) {
  const auto last = http::find(headers, "Last-Event-ID");
  if (!last && what.cursor == -1) return what.cursor;
  const auto cursor = last ? index_in(*last) : what.cursor;
  const std::string_view said = last ? "Last-Event-ID" : "after";
  if (!cursor || *cursor < 0 || *cursor > newest)
    return base::Error{cursor_unknown,
                       std::string{said} + ": expected the id of an event, 0 to " + std::to_string(newest)};
  return *cursor;
}

// What ends with a stream, from whichever side it ended.
struct Held {
  std::mutex mutex;
  bool ended = false;
  std::uint64_t number = 0;
  std::shared_ptr<void> follow;
};

}  // namespace

void Runs::stream(const AskPtr& ask) {
  on_pool(ask, [this, ask] {
    auto random = dice(*ask, DiceStep::prepare);
    const Env env{ask->now, random};
    std::int64_t newest = -1;  // of the log, where it is followed
    auto opened = store_.read([&](db::Snapshot& snapshot) {
      auto what = ask->route->open(snapshot, ask->granted(), env, ask->input.get());
      if (what && std::holds_alternative<Follow>(*what)) {
        CHECK(ports_.feed != nullptr);
        newest = ports_.feed->newest(snapshot);
      }
      return what;
    });
    if (!opened) return refuse(ask, opened.error());
    if (auto* what = std::get_if<Follow>(&*opened)) return follow(ask, std::move(*what), newest);
    if (const auto* what = std::get_if<Relay>(&*opened)) return relay(ask, *what);
    attach(ask, std::get<Attach>(*opened));
  });
}

void Runs::follow(const AskPtr& ask, Follow what, std::int64_t newest) {
  const auto cursor = cursor_of(ask->http.headers, what, newest);
  if (!cursor) return refuse(ask, cursor.error());
  auto bytes = ask->responder->stream(
      200, {{"Content-Type", "text/event-stream"}, {"Cache-Control", "no-store"}, {"X-Request-Id", ask->id}});
  if (!bytes) return;
  auto held = std::make_shared<Held>();
  held->number = streams_.opened(*ask, [bytes](std::string_view) { bytes->cut(); });
  bytes->on_close([this, held] {
    std::shared_ptr<void> ends;
    {
      const std::lock_guard lock{held->mutex};
      held->ended = true;
      ends = std::move(held->follow);
    }
    streams_.closed(held->number);
    pool_.post_due([ends = std::move(ends)] {});  // ending may wait for a piece that is being given just now
  });
  bytes->write(": open\n\n");
  auto following = ports_.feed->follow(std::move(what.topic), *cursor, [bytes](const Feed::Entry& entry) {
    if (bytes->write(event_text(entry))) return true;
    bytes->cut();
    return false;
  });
  const std::lock_guard lock{held->mutex};
  if (!held->ended) held->follow = std::move(following);
}

void Runs::relay(const AskPtr& ask, const Relay& what) {
  CHECK(ports_.nodes != nullptr);
  auto cut = std::make_shared<std::function<void(std::string_view)>>();
  const std::uint64_t number = streams_.opened(*ask, [cut](std::string_view reason) {
    if (*cut) (*cut)(reason);
  });
  if (!ports_.nodes->relay(what, ask->http, ask->responder, cut, [this, number] { streams_.closed(number); })) {
    streams_.closed(number);
    refuse(ask, base::Error{node_not_linked});
  }
}

void Runs::attach(const AskPtr& ask, Attach what) {
  CHECK(ports_.nodes != nullptr);
  ask->target = Target{what.node.text()};  // a link is its node's own: it lasts as long as the node may have one
  ask->responder->upgrade(
      ask->one_use ? chosen_subprotocol(ask->http, ask->one_use->scheme()) : std::string{},
      [this, ask, what](std::shared_ptr<http::WebSocket> socket) {
        const std::uint64_t number =
            streams_.opened(*ask, [socket](std::string_view reason) { socket->close(policy_violation, reason); });
        ports_.nodes->attach(what.node, ask->caller, socket, [this, number] { streams_.closed(number); });
      });
}

}  // namespace request
