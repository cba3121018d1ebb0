// The SQL of nodes: how they join, and how they prove themselves.
#include "platform/iam/store_row.hpp"

namespace iam::store {
namespace {

constexpr db::Query insert_token{"iam.insert_join_token", R"sql(
  INSERT INTO join_tokens (id, token_hash, note, created_at, created_by, expires_at)
  VALUES (:id, :hash, :note, :now, :by, :expires_at))sql"};
constexpr db::Query use_token{"iam.use_join_token", R"sql(
  UPDATE join_tokens SET used_at = :now, used_by = :node
  WHERE token_hash = :hash AND used_at IS NULL AND expires_at > :now)sql"};
constexpr db::Query select_token_by{"iam.join_token_by", R"sql(
  SELECT created_by FROM join_tokens WHERE token_hash = :hash)sql"};

constexpr db::Query insert{"iam.insert_node", R"sql(
  INSERT INTO nodes (principal_id, public_key, capacity, state, since, joined_at)
  VALUES (:id, :public_key, :capacity, 'lost', :now, :now))sql"};
constexpr db::Query select_key{"iam.node_key", R"sql(
  SELECT n.public_key FROM nodes n JOIN principals p ON p.id = n.principal_id
  WHERE n.principal_id = :id AND p.state = 'active')sql"};
constexpr db::Query list{"iam.nodes", R"sql(
  SELECT n.principal_id, p.name, n.state, n.since, n.joined_at, n.capacity
  FROM nodes n JOIN principals p ON p.id = n.principal_id
  WHERE p.state = 'active' AND n.principal_id > :after ORDER BY n.principal_id LIMIT :limit)sql"};
constexpr db::Query set_state{"iam.set_node_state", R"sql(
  UPDATE nodes SET state = :state, since = :now WHERE principal_id = :id AND state <> :state)sql"};

constexpr db::Query upsert_challenge{"iam.put_challenge", R"sql(
  INSERT INTO node_challenges (node_id, slot, challenge, expires_at) VALUES (:node, :slot, :challenge, :expires_at)
  ON CONFLICT (node_id, slot) DO UPDATE SET challenge = excluded.challenge, expires_at = excluded.expires_at)sql"};
constexpr db::Query delete_challenge{"iam.use_challenge", R"sql(
  DELETE FROM node_challenges WHERE node_id = :node AND challenge = :challenge AND expires_at > :now)sql"};

Node read(const db::Row& row) {
  return {.id = row.get<PrincipalId>("principal_id"),
          .name = text_in(row, "name"),
          .state = row.get<NodeState>("state"),
          .since = row.get<base::Instant>("since"),
          .joined_at = row.get<base::Instant>("joined_at"),
          .capacity = text_in(row, "capacity")};
}

}  // namespace

void insert_join_token(db::Tx& tx, JoinTokenId id, std::string_view hash, std::string_view note, PrincipalId by,
                       base::Instant now, base::Instant expires_at) {
  tx.put(insert_token,
         {{"id", id}, {"hash", hash}, {"note", note}, {"by", by}, {"now", now}, {"expires_at", expires_at}});
}

std::optional<PrincipalId> use_join_token(db::Tx& tx, std::string_view hash, PrincipalId node, base::Instant now) {
  if (tx.run(use_token, {{"hash", hash}, {"node", node}, {"now", now}}) == 0) return std::nullopt;
  return tx.one(select_token_by, {{"hash", hash}},
                [](const db::Row& row) { return row.get<PrincipalId>("created_by"); });
}

void insert_node(db::Tx& tx, PrincipalId id, std::string_view public_key, std::string_view capacity,
                 base::Instant now) {
  tx.put(insert, {{"id", id}, {"public_key", public_key}, {"capacity", capacity}, {"now", now}});
}

std::optional<std::string> node_key(db::Snapshot& snapshot, PrincipalId id) {
  return snapshot.one(select_key, {{"id", id}}, [](const db::Row& row) { return text_in(row, "public_key"); });
}

base::Page<Node> nodes(db::Snapshot& snapshot, const base::Cursor& cursor) {
  return snapshot.page(list, cursor, {}, read);
}

void put_challenge(db::Tx& tx, PrincipalId node, int slot, std::string_view challenge, base::Instant expires_at) {
  tx.put(upsert_challenge, {{"node", node}, {"slot", slot}, {"challenge", challenge}, {"expires_at", expires_at}});
}

bool use_challenge(db::Tx& tx, PrincipalId node, std::string_view challenge, base::Instant now) {
  return tx.run(delete_challenge, {{"node", node}, {"challenge", challenge}, {"now", now}}) == 1;
}

}  // namespace iam::store

namespace iam {

bool set_node_state(db::Tx& tx, PrincipalId node, NodeState state, base::Instant now) {
  return tx.run(store::set_state, {{"id", node}, {"state", state}, {"now", now}}) == 1;
}

}  // namespace iam
