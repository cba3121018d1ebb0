#include "platform/billing/metering/store.hpp"
#include "shared/base/check.hpp"
#include "shared/base/money.hpp"

namespace metering {
namespace {

using base::Error;
using base::Result;

enum class Outcome { accepted, known };

std::string content_of(const Reported& event, PrincipalId node) { return node.text() + " " + json::encode(event); }

Result<void> check_interval(db::Snapshot& snapshot, const Reported& event, base::Instant now) {
  if (event.start >= event.end) return Error{interval_empty};
  if (event.end > now) return Error{not_yet};
  // Those that are there do not overlap each other, so only the latest that starts before this one's end could.
  const auto end = store::end_before(snapshot, event.resource, event.meter, event.end);
  if (end && *end > event.start) return Error{event_overlaps};
  return {};
}

// Shares of the quantity by the lengths of the spans; they sum to it.
std::vector<std::int64_t> share_of(const std::vector<Span>& spans, std::int64_t quantity) {
  std::vector<std::int64_t> lengths;
  for (const Span& span : spans) {
    CHECK(span.start < span.end);
    lengths.push_back((span.end - span.start).count());
  }
  return base::share(quantity, lengths);
}

Result<Outcome> file(db::Tx& tx, const request::Env& env, PrincipalId node, const Reported& event, const Ports& ports) {
  const std::string content = content_of(event, node);
  if (const auto known = store::content_of(tx, event.id)) {
    if (*known != content) return Error{event_conflict};
    return Outcome::known;
  }
  const auto unit = ports.unit(event.meter);
  if (!unit) return Error{meter_unknown};
  if (!ports.ran(tx, node, event.resource, event.sku)) return Error{resource_unknown};
  if (auto fits = check_interval(tx, event, env.now); !fits) return fits.error();
  const auto spans = ports.attribute(tx, event.resource, event.start, event.end);
  if (!spans) return Error{resource_unknown};
  CHECK(!spans->empty() && spans->front().start == event.start && spans->back().end == event.end);

  const auto quantities = share_of(*spans, event.quantity);
  for (std::size_t i = 0; i < spans->size(); ++i) {
    const Span& span = (*spans)[i];
    CHECK(i == 0 || span.start == (*spans)[i - 1].end);
    store::insert(tx, {.event = {.id = i == 0 ? event.id : UsageEventId::make(env.now, env.random),
                                 .recorded_at = env.now,
                                 .start = span.start,
                                 .end = span.end,
                                 .meter = event.meter,
                                 .unit = *unit,
                                 .sku = event.sku,
                                 .quantity = quantities[i],
                                 .resource = event.resource,
                                 .path = span.path,
                                 .node = node,
                                 .simulated = event.simulated},
                       .reported = event.id,
                       .piece = static_cast<int>(i),
                       .content = content});
  }
  return Outcome::accepted;
}

}  // namespace

Result<ReportAnswer> report(db::Tx& tx, const request::Call<usage_report, Report>& call, const Ports& ports) {
  if (call.granted.principal() != call.input.node) return Error{base::forbidden, "a node reports for itself only"};
  ReportAnswer answer;
  for (const Reported& event : call.input.events) {
    const auto filed = file(tx, call.env, call.input.node, event, ports);
    if (!filed && filed.error().reason == not_yet) return filed.error();
    if (!filed) {
      const base::Reason& why = filed.error().reason;
      answer.refused.push_back({.id = event.id, .reason = std::string{why.word}, .next = std::string{why.next}});
    } else if (*filed == Outcome::accepted) {
      ++answer.accepted;
    } else {
      ++answer.known;
    }
  }
  return answer;
}

std::optional<UsageEvent> event(db::Snapshot& snapshot, UsageEventId id) { return store::find(snapshot, id); }

std::vector<Unrated> unrated(db::Snapshot& snapshot, base::Instant now, int most) {
  return store::unrated(snapshot, now, most);
}

bool mark_rated(db::Tx& tx, UsageEventId id) { return store::delete_unrated(tx, id); }

void postpone(db::Tx& tx, UsageEventId id, base::Instant retry_at) { store::set_retry(tx, id, retry_at); }

}  // namespace metering
