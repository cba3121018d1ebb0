// The SQL of access, and only of its own table.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "platform/access/access.hpp"

namespace entrance::store {

struct Row {
  Session session;
  request::OrganizationId organization;
  std::vector<request::Scope> path;
  request::PrincipalId node;
  std::string what;
  std::string credential = {};  // the id of the key or sign-in that asked
};

void insert(db::Tx&, const request::Granted<session_create>&, const Row&, std::string_view ticket_sha256,
            base::Instant ticket_expires_at);
[[nodiscard]] std::optional<Row> find(db::Snapshot&, SessionId);
/// Nothing when that session has another ticket, or this one was used or is past its time.
[[nodiscard]] std::optional<Row> use_ticket(db::Tx&, SessionId, std::string_view ticket_sha256, base::Instant now);
/// False when it had ended already.
[[nodiscard]] bool end(db::Tx&, SessionId, base::Instant now, std::string_view by);
[[nodiscard]] base::Page<Session> list(db::Snapshot&, std::string_view resource, const base::Cursor&);

void renew_replica(db::Tx&, std::string_view id, std::string_view url, base::Instant now);
void forget_replicas(db::Tx&, base::Instant before);
[[nodiscard]] std::vector<std::string> replicas(db::Snapshot&, base::Instant since);

}  // namespace entrance::store
