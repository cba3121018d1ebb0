// Log: the one dense order of everything committed. A transaction puts entries into `log_inbox`; the sequencer gives
// each the next index and appends it to `log`. Audit records, the change feed and event streams are readers of it.
//
// Always true
//   - indexes are dense and begin at 1; an entry is in the log exactly if its transaction committed;
//   - nothing stands before what it saw; entries of one transaction stand together, in its order;
//   - an entry is never changed or removed: the database refuses it.
//
// The namespace is `logbook`, because `log` is the C library's logarithm.
//
// Not here yet: Merkle leaves and signed checkpoints (platform/evidence).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platform/request/ports.hpp"
#include "platform/request/request.hpp"
#include "shared/db/db.hpp"
#include "shared/db/sequence.hpp"

namespace logbook {

using RecordId = base::Id<"aud">;

/// One entry before it has an index. `action` is a permission's name, or `noun.event` of a module for a mere event.
struct Entry {
  std::vector<request::Scope> path;     // where it belongs: first the organization, last the scope
  request::PrincipalId principal;
  request::OrganizationId home;         // the principal's
  std::string action;
  std::string resource;                 // id, or empty
  std::string outcome = "ok";           // or a reason's word
  std::string target = {};              // of a denial: what was asked for; only operators see it
  std::string by = {};                  // the binding that allowed it
  std::string detail = "{}";            // JSON of the module's own: a state, a node
};

/// Puts it into the inbox of this transaction.
RecordId append(db::Tx&, const request::Env&, const Entry&);

/// The engine's step (db::Sequence), and the log as recorder, idempotency store and feed of one process.
class Log : public request::Recorder, public request::Idempotency, public request::Feed {
 public:
  /// To be given to db::open before the store exists; `start` gives it the store afterwards.
  virtual db::Sequence sequence() = 0;
  virtual void start(db::Store&, const base::Clock&, base::Random::Key dice) = 0;
  virtual void stop() = 0;
  /// The newest index this process knows of, and when a leader said so.
  virtual std::int64_t head() const = 0;
  virtual base::Instant beat() const = 0;
  /// Called on a thread of the log for each new entry, in order, after it is durable: how iam keeps its index.
  using Listener = std::function<void(const std::vector<Entry>&, std::int64_t head)>;
  virtual void listen(Listener) = 0;
};
std::unique_ptr<Log> make_log();

/// `audit list` (GET /v1/audit-records at a scope), and `…/events` of every scope and resource.
request::Routes routes();

/// Lineage: `authority`'s decision and the `audit` line, from records about the resource.
std::unique_ptr<request::LineageSource> lineage();

}  // namespace logbook
