// The SQL of bindings, allowing and denying.
#include "platform/iam/store_row.hpp"

namespace iam::store {
namespace {

constexpr db::Query select_held_by{"iam.held_by", R"sql(
  SELECT id, principal_id, scope_id, organization_id, role, effect, expires_at
  FROM bindings WHERE principal_id = :principal AND removed_at IS NULL)sql"};
constexpr db::Query select_held_at{"iam.held_at", R"sql(
  SELECT id, principal_id, scope_id, organization_id, role, effect, expires_at
  FROM bindings WHERE scope_id = :scope AND removed_at IS NULL)sql"};
constexpr db::Query select_all_held{"iam.all_held", R"sql(
  SELECT id, principal_id, scope_id, organization_id, role, effect, expires_at
  FROM bindings WHERE removed_at IS NULL)sql",
                                    std::chrono::minutes{2}};
constexpr db::Query select_held{"iam.held", R"sql(
  SELECT id, principal_id, scope_id, organization_id, role, effect, expires_at
  FROM bindings WHERE id = :id AND removed_at IS NULL)sql"};
constexpr db::Query select_expired{"iam.expired_bindings", R"sql(
  SELECT id, principal_id, scope_id, organization_id, role, effect, expires_at
  FROM bindings WHERE removed_at IS NULL AND expires_at IS NOT NULL AND expires_at <= :now
  ORDER BY expires_at LIMIT 500)sql"};

constexpr db::Query select_bound{"iam.bound", R"sql(
  SELECT b.id, b.principal_id, b.scope_id, b.organization_id, b.role, b.effect, b.expires_at, b.note, b.created_by,
         b.created_at, p.name AS principal_name, c.name AS created_by_name
  FROM bindings b JOIN principals p ON p.id = b.principal_id LEFT JOIN principals c ON c.id = b.created_by
  WHERE b.id = :id)sql"};
constexpr db::Query select_bound_at{"iam.bound_at", R"sql(
  SELECT b.id, b.principal_id, b.scope_id, b.organization_id, b.role, b.effect, b.expires_at, b.note, b.created_by,
         b.created_at, p.name AS principal_name, c.name AS created_by_name
  FROM bindings b JOIN principals p ON p.id = b.principal_id LEFT JOIN principals c ON c.id = b.created_by
  WHERE b.scope_id = :scope AND b.removed_at IS NULL AND b.id > :after ORDER BY b.id LIMIT :limit)sql"};

constexpr db::Query insert{"iam.insert_binding", R"sql(
  INSERT INTO bindings (id, organization_id, scope_id, principal_id, role, effect, note, created_at, created_by,
                        expires_at)
  VALUES (:id, :organization, :scope, :principal, :role, :effect, :note, :now, :by, :expires_at)
  ON CONFLICT (scope_id, principal_id, role, effect) WHERE removed_at IS NULL DO NOTHING)sql"};

constexpr db::Query remove{"iam.remove_binding", R"sql(
  UPDATE bindings SET removed_at = :now, removed_by = :by
  WHERE id = :id AND scope_id = :scope AND removed_at IS NULL)sql"};

Held read_held(const db::Row& row) {
  return {.id = row.get<BindingId>("id"),
          .principal = row.get<PrincipalId>("principal_id"),
          .scope = scope_in(row, "scope_id"),
          .organization = row.get<std::optional<OrganizationId>>("organization_id"),
          .role = text_in(row, "role"),
          .effect = row.get<Effect>("effect"),
          .expires_at = row.get<std::optional<base::Instant>>("expires_at")};
}

Bound read_bound(const db::Row& row) {
  Bound bound;
  static_cast<Held&>(bound) = read_held(row);
  bound.principal_name = text_in(row, "principal_name");
  bound.note = text_in(row, "note");
  bound.created_by = row.get<PrincipalId>("created_by");
  bound.created_by_name = row.get<std::optional<std::string>>("created_by_name").value_or("");  // nothing: the house
  bound.created_at = row.get<base::Instant>("created_at");
  return bound;
}

}  // namespace

std::vector<Held> held_by(db::Snapshot& snapshot, PrincipalId principal) {
  return snapshot.all(select_held_by, {{"principal", principal}}, read_held);
}

std::vector<Held> held_at(db::Snapshot& snapshot, const Scope& scope) {
  return snapshot.all(select_held_at, {{"scope", request::text(scope)}}, read_held);
}

std::vector<Held> all_held(db::Snapshot& snapshot) { return snapshot.all(select_all_held, {}, read_held); }

std::optional<Held> held(db::Snapshot& snapshot, BindingId id) {
  return snapshot.one(select_held, {{"id", id}}, read_held);
}

std::optional<Bound> bound(db::Snapshot& snapshot, BindingId id) {
  return snapshot.one(select_bound, {{"id", id}}, read_bound);
}

base::Page<Bound> bound_at(db::Snapshot& snapshot, const Scope& scope, const base::Cursor& cursor) {
  return snapshot.page(select_bound_at, cursor, {{"scope", request::text(scope)}}, read_bound);
}

bool insert_binding(db::Tx& tx, const Held& held, std::string_view note, PrincipalId by, base::Instant now) {
  CHECK(std::holds_alternative<request::PlatformId>(held.scope) == !held.organization);
  return tx.run(insert, {{"id", held.id},
                         {"organization", held.organization},
                         {"scope", request::text(held.scope)},
                         {"principal", held.principal},
                         {"role", held.role},
                         {"effect", held.effect},
                         {"note", note},
                         {"now", now},
                         {"by", by},
                         {"expires_at", held.expires_at}}) == 1;
}

bool remove_binding(db::Tx& tx, const Scope& scope, BindingId id, PrincipalId by, base::Instant now) {
  return tx.run(remove, {{"id", id}, {"scope", request::text(scope)}, {"by", by}, {"now", now}}) == 1;
}

std::vector<Held> expired(db::Snapshot& snapshot, base::Instant now) {
  return snapshot.all(select_expired, {{"now", now}}, read_held);
}

}  // namespace iam::store
