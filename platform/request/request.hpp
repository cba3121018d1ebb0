// Request: what it is to ask this platform for something.
//
// A module lists its routes; the runner finds one, authenticates, authorizes at the scope in its path, decodes, runs,
// records and answers. What others implement is in ports.hpp: Authorizer, Recorder, Idempotency, LineageSource.
//
// Always true
//   - a handler runs only with its permission granted at the scope in its path, by a Granted that ends with the call;
//   - a change, its audit record and its idempotency key are in one transaction, or none of them is;
//   - no change commits on a decision older than its organization's authz epoch.
//
// Not here: who may what (platform/iam), and bytes on a socket (shared/http, which knows no permissions).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "shared/base/check.hpp"
#include "shared/base/id.hpp"
#include "shared/base/random.hpp"
#include "shared/base/result.hpp"
#include "shared/base/time.hpp"
#include "shared/db/db.hpp"

namespace request {

using PlatformId = base::Id<"plt">;  // an installation has one; what lies there no organization inherits
using OrganizationId = base::Id<"org">;
using DepartmentId = base::Id<"dep">;
using ProjectId = base::Id<"prj">;
using PrincipalId = base::Id<"prn">;
using Scope = std::variant<PlatformId, OrganizationId, DepartmentId, ProjectId>;

/// The one platform scope of an installation: the id of zeros.
inline constexpr PlatformId platform{};
std::string text(const Scope&);
/// Errors: `invalid` (no scope has such an id).
base::Result<Scope> scope_from_text(std::string_view);
/// A path as columns keep it: ids from the first down, separated by "/". What is no such text is a bug and crashes.
std::string path_text(const std::vector<Scope>&);
std::vector<Scope> path_from_text(std::string_view);

/// `owner.resource_type.verb`, a constant of the module that owns it. Its address is its identity in
/// `Granted<badge_ask>`; its name is the audit action and the word in roles, and ends in the operation id.
struct Permission {
  std::string_view name;
};

/// A decision as a value: recorded, signed for a product outside, kept by a stream's edge, compared again at commit.
struct Authority {
  const Permission* permission;
  PrincipalId principal;
  std::vector<Scope> path;   // first the payer's organization, last the scope; at the platform only that
  std::int64_t authz_epoch;  // of the path's first, as it was when decided
  std::string by = {};       // the binding that allowed it, for the record and for lineage; empty: the house, or anyone

  const Scope& scope() const { return path.back(); }
};

/// The proof that this call may do P here. The runner makes it from the authorizer's yes, for one call.
template <const Permission& P>
class Granted final {
 public:
  Granted(const Granted&) = delete;
  Granted& operator=(const Granted&) = delete;
  static void* operator new(std::size_t) = delete;

  PrincipalId principal() const { return authority_.principal; }
  /// Where it was decided; to ask this of a wider scope is a bug.
  ProjectId project() const { return scope_as<ProjectId>(); }
  OrganizationId organization() const {  // the payer
    CHECK(std::holds_alternative<OrganizationId>(authority_.path.front()));
    return std::get<OrganizationId>(authority_.path.front());
  }
  const Authority& authority() const { return authority_; }

 private:
  friend class Lender;
  explicit Granted(Authority authority) : authority_(std::move(authority)) { CHECK(authority_.permission == &P); }

  template <class T>
  T scope_as() const {
    CHECK(std::holds_alternative<T>(authority_.path.back()));
    return std::get<T>(authority_.path.back());
  }

  const Authority authority_;
};

/// The only clock and dice of a call: ChaCha20 of this start's key, the server's own request number, and the step.
struct Env {
  base::Instant now;                    // one, for prepare, commit and the records
  base::Random& random;                 // a commit that runs again draws the same
  std::string_view credential_id = {};  // the caller's key or sign-in session, for who ends or shows it (iam)
  base::Day today() const { return base::day_of(now); }
};

/// What a handler is given beside the database: who asks and where, when, and for what.
template <const Permission& P, class Input = std::monostate>
struct Call {
  const Granted<P>& granted;
  const Env& env;
  const Input& input;  // members named in the path come from it, the rest from the body or, of a GET, the query
};

/// What a stream shows. The edge owns the socket, keeps the Authority, decides again, and cuts on anything but yes.
struct Follow {
  std::string topic;         // the id of a scope (everything at and below it) or of a resource
  std::int64_t cursor = -1;  // the log index after which to begin (-1: from now on); a Last-Event-ID wins
};
struct Relay {
  PrincipalId node;
  std::string what;               // logs, metrics, a terminal, in the node's words
  std::string content_type = {};  // of a plain stream; a WebSocket has none
  std::string session = {};       // the access session whose end is to be recorded
};
/// The caller is a node, and its WebSocket becomes the link to it.
struct Attach {
  PrincipalId node;
};
using Streamed = std::variant<Follow, Relay, Attach>;

/// An answer with headers of its own (a sign-in's cookie).
template <class T>
struct Reply {
  T body;
  std::vector<std::pair<std::string, std::string>> headers = {};
};

enum Method { GET, POST, PUT, PATCH, DELETE };  // GET is every read and stream, and no change
std::string_view method_name(Method);

struct Options {
  int status = 200;                        // of success
  std::string_view creates = {};           // a resource type: the answer's id is registered, in the same transaction
  std::vector<base::Reason> reasons = {};  // what the handler may return beside base's own; any other is a bug
  bool audit_read = false;                 // each allowed read is a record: secrets, exports, recordings
  bool ticketed = false;                   // a stream that only a one-use ticket opens, never a key or a cookie
  bool bulk = false;                       // no scope in the path: the handler shows only what its caller may see
  std::string_view secret = {};            // the answer's member that a replay shows as `shown_once`
  bool keyless = false;                    // usage ingest and node reports: the items carry ids of their own
  std::string_view summary = {};           // one line for OpenAPI and the CLI's help
};

}  // namespace request

#include "platform/request/routes.hpp"
