// Metering: usage events, the first link of money. A node measures and reports; what it says is filed once, under the
// path that the tree had at the event's time, and never changed.
//
// Always true
//   - an event is filed once, however often it is reported; the same id with other content is refused;
//   - its path is that of its own time: an interval that spans a move is split there, quantities in proportion;
//   - no event ends after the server's now, and no two events of one resource and meter overlap;
//   - each event is rated exactly once, or waits to be: `usage_unrated` says which;
//   - events are never changed or removed: the database refuses it.
//
// Not here: what a unit costs (platform/billing/rating), and what a meter measures (the product, by its manifest).
#pragma once

#include <boost/describe.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/request/names.hpp"
#include "platform/request/ports.hpp"
#include "platform/request/request.hpp"
#include "shared/db/db.hpp"
#include "shared/json/json.hpp"

namespace metering {

using request::OrganizationId;
using request::PrincipalId;
using request::Scope;

inline constexpr request::Permission usage_list{"billing.usage.list"};
inline constexpr request::Permission usage_report{"billing.usage.report"};

/// Of a whole report: an event in it ends after the server's now. Nothing of it is filed, and it is reported again.
inline constexpr base::Reason not_yet{"not_yet", base::Kind::unavailable, "Report it again in a second."};
// Of one event in a report; the others are filed all the same, and this one never will be.
inline constexpr base::Reason event_conflict{"event_conflict", base::Kind::conflict,
                                             "This id was reported with other content."};
inline constexpr base::Reason event_overlaps{"event_overlaps", base::Kind::conflict,
                                             "Usage of this resource and meter is known for that time already."};
inline constexpr base::Reason interval_empty{"interval_empty", base::Kind::invalid, "An event ends after it starts."};
inline constexpr base::Reason resource_unknown{"resource_unknown", base::Kind::not_found,
                                               "Report only what ran on this node, as it was sold."};
inline constexpr base::Reason meter_unknown{"meter_unknown", base::Kind::invalid, "Report only declared meters."};

using UsageEventId = base::Id<"use">;

inline constexpr std::int64_t report_max = 500;  // events in one report

/// What a node measured, by an id of its own.
struct Reported {
  UsageEventId id;
  std::string resource;
  std::string meter;
  std::string sku;  // what it was sold as
  base::Instant start;
  base::Instant end;
  std::int64_t quantity = 0;  // in the meter's unit
  bool simulated = false;
  static constexpr std::array json_defaults{"simulated"};
  static constexpr std::array json_ranges{json::Range{"quantity", 0}};
};
BOOST_DESCRIBE_STRUCT(Reported, (), (id, resource, meter, sku, start, end, quantity, simulated))

struct Report {
  PrincipalId node;
  std::vector<Reported> events;
  static constexpr std::array json_ranges{json::Range{"events", 0, report_max}};
};
BOOST_DESCRIBE_STRUCT(Report, (), (node, events))

struct RefusedEvent {
  UsageEventId id;
  std::string reason;  // final: reporting it again changes nothing
  std::string next;
};
BOOST_DESCRIBE_STRUCT(RefusedEvent, (), (id, reason, next))

struct ReportAnswer {
  int accepted = 0;
  int known = 0;
  std::vector<RefusedEvent> refused;
};
BOOST_DESCRIBE_STRUCT(ReportAnswer, (), (accepted, known, refused))

/// An event as filed: the whole of a report, or its piece between two moves.
struct UsageEvent {
  UsageEventId id;
  base::Instant recorded_at;
  base::Instant start;
  base::Instant end;
  std::string meter;
  std::string unit;
  std::string sku;
  std::int64_t quantity = 0;
  std::string resource;
  std::vector<Scope> path;
  PrincipalId node;
  bool simulated = false;
  bool rated = false;

  OrganizationId organization() const { return std::get<OrganizationId>(path.front()); }
  bool operator==(const UsageEvent&) const = default;
};

/// A part of an interval during which the path stayed the same.
struct Span {
  base::Instant start;
  base::Instant end;
  std::vector<Scope> path;
};

/// What metering has to ask of others; main connects them.
struct Ports {
  /// The parts of [start, end) with the resource's path in each, in order and without gap; from then on no edge begins
  /// before `end`. Errors: `not_found`.
  std::function<base::Result<std::vector<Span>>(db::Tx&, std::string_view resource, base::Instant start,
                                                base::Instant end)>
      attribute;
  /// Whether the product sold this resource as that SKU, and it ran on that node. Errors: any; the node sees
  /// `resource_unknown`.
  std::function<base::Result<void>(db::Snapshot&, PrincipalId node, std::string_view resource, std::string_view sku)>
      ran;
  /// The unit of a declared meter.
  std::function<std::optional<std::string>(std::string_view meter)> unit;
  request::Names names = {};
};

/// `attribute`, by the history of iam's tree.
base::Result<std::vector<Span>> attribute_by_tree(db::Tx&, std::string_view resource, base::Instant start,
                                                  base::Instant end);

/// Files what is new of a report; an event that is refused leaves the others alone. Errors: `forbidden`, `not_yet`.
base::Result<ReportAnswer> report(db::Tx&, const request::Call<usage_report, Report>&, const Ports&);

// For rating, in whose transactions these are called.

std::optional<UsageEvent> event(db::Snapshot&, UsageEventId);
struct Unrated {
  OrganizationId organization;
  UsageEventId event;
};
std::vector<Unrated> unrated(db::Snapshot&, base::Instant now, int most);
/// False: it was rated already.
bool mark_rated(db::Tx&, UsageEventId);
/// It cannot be rated now, and is not looked at before `retry_at`.
void postpone(db::Tx&, UsageEventId, base::Instant retry_at);

/// `usage list` at each scope, and `usage report`.
request::Routes routes(Ports);

/// Lineage: the usage of a resource; what is not rated yet is pending.
std::unique_ptr<request::LineageSource> lineage(request::Names names = {});

}  // namespace metering
