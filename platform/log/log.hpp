// Log: the one dense order of everything committed. A transaction puts entries into `log_inbox`; the sequencer gives
// each the next index and appends it to `log`. Audit records, the change feed and event streams are readers of it.
//
// Always true
//   - indexes are dense and begin at 1; an entry is in the log exactly if its transaction committed;
//   - nothing stands before what it saw; entries of one transaction stand together, in its order;
//   - an entry is never changed or removed: the database refuses it;
//   - a follower is given each entry after its cursor that touches its topic once, in order, without a gap.
//
// The namespace is `logbook`, because `log` is the C library's logarithm.
//
// Not here yet: Merkle leaves and signed checkpoints (platform/evidence).
#pragma once

#include <boost/describe.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platform/jobs/jobs.hpp"
#include "platform/request/names.hpp"
#include "platform/request/ports.hpp"
#include "platform/request/request.hpp"
#include "shared/db/db.hpp"
#include "shared/db/sequence.hpp"
#include "shared/json/json.hpp"

namespace logbook {

inline constexpr request::Permission record_list{"log.record.list"};
inline constexpr request::Permission event_follow{"log.event.follow"};
inline constexpr request::Permission key_sweep{"log.key.sweep"};  // the house's own: no role holds it

using RecordId = base::Id<"aud">;

inline constexpr std::chrono::hours key_time{24};           // how long an idempotency key is kept
inline constexpr std::size_t denied_reads_max = 1024;       // waiting to be recorded; those past it are counted only
inline constexpr std::chrono::seconds heartbeat_every{10};  // of a stream without news

/// One entry before it has an index. `action` is a permission's name, or `noun.event` of a module for a mere event.
struct Entry {
  std::vector<request::Scope> path;  // where it belongs: first the organization, last the scope
  request::PrincipalId principal;
  request::OrganizationId home;  // the principal's
  std::string action;
  std::string resource;        // id, or empty
  std::string outcome = "ok";  // or a reason's word
  std::string target = {};     // of a denial: what was asked for; only operators see it
  std::string by = {};         // the binding that allowed it
  std::string detail = "{}";   // JSON of the module's own: a state, a node
};

/// An entry as it stands in the log, and as lists and streams show it.
struct Record {
  static constexpr request::PageBy page_by = request::PageBy::index;
  std::int64_t index = 0;
  RecordId id;
  base::Instant at;
  request::PrincipalId principal;
  std::string principal_name;
  std::string action;
  std::string resource;
  std::string outcome;
  request::Scope scope;
  std::string scope_path;
  std::string by;
  json::Json detail;
};
BOOST_DESCRIBE_STRUCT(Record, (),
                      (index, id, at, principal, principal_name, action, resource, outcome, scope, scope_path, by,
                       detail))

/// Puts it into the inbox of this transaction.
RecordId append(db::Tx&, const request::Env&, const Entry&);

/// The engine's step (db::Sequence), and the log as recorder, idempotency store and feed of one process.
class Log : public request::Recorder, public request::Idempotency, public request::Feed {
 public:
  /// To be given to db::open before the store exists; `start` gives it the store afterwards.
  virtual db::Sequence sequence() = 0;
  /// `dice` is a key of its own or the runner's: the log draws from other numbers.
  virtual void start(db::Store&, const base::Clock&, base::Random::Key dice) = 0;
  /// Before the store goes. Ends the followers; what was denied until now is recorded first.
  virtual void stop() = 0;
  /// The newest index this process knows of, and when a leader said so.
  virtual std::int64_t head() const = 0;
  virtual base::Instant beat() const = 0;
  /// Called on a thread of the log for each new entry, in order, after it is durable: how iam keeps its index. Entries
  /// that stood before `start` are not told. It must not block for long: everybody's news wait for it.
  using Listener = std::function<void(const std::vector<logbook::Entry>&, std::int64_t head)>;
  virtual void listen(Listener) = 0;
  /// Denied reads that were not recorded because too many waited, since the start.
  virtual std::int64_t denied_reads_lost() const = 0;
};
/// `names` are looked up on a thread of the log, for the followers.
std::unique_ptr<Log> make_log(request::Names names = {});

/// `record list` (GET …/audit-records at each scope), and `…/events` of each scope.
request::Routes routes(request::Names names = {});

/// Forgets idempotency keys older than `key_time`.
jobs::Jobs jobs();

/// Lineage: the `decision` that allowed the resource's creation, and the `audit` line of all other records about it.
std::unique_ptr<request::LineageSource> lineage(request::Names names = {});

}  // namespace logbook
