// Ports: what a request needs of modules that `request` may not know. cmd/server hands each port its implementation.
//
// Always true
//   - whatever takes a Tx is in the transaction of the change that it is about, and may run again with it;
//   - `known`, `from_index` and `denied_read` never wait for a database, and may be called from any thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "platform/request/request.hpp"
#include "shared/base/page.hpp"
#include "shared/http/http.hpp"

namespace request {

using Target = std::variant<Scope, std::string>;  // a scope, or the id of a resource: iam knows at which scope it lies
std::string text(const Target&);

struct Caller {
  PrincipalId principal;
  OrganizationId home;             // files its records; of a node or anonymous the id of zeros: the platform
  std::string credential_id = {};  // the key or sign-in session, so that a stream ends with it
};

/// Who asks: of a bearer key, a session cookie, a node's link (platform/iam).
class Authenticator {
 public:
  virtual ~Authenticator() = default;
  /// From memory; nothing where the tables must decide (unknown, or memory older than 1 s).
  virtual std::optional<Caller> known(std::string_view credential, base::Instant now) const = 0;
  /// Errors: `unauthenticated` (unknown, expired, principal disabled).
  virtual base::Result<Caller> who(db::Snapshot&, std::string_view credential, base::Instant now) const = 0;
  /// Whether the key or sign-in of this id still holds: what was opened by a ticket ends with what asked for it.
  virtual bool holds(db::Snapshot&, std::string_view credential_id, base::Instant now) const = 0;
};

/// What a browser sends beside its session cookie, X-CSRF-Token: made of the session's own secret, so that nobody else
/// has it.
std::string csrf_of(std::string_view session_token);

/// Credentials that are used up by their first use: a surface's ticket (platform/access), a node's signed challenge
/// (platform/iam). The edge calls `use` in a change of its own, before it opens the stream.
class OneUse {
 public:
  virtual ~OneUse() = default;
  virtual std::string_view scheme() const = 0;  // the subprotocol's first words, "gpuaas.ticket"
  /// Errors: `unauthenticated` (used, expired, for another target).
  virtual base::Result<Caller> use(db::Tx&, const Env&, std::string_view credential, std::string_view target) = 0;
};

/// The one subprotocol to answer with: of those offered, `SCHEME.accepted` if it is there, which keeps a credential out
/// of the answer, else the credential's own (RFC 6455, 4.2.2: only what was offered may be chosen).
std::string chosen_subprotocol(const http::Request&, std::string_view scheme);
/// Nothing when none of the offered ones is a credential of that scheme.
std::optional<std::string> offered_credential(const http::Request&, std::string_view scheme);

/// Who may (platform/iam). An error is a no with its true reason; what the client is shown of it is the runner's.
class Authorizer {
 public:
  virtual ~Authorizer() = default;
  /// A yes of the index in memory. Nothing where the tables must decide: a no, an unknown id, an index older than 1 s.
  virtual std::optional<Authority> from_index(PrincipalId, const Permission&, const Target&,
                                              base::Instant now) const = 0;
  virtual base::Result<Authority> from_tables(db::Snapshot&, PrincipalId, const Permission&, const Target&,
                                              base::Instant now) const = 0;

  /// A commit's first statements: shares the organization's lock and epoch; decides from the tables if it is newer.
  virtual base::Result<Authority> confirm(db::Tx&, const Authority&, const Target&, base::Instant now) const = 0;

  /// Registers what a route `creates`, at the authority's scope; id and name are those of the answer.
  /// Errors: `name_taken` (names are unique within scope and type).
  virtual base::Result<void> add_resource(db::Tx&, const Authority&, std::string_view type, std::string_view id,
                                          std::string_view name, base::Instant now) = 0;

  /// Whether a change by this permission is one of iam's own tables.
  virtual bool concerns(const Permission&) const = 0;
  /// Before this process answers such a change, it applies it to its index: reads what the permission is about, by id.
  virtual void applied(const db::Reader&, const Authority&, std::string_view resource) = 0;
};

/// What happened (platform/log). An outcome is "ok" or a reason's word. `denied_read` only queues, up to a bound.
class Recorder {
 public:
  virtual ~Recorder() = default;
  virtual void change(db::Tx&, const Env&, const Authority&, const Caller&, std::string_view resource,
                      std::string_view outcome) = 0;
  virtual void denial(db::Tx&, const Env&, const Caller&, const Permission&, const Target&, base::Reason) = 0;
  virtual void denied_read(const Caller&, const Permission&, const Target&, base::Reason, base::Instant now) = 0;
  virtual void allowed_read(db::Tx&, const Env&, const Authority&, const Caller&, std::string_view resource) = 0;
};

/// The same answer to the same key (platform/log). The key is of one principal and route; `body` is the body's HMAC.
class Idempotency {
 public:
  virtual ~Idempotency() = default;
  virtual std::optional<std::string> find(db::Snapshot&, std::string_view key) const = 0;  // a hint, before prepare
  /// After `confirm`, takes the key: the answer to replay, or nothing. Errors: `key_reused` (other body), `in_flight`.
  virtual base::Result<std::optional<std::string>> claim(db::Tx&, std::string_view key, std::string_view body,
                                                         base::Instant now) = 0;
  virtual void keep(db::Tx&, std::string_view key, std::string_view answer) = 0;
};

inline constexpr base::Reason key_reused{"key_reused", base::Kind::unprocessable,
                                         "Use a new Idempotency-Key for another body."};
inline constexpr base::Reason in_flight{"in_flight", base::Kind::conflict,
                                        "The same request is still running; ask again in a moment."};
inline constexpr base::Reason key_missing{"idempotency_key_missing", base::Kind::invalid,
                                          "Send an Idempotency-Key header, 1 to 128 printable characters."};
inline constexpr base::Reason csrf_missing{"csrf_missing", base::Kind::forbidden,
                                           "Send the csrf value of your sign-in as X-CSRF-Token."};
inline constexpr base::Reason name_taken{"name_taken", base::Kind::conflict, "Choose another name."};
inline constexpr base::Reason rate_limited{"rate_limited", base::Kind::limited, "Wait a second and try again."};
inline constexpr base::Reason cursor_unknown{"cursor_unknown", base::Kind::invalid,
                                             "Read the list once, then follow without Last-Event-ID."};
inline constexpr base::Reason node_not_linked{"node_not_linked", base::Kind::unavailable,
                                              "The node is not connected to this server; try again in a second."};

/// Followers of the log (platform/log). The edge says what is followed and writes what it is given.
class Feed {
 public:
  virtual ~Feed() = default;
  struct Entry {
    std::int64_t index;
    std::string event;  // the action
    std::string data;   // JSON
  };
  using Give = std::function<bool(const Entry&)>;  // false ends it
  /// The index of the log's last entry, as the database has it: this process may not have heard of it yet.
  virtual std::int64_t newest(db::Snapshot&) const = 0;
  /// Entries after `cursor` (-1: from now on) that touch `topic`, then new ones as they come; a heartbeat is index -1.
  virtual std::shared_ptr<void> follow(std::string topic, std::int64_t cursor, Give give) = 0;  // dropped: ends
};

/// The way to a node (platform/access): its bytes, and its link.
class Nodes {
 public:
  virtual ~Nodes() = default;
  /// Relays between the node and the request's socket until either ends, then calls `closed`. False: `node_not_linked`,
  /// nothing was answered, nothing will be called. `cut` is filled, before it returns, with what ends it for a reason.
  virtual bool relay(const Relay&, const http::Request&, std::shared_ptr<http::Responder>,
                     std::shared_ptr<std::function<void(std::string_view reason)>> cut,
                     std::function<void()> closed) = 0;
  /// Takes the socket as the node's link. What the node asks over it is asked as `caller`.
  virtual void attach(PrincipalId node, const Caller& caller, std::shared_ptr<http::WebSocket>,
                      std::function<void()> closed) = 0;
};

/// One row that some transaction wrote, shown to who may see it there, else as `hidden: needs … at …`.
struct LineageLine {
  const Permission* permission;
  Scope scope;
  std::string id;  // of the row: transfer, charge, usage event, record
  std::string text;
  bool pending = false;     // not yet sequenced or rated
  std::string step = {};    // authority, decision, quota, usage, charges, ledger, audit: the line it belongs to
  std::string from = {};    // the id of the row that this one came from
  std::string amount = {};  // "0.064558 EUR", "93 gpu-seconds", when there is one
  std::string at = {};      // RFC 3339
  bool simulated = false;
};

/// What a module's own tables tell of a resource; each of them implements it, and platform/lineage asks them all.
class LineageSource {
 public:
  virtual ~LineageSource() = default;
  virtual base::Page<LineageLine> lines(db::Snapshot&, std::string_view resource, const base::Cursor&) const = 0;
};

}  // namespace request
