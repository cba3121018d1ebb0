// Rating: what usage costs. Each usage event becomes one charge, by the price version that was in force when it began,
// and the charge is paid from the organization's prepaid account in the same transaction.
//
// Always true
//   - an event is charged once, and a charge above zero is paid by one transfer of the same amount;
//   - events in pieces cost what the whole costs: a charge is the difference of two roundings (half to even) of what
//   the
//     resource and meter came to, and the residual is carried;
//   - rating all events again by the same price versions gives the same charges;
//   - charges are never changed or removed: the database refuses it.
//
// Not here: prices (platform/registry, from the manifests), and the books (platform/billing/ledger).
#pragma once

#include <boost/describe.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "platform/billing/metering/metering.hpp"
#include "platform/jobs/jobs.hpp"
#include "platform/registry/registry.hpp"
#include "platform/request/names.hpp"
#include "platform/request/ports.hpp"
#include "platform/request/request.hpp"
#include "shared/base/money.hpp"

namespace rating {

using metering::UsageEventId;
using request::OrganizationId;
using request::Scope;

inline constexpr request::Permission charge_list{"billing.charge.list"};
inline constexpr request::Permission price_list{"billing.price.list"};
inline constexpr request::Permission cost_read{"billing.cost.read"};
inline constexpr request::Permission usage_rate{"billing.usage.rate"};  // the house's own: no role holds it

inline constexpr std::chrono::milliseconds rating_period{250};
inline constexpr int batch_max = 100;  // events of one organization in one transaction
inline constexpr std::chrono::minutes unpriced_retry{1};

using ChargeId = base::Id<"chg">;

struct Charge {
  ChargeId id;
  UsageEventId usage_event;
  base::Instant at;
  OrganizationId organization;
  Scope scope;
  std::string resource;
  std::string meter;
  std::string unit;
  std::int64_t quantity = 0;
  std::string product;
  std::string price_book;
  std::string sku;
  base::Rate rate;
  std::string per_text;
  base::Money amount;
  std::int64_t ordinal = 1;
  bool simulated = false;
  bool operator==(const Charge&) const = default;
};

/// Events of one organization that wait to be rated.
struct RateUsage {
  OrganizationId organization;
  std::vector<UsageEventId> events;
};
BOOST_DESCRIBE_STRUCT(RateUsage, (), (organization, events))

std::vector<RateUsage> due(db::Snapshot&, const request::Env&);
/// Rates them, one after another; what has no price, or cannot be paid, waits and leaves the others alone.
base::Result<bool> rate(db::Tx&, const request::Call<usage_rate, RateUsage>&);

/// All events rated again from nothing, in the order of their charges: the digests are equal if the books are right.
struct Replay {
  std::int64_t charges = 0;
  std::string books;  // SHA-256 of the charges as they stand
  std::string again;  // and as they come out now
};
Replay replay(db::Snapshot&);

/// What runs now in a project, for the burn rate: the product knows.
struct Burning {
  Scope scope;
  int running = 0;
  base::Money per_hour;
};

struct Ports {
  std::function<std::vector<Burning>(db::Snapshot&, const Scope&)> burning = {};  // at the scope and below
  std::function<std::optional<base::Currency>(db::Snapshot&, OrganizationId)> currency = {};
  request::Names names = {};
};

/// `charge list` and `cost read` at each scope, and `price list`.
request::Routes routes(Ports);
jobs::Jobs jobs();

/// Lineage: the charges of a resource.
std::unique_ptr<request::LineageSource> lineage();

}  // namespace rating
