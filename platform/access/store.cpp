#include "platform/access/store.hpp"

namespace entrance::store {
namespace {

constexpr db::Query insert_session{"access.insert", R"sql(
  INSERT INTO access_sessions (id, organization_id, path, principal_id, family, resource, node_id, what, ticket_sha256,
                               credential, created_at, ticket_expires_at)
  VALUES (:id, :organization, :path, :principal, :family, :resource, :node, :what, :ticket, :credential, :created_at,
          :expires_at))sql"};

constexpr db::Query find_session{"access.find", R"sql(
  SELECT id, organization_id, path, principal_id, family, resource, node_id, what, credential, created_at, opened_at, ended_at, ended_by
  FROM access_sessions WHERE id = :id)sql"};

constexpr db::Query use_ticket_of{"access.use_ticket", R"sql(
  UPDATE access_sessions SET opened_at = :now
  WHERE id = :id AND ticket_sha256 = :ticket AND opened_at IS NULL AND ended_at IS NULL AND ticket_expires_at > :now)sql"};

constexpr db::Query end_session{"access.end", R"sql(
  UPDATE access_sessions SET ended_at = :now, ended_by = :by WHERE id = :id AND ended_at IS NULL)sql"};

constexpr db::Query list_sessions{"access.list", R"sql(
  SELECT id, organization_id, path, principal_id, family, resource, node_id, what, created_at, opened_at, ended_at, ended_by
  FROM access_sessions WHERE resource = :resource AND id > :after ORDER BY id LIMIT :limit)sql"};

constexpr db::Query renew{"access.replicas.renew", R"sql(
  INSERT INTO replicas (id, url, seen_at) VALUES (:id, :url, :now)
  ON CONFLICT (id) DO UPDATE SET url = excluded.url, seen_at = excluded.seen_at)sql"};
constexpr db::Query forget{"access.replicas.forget", "DELETE FROM replicas WHERE seen_at < :before"};
constexpr db::Query list_replicas{"access.replicas.list", R"sql(
  SELECT url FROM replicas WHERE seen_at > :since ORDER BY url LIMIT 100)sql"};

Session read_session(const db::Row& row) {
  return {.id = row.get<SessionId>("id"),
          .surface = row.get<Family>("family"),
          .resource = row.get<std::string>("resource"),
          .principal = row.get<request::PrincipalId>("principal_id"),
          .created_at = row.get<base::Instant>("created_at"),
          .opened_at = row.get<std::optional<base::Instant>>("opened_at"),
          .ended_at = row.get<std::optional<base::Instant>>("ended_at"),
          .ended_by = row.get<std::string>("ended_by")};
}

Row read(const db::Row& row) {
  return {.session = read_session(row),
          .organization = row.get<request::OrganizationId>("organization_id"),
          .path = request::path_from_text(row.get<std::string>("path")),
          .node = row.get<request::PrincipalId>("node_id"),
          .what = row.get<std::string>("what"),
          .credential = row.get<std::string>("credential")};
}

}  // namespace

void insert(db::Tx& tx, const request::Granted<session_create>& granted, const Row& row, std::string_view ticket,
            base::Instant expires_at) {
  CHECK(row.session.principal == granted.principal());
  tx.put_one(insert_session, {{"id", row.session.id},
                              {"organization", row.organization},
                              {"path", request::path_text(row.path)},
                              {"principal", row.session.principal},
                              {"family", row.session.surface},
                              {"resource", row.session.resource},
                              {"node", row.node},
                              {"what", row.what},
                              {"ticket", ticket},
                              {"credential", row.credential},
                              {"created_at", row.session.created_at},
                              {"expires_at", expires_at}});
}

std::optional<Row> find(db::Snapshot& snapshot, SessionId id) { return snapshot.one(find_session, {{"id", id}}, read); }

std::optional<Row> use_ticket(db::Tx& tx, SessionId id, std::string_view ticket, base::Instant now) {
  if (tx.run(use_ticket_of, {{"id", id}, {"ticket", ticket}, {"now", now}}) != 1) return std::nullopt;
  return find(tx, id);
}

bool end(db::Tx& tx, SessionId id, base::Instant now, std::string_view by) {
  return tx.run(end_session, {{"id", id}, {"now", now}, {"by", by}}) == 1;
}

base::Page<Session> list(db::Snapshot& snapshot, std::string_view resource, const base::Cursor& cursor) {
  return snapshot.page(list_sessions, cursor, {{"resource", resource}}, read_session);
}

void renew_replica(db::Tx& tx, std::string_view id, std::string_view url, base::Instant now) {
  tx.put(renew, {{"id", id}, {"url", url}, {"now", now}});
}

void forget_replicas(db::Tx& tx, base::Instant before) { tx.put(forget, {{"before", before}}); }

std::vector<std::string> replicas(db::Snapshot& snapshot, base::Instant since) {
  return snapshot.all(list_replicas, {{"since", since}},
                      [](const db::Row& row) { return row.get<std::string>("url"); });
}

}  // namespace entrance::store
