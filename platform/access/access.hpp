// Access: the one way into what runs. A resource declares surfaces, a person asks for one, the platform decides, opens
// a short-lived access session, relays its bytes to the node, records it, and cuts it when the decision changes.
//
// Always true
//   - a ticket opens one stream, once, within `ticket_time`, and only that of its own session;
//   - a session is recorded when it is asked for, when it opens and when it ends, whoever ended it;
//   - only a node that proved its key has a link, and a new link of the same node replaces none: each ends by itself.
//
// The namespace is `entrance`, because `access` is a call of POSIX.
//
// Not here: what a surface is on the node (a product's), and the families browser_app, api_app, metrics and
// operator_tool, which come with the gateway.
#pragma once

#include <boost/describe.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "platform/request/ports.hpp"
#include "platform/request/request.hpp"
#include "shared/db/db.hpp"

namespace entrance {

inline constexpr request::Permission session_create{"access.session.create"};
inline constexpr request::Permission session_open{"access.session.open"};
inline constexpr request::Permission session_list{"access.session.list"};
inline constexpr request::Permission replica_list{"access.replica.list"};  // nodes'

using SessionId = base::Id<"acs">;

inline constexpr std::chrono::seconds ticket_time{30};
inline constexpr std::size_t what_max = 32 << 10;  // bytes of a surface's `what`: so much fits into a link's open

enum class Family { terminal, browser_app, api_app, metrics, operator_tool };
BOOST_DESCRIBE_ENUM(Family, terminal, browser_app, api_app, metrics, operator_tool)

/// What a product offers for one resource of its own.
struct Surface {
  Family family;
  std::string resource;
  request::PrincipalId node;
  std::string what;  // in the node's words: "terminal ins_… 24 80"
};

/// A session as it is first answered: the only time that its ticket is shown.
struct Opened {
  SessionId id;
  Family surface;
  std::string resource;
  std::string ticket;
  base::Instant expires_at;  // of the ticket
  std::string url;           // of the stream, to be opened as a WebSocket

  bool operator==(const Opened&) const = default;
};
BOOST_DESCRIBE_STRUCT(Opened, (), (id, surface, resource, ticket, expires_at, url))

struct Session {
  SessionId id;
  Family surface;
  std::string resource;
  request::PrincipalId principal;
  base::Instant created_at;
  std::optional<base::Instant> opened_at;
  std::optional<base::Instant> ended_at;
  std::string ended_by;  // empty while it lasts: closed, cut, node

  bool operator==(const Session&) const = default;
};
BOOST_DESCRIBE_STRUCT(Session, (), (id, surface, resource, principal, created_at, opened_at, ended_at, ended_by))

/// Asks for a surface, for the caller, at the granted scope; a product's own route calls this in its commit, and says
/// `creates = session_type` and `secret = "ticket"`.
Opened open(db::Tx&, const request::Granted<session_create>&, const request::Env&, const Surface&);
inline constexpr std::string_view session_type = "access.session";

/// The links to nodes of this process, and the tickets that open a relay over them.
class Links : public request::Nodes, public request::OneUse {
 public:
  using Serve = std::function<void(const request::Caller&, http::Request, std::shared_ptr<http::Responder>)>;
  /// What a node asks over its link goes to the runner; set before the first link.
  virtual void serve(Serve) = 0;
  virtual bool linked(request::PrincipalId node) const = 0;
  virtual std::size_t count() const = 0;
  virtual void close_all(std::string_view reason) = 0;
};
/// `scheme`: what a ticket's subprotocol begins with, "WORD.ticket". `said`: hears when a node's first link stands and
/// when its last is lost, on a network thread.
std::unique_ptr<Links> make_links(db::Store&, const base::Clock&, base::Random::Key dice, std::string scheme,
                                  std::function<void(request::PrincipalId, bool linked)> said);

// Replicas: a node learns over any link which server processes there are, and dials each.

inline constexpr std::chrono::seconds replica_beat{5};
inline constexpr std::chrono::seconds replica_silence{16};  // after it, a replica is not told to nodes any more

/// Renews this process's row, and forgets those that are long gone.
void announce_replica(db::Tx&, std::string_view id, std::string_view url, base::Instant now);

/// The stream of a session, and the list of those of a resource.
request::Routes routes();

}  // namespace entrance
