#include "platform/access/access.hpp"
#include "platform/access/store.hpp"

namespace entrance {
namespace {

using base::Error;
using base::Result;
using request::Call;

struct StreamSession {
  SessionId session;
};
BOOST_DESCRIBE_STRUCT(StreamSession, (), (session))

struct ListSessions {
  std::string resource;
  std::string after;
  int limit = base::page_size_default;
  static constexpr std::array json_defaults{"after", "limit"};
};
BOOST_DESCRIBE_STRUCT(ListSessions, (), (resource, after, limit))

// The ticket was used up while the caller was authenticated; here its session says what it leads to.
Result<request::Relay> stream(db::Snapshot& snapshot, const Call<session_open, StreamSession>& call) {
  const auto row = store::find(snapshot, call.input.session);
  if (!row || row->session.principal != call.granted.principal() || row->session.ended_at)
    return Error{base::not_found};
  return request::Relay{.node = row->node, .what = row->what, .session = row->session.id.text()};
}

Result<base::Page<Session>> list(db::Snapshot& snapshot, const Call<session_list, ListSessions>& call) {
  return store::list(snapshot, call.input.resource, {.after = call.input.after, .limit = call.input.limit});
}

struct NodeRef {
  request::PrincipalId node;
};
BOOST_DESCRIBE_STRUCT(NodeRef, (), (node))

struct Replica {
  std::string url;
};
BOOST_DESCRIBE_STRUCT(Replica, (), (url))

Result<base::Page<Replica>> replicas(db::Snapshot& snapshot, const Call<replica_list, NodeRef>& call) {
  base::Page<Replica> page;
  for (std::string& url : store::replicas(snapshot, call.env.now - replica_silence))
    page.items.push_back({std::move(url)});
  return page;
}

}  // namespace

void announce_replica(db::Tx& tx, std::string_view id, std::string_view url, base::Instant now) {
  store::renew_replica(tx, id, url, now);
  store::forget_replicas(tx, now - 10 * replica_silence);
}

request::Routes routes() {
  return request::Routes{"access"}
      .stream<session_open>("/v1/access-sessions/{session}/stream", stream,
                            {.ticketed = true, .summary = "Open an access session's WebSocket with its ticket"})
      .read<session_list>("/v1/resources/{resource}/access-sessions", list,
                          {.summary = "Who asked for a way into a resource, and when"})
      .read<replica_list>("/v1/nodes/{node}/replicas", replicas, {.summary = "The servers that a node dials"});
}

}  // namespace entrance
