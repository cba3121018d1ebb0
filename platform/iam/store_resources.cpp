// The SQL of resources.
#include "platform/iam/store_row.hpp"

namespace iam::store {
namespace {

constexpr db::Query select_resource{"iam.resource", R"sql(
  SELECT id, type, name, scope_id, created_by, created_by_binding, created_at, removed_at
  FROM resources WHERE id = :id)sql"};

constexpr db::Query select_scope{"iam.resource_scope", "SELECT scope_id FROM resources WHERE id = :id"};

constexpr db::Query insert{"iam.insert_resource", R"sql(
  INSERT INTO resources (id, type, name, scope_id, organization_id, created_by, created_by_binding, created_at)
  VALUES (:id, :type, :name, :scope, :organization, :by, :binding, :now)
  ON CONFLICT (scope_id, type, name) WHERE removed_at IS NULL DO NOTHING)sql"};

constexpr db::Query remove{"iam.remove_resource", R"sql(
  UPDATE resources SET removed_at = :now WHERE id = :id AND removed_at IS NULL)sql"};

constexpr db::Query list{"iam.resources", R"sql(
  SELECT id, type, name, scope_id, created_by, created_by_binding, created_at, removed_at
  FROM resources
  WHERE organization_id = :organization AND (:type = '' OR type = :type) AND id > :after ORDER BY id LIMIT :limit)sql"};

constexpr db::Query list_named{"iam.resources_named", R"sql(
  SELECT id, type, name, scope_id, created_by, created_by_binding, created_at, removed_at
  FROM resources
  WHERE organization_id = :organization AND name = :name AND (:type = '' OR type = :type) AND id > :after
  ORDER BY id LIMIT :limit)sql"};

Resource read(const db::Row& row) {
  return {.id = text_in(row, "id"),
          .type = text_in(row, "type"),
          .name = text_in(row, "name"),
          .scope = scope_in(row, "scope_id"),
          .created_by = row.get<PrincipalId>("created_by"),
          .created_by_binding = row.get<std::optional<BindingId>>("created_by_binding"),
          .created_at = row.get<base::Instant>("created_at"),
          .removed_at = row.get<std::optional<base::Instant>>("removed_at")};
}

}  // namespace

std::optional<Scope> resource_scope(db::Snapshot& snapshot, std::string_view id) {
  return snapshot.one(select_scope, {{"id", id}}, [](const db::Row& row) { return scope_in(row, "scope_id"); });
}

bool insert_resource(db::Tx& tx, const Resource& resource, std::optional<OrganizationId> organization) {
  return tx.run(insert, {{"id", resource.id},
                         {"type", resource.type},
                         {"name", resource.name},
                         {"scope", request::text(resource.scope)},
                         {"organization", organization},
                         {"by", resource.created_by},
                         {"binding", resource.created_by_binding},
                         {"now", resource.created_at}}) == 1;
}

base::Page<Resource> resources_of(db::Snapshot& snapshot, OrganizationId organization, std::string_view name,
                                  std::string_view type, const base::Cursor& cursor) {
  if (name.empty()) return snapshot.page(list, cursor, {{"organization", organization}, {"type", type}}, read);
  return snapshot.page(list_named, cursor, {{"organization", organization}, {"name", name}, {"type", type}}, read);
}

}  // namespace iam::store

namespace iam {

std::optional<Resource> resource(db::Snapshot& snapshot, std::string_view id) {
  return snapshot.one(store::select_resource, {{"id", id}}, store::read);
}

bool remove_resource(db::Tx& tx, std::string_view id, base::Instant now) {
  return tx.run(store::remove, {{"id", id}, {"now", now}}) == 1;
}

}  // namespace iam
