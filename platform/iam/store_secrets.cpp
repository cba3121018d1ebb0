// The SQL of credentials: sign-in sessions and API keys, by the hash of their secret.
#include "platform/iam/store_row.hpp"

namespace iam::store {
namespace {

constexpr std::int64_t end_of_time = INT64_MAX;

constexpr db::Query select_live_sessions{"iam.live_sessions", R"sql(
  SELECT id, principal_id, token_hash, expires_at FROM sign_ins WHERE ended_at IS NULL AND expires_at > :now)sql",
                                         std::chrono::minutes{1}};
constexpr db::Query select_live_keys{"iam.live_keys", R"sql(
  SELECT id, principal_id, token_hash, expires_at FROM api_keys
  WHERE removed_at IS NULL AND (expires_at IS NULL OR expires_at > :now))sql",
                                     std::chrono::minutes{1}};
constexpr db::Query select_session_by_id{"iam.session_by_id", R"sql(
  SELECT id, principal_id, token_hash, expires_at FROM sign_ins WHERE id = :id AND ended_at IS NULL)sql"};
constexpr db::Query select_key_by_id{"iam.key_by_id", R"sql(
  SELECT id, principal_id, token_hash, expires_at FROM api_keys WHERE id = :id AND removed_at IS NULL)sql"};
constexpr db::Query select_session_by_hash{"iam.session_by_hash", R"sql(
  SELECT id, principal_id, token_hash, expires_at FROM sign_ins WHERE token_hash = :hash AND ended_at IS NULL)sql"};
constexpr db::Query select_key_by_hash{"iam.key_by_hash", R"sql(
  SELECT id, principal_id, token_hash, expires_at FROM api_keys WHERE token_hash = :hash AND removed_at IS NULL)sql"};

constexpr db::Query insert_sign_in{"iam.insert_session", R"sql(
  INSERT INTO sign_ins (id, token_hash, csrf, principal_id, created_at, expires_at)
  VALUES (:id, :hash, :csrf, :principal, :now, :expires_at))sql"};
constexpr db::Query select_csrf{"iam.csrf", "SELECT csrf FROM sign_ins WHERE id = :id AND ended_at IS NULL"};
constexpr db::Query end_sign_in{"iam.end_session", R"sql(
  UPDATE sign_ins SET ended_at = :now WHERE id = :id AND ended_at IS NULL)sql"};
constexpr db::Query end_sign_ins{"iam.end_sessions_of", R"sql(
  UPDATE sign_ins SET ended_at = :now WHERE principal_id = :principal AND ended_at IS NULL)sql"};

constexpr db::Query insert_api_key{"iam.insert_key", R"sql(
  INSERT INTO api_keys (id, token_hash, principal_id, organization_id, name, created_at, created_by, expires_at)
  VALUES (:id, :hash, :principal, :home, :name, :now, :by, :expires_at))sql"};
constexpr db::Query select_keys_of{"iam.keys_of", R"sql(
  SELECT id, principal_id, name, created_at, expires_at FROM api_keys
  WHERE organization_id = :organization AND removed_at IS NULL AND id > :after ORDER BY id LIMIT :limit)sql"};
constexpr db::Query select_key{"iam.key", R"sql(
  SELECT id, principal_id, name, created_at, expires_at FROM api_keys
  WHERE id = :id AND organization_id = :organization AND removed_at IS NULL)sql"};
constexpr db::Query remove_api_key{"iam.remove_key", R"sql(
  UPDATE api_keys SET removed_at = :now
  WHERE id = :id AND organization_id = :organization AND removed_at IS NULL)sql"};

Credential read_credential(const db::Row& row) {
  return {.id = text_in(row, "id"),
          .principal = row.get<PrincipalId>("principal_id"),
          .hash = text_in(row, "token_hash"),
          .expires_at = base::from_micros(row.get<std::optional<std::int64_t>>("expires_at").value_or(end_of_time))};
}

ApiKey read_key(const db::Row& row) {
  return {.id = row.get<ApiKeyId>("id"),
          .principal = row.get<PrincipalId>("principal_id"),
          .name = text_in(row, "name"),
          .created_at = row.get<base::Instant>("created_at"),
          .expires_at = row.get<std::optional<base::Instant>>("expires_at")};
}

}  // namespace

std::vector<Credential> live_credentials(db::Snapshot& snapshot, base::Instant now) {
  auto found = snapshot.all(select_live_sessions, {{"now", now}}, read_credential);
  for (Credential& each : snapshot.all(select_live_keys, {{"now", now}}, read_credential))
    found.push_back(std::move(each));
  return found;
}

std::optional<Credential> credential_by_id(db::Snapshot& snapshot, std::string_view id) {
  const bool session = id.starts_with(SessionId::prefix);
  return snapshot.one(session ? select_session_by_id : select_key_by_id, {{"id", id}}, read_credential);
}

std::optional<Credential> credential_by_hash(db::Snapshot& snapshot, std::string_view hash) {
  if (auto session = snapshot.one(select_session_by_hash, {{"hash", hash}}, read_credential)) return session;
  return snapshot.one(select_key_by_hash, {{"hash", hash}}, read_credential);
}

void insert_session(db::Tx& tx, SessionId id, std::string_view hash, std::string_view csrf, PrincipalId principal,
                    base::Instant now, base::Instant expires_at) {
  tx.put(
      insert_sign_in,
      {{"id", id}, {"hash", hash}, {"csrf", csrf}, {"principal", principal}, {"now", now}, {"expires_at", expires_at}});
}

std::optional<std::string> csrf(db::Snapshot& snapshot, std::string_view session) {
  return snapshot.one(select_csrf, {{"id", session}}, [](const db::Row& row) { return text_in(row, "csrf"); });
}

bool end_session(db::Tx& tx, std::string_view id, base::Instant now) {
  return tx.run(end_sign_in, {{"id", id}, {"now", now}}) == 1;
}

int end_sessions_of(db::Tx& tx, PrincipalId principal, base::Instant now) {
  return tx.run(end_sign_ins, {{"principal", principal}, {"now", now}});
}

void insert_key(db::Tx& tx, const ApiKey& key, std::optional<OrganizationId> home, std::string_view hash,
                PrincipalId by) {
  tx.put(insert_api_key, {{"id", key.id},
                          {"hash", hash},
                          {"principal", key.principal},
                          {"home", home},
                          {"name", key.name},
                          {"now", key.created_at},
                          {"by", by},
                          {"expires_at", key.expires_at}});
}

base::Page<ApiKey> keys_of(db::Snapshot& snapshot, OrganizationId organization, const base::Cursor& cursor) {
  return snapshot.page(select_keys_of, cursor, {{"organization", organization}}, read_key);
}

std::optional<ApiKey> key(db::Snapshot& snapshot, OrganizationId organization, ApiKeyId id) {
  return snapshot.one(select_key, {{"organization", organization}, {"id", id}}, read_key);
}

bool remove_key(db::Tx& tx, OrganizationId organization, ApiKeyId id, base::Instant now) {
  return tx.run(remove_api_key, {{"organization", organization}, {"id", id}, {"now", now}}) == 1;
}

}  // namespace iam::store
