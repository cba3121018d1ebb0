// The tree's SQL: scopes, the edges of its history, attributions and epochs.
#include "platform/iam/store_row.hpp"

namespace iam::store {
namespace {

// Each step is one row by its key, and written so that no plan can make it anything else: joined, PostgreSQL goes
// through all living edges of the tree as long as it believes them to be few.
constexpr db::Query select_path{"iam.path", R"sql(
  WITH RECURSIVE up (scope_id, depth) AS (
    SELECT scope_id, 0 FROM scope_edges WHERE scope_id = :scope AND valid_to IS NULL
    UNION ALL
    SELECT (SELECT parent_id FROM scope_edges WHERE scope_id = up.scope_id AND valid_to IS NULL), up.depth + 1
    FROM up WHERE up.scope_id IS NOT NULL AND up.depth < 32),
  found (scope_id, parent_id, name, depth) AS (
    SELECT up.scope_id,
           (SELECT parent_id FROM scope_edges WHERE scope_id = up.scope_id AND valid_to IS NULL),
           (SELECT name FROM scope_edges WHERE scope_id = up.scope_id AND valid_to IS NULL), up.depth
    FROM up)
  SELECT scope_id, parent_id, name, (SELECT created_at FROM scopes WHERE id = found.scope_id) AS created_at
  FROM found WHERE parent_id IS NOT NULL ORDER BY depth DESC)sql"};

constexpr db::Query select_places_of{"iam.places_of", R"sql(
  SELECT e.scope_id, e.parent_id, e.name, s.created_at
  FROM scopes s JOIN scope_edges e ON e.scope_id = s.id AND e.valid_to IS NULL
  WHERE s.organization_id = :organization ORDER BY s.id)sql",
                                     std::chrono::seconds{5}};

constexpr db::Query select_all_places{"iam.all_places", R"sql(
  SELECT e.scope_id, e.parent_id, e.name, s.created_at
  FROM scope_edges e JOIN scopes s ON s.id = e.scope_id WHERE e.valid_to IS NULL)sql",
                                      std::chrono::minutes{2}};

constexpr db::Query select_place{"iam.place", R"sql(
  SELECT e.scope_id, e.parent_id, e.name, s.created_at
  FROM scope_edges e JOIN scopes s ON s.id = e.scope_id WHERE e.scope_id = :scope AND e.valid_to IS NULL)sql"};

constexpr db::Query select_organization_by_name{"iam.organization_by_name", R"sql(
  SELECT scope_id FROM scope_edges WHERE parent_id = :platform AND name = :name AND valid_to IS NULL)sql"};

constexpr db::Query select_organizations{"iam.organizations", R"sql(
  SELECT e.scope_id, e.parent_id, e.name, s.created_at
  FROM scope_edges e JOIN scopes s ON s.id = e.scope_id
  WHERE e.parent_id = :platform AND e.valid_to IS NULL ORDER BY e.scope_id)sql"};

constexpr db::Query select_edge_at{"iam.edge_at", R"sql(
  SELECT parent_id, valid_from FROM scope_edges
  WHERE scope_id = :scope AND valid_from <= :at AND (valid_to IS NULL OR valid_to > :at))sql"};

constexpr db::Query select_first_edge{"iam.first_edge", R"sql(
  SELECT parent_id, valid_from FROM scope_edges WHERE scope_id = :scope ORDER BY valid_from LIMIT 1)sql"};

constexpr db::Query insert_edge{"iam.insert_edge", R"sql(
  INSERT INTO scope_edges (scope_id, parent_id, name, valid_from) VALUES (:scope, :parent, :name, :valid_from)
  ON CONFLICT (parent_id, name) WHERE valid_to IS NULL DO NOTHING)sql"};

constexpr db::Query close_edge{"iam.close_edge", R"sql(
  UPDATE scope_edges SET valid_to = :at WHERE scope_id = :scope AND valid_to IS NULL)sql"};

constexpr db::Query insert_scope_row{"iam.insert_scope", R"sql(
  INSERT INTO scopes (id, organization_id, created_at, created_by)
  VALUES (:id, :organization, :created_at, :created_by))sql"};

constexpr db::Query insert_attribution_row{"iam.insert_attribution", R"sql(
  INSERT INTO attributions (organization_id, attributed_until) VALUES (:organization, 0))sql"};

constexpr db::Query raise_attribution_row{"iam.raise_attribution", R"sql(
  UPDATE attributions SET attributed_until = :until
  WHERE organization_id = :organization AND attributed_until < :until)sql"};

constexpr db::Query select_attribution{"iam.attribution", R"sql(
  SELECT attributed_until FROM attributions WHERE organization_id = :organization)sql"};

constexpr db::Query select_epoch{"iam.epoch", "SELECT epoch FROM authz_epochs WHERE scope_id = :scope"};
constexpr db::Query select_epoch_shared{"iam.epoch_shared",
                                        "SELECT epoch FROM authz_epochs WHERE scope_id = :scope FOR SHARE"};
constexpr db::Query select_epochs{"iam.epochs", "SELECT scope_id, epoch FROM authz_epochs", std::chrono::minutes{1}};
constexpr db::Query insert_epoch_row{"iam.insert_epoch", R"sql(
  INSERT INTO authz_epochs (scope_id, epoch) VALUES (:scope, 1))sql"};
constexpr db::Query raise_epoch_row{"iam.raise_epoch", R"sql(
  UPDATE authz_epochs SET epoch = epoch + 1 WHERE scope_id = :scope)sql"};
constexpr db::Query insert_change{"iam.insert_authz_change", R"sql(
  INSERT INTO authz_changes (scope_id, epoch, about)
  SELECT scope_id, epoch, :about FROM authz_epochs WHERE scope_id = :scope)sql"};
constexpr db::Query select_changes{"iam.authz_changes", R"sql(
  SELECT about FROM authz_changes WHERE scope_id = :scope AND epoch > :epoch ORDER BY epoch)sql"};

Place read_place(const db::Row& row) {
  return {.id = scope_in(row, "scope_id"),
          .parent = scope_in(row, "parent_id"),
          .name = text_in(row, "name"),
          .created_at = row.get<base::Instant>("created_at")};
}

Edge read_edge(const db::Row& row) {
  return {.parent = scope_in(row, "parent_id"), .valid_from = row.get<base::Instant>("valid_from")};
}

std::int64_t read_epoch(const db::Row& row) { return row.get<std::int64_t>("epoch"); }

}  // namespace

std::vector<Place> path_up(db::Snapshot& snapshot, const Scope& scope) {
  return snapshot.all(select_path, {{"scope", request::text(scope)}}, read_place);
}

std::vector<Place> places_of(db::Snapshot& snapshot, OrganizationId organization) {
  return snapshot.all(select_places_of, {{"organization", organization}}, read_place);
}

std::vector<Place> all_places(db::Snapshot& snapshot) { return snapshot.all(select_all_places, {}, read_place); }

std::optional<Place> place(db::Snapshot& snapshot, const Scope& scope) {
  return snapshot.one(select_place, {{"scope", request::text(scope)}}, read_place);
}

std::optional<OrganizationId> organization_by_name(db::Snapshot& snapshot, std::string_view name) {
  return snapshot.one(select_organization_by_name, {{"platform", request::platform}, {"name", name}},
                      [](const db::Row& row) { return row.get<OrganizationId>("scope_id"); });
}

std::vector<Place> organizations(db::Snapshot& snapshot) {
  return snapshot.all(select_organizations, {{"platform", request::platform}}, read_place);
}

std::optional<Edge> edge_at(db::Snapshot& snapshot, const Scope& scope, base::Instant at) {
  return snapshot.one(select_edge_at, {{"scope", request::text(scope)}, {"at", at}}, read_edge);
}

std::optional<Edge> first_edge(db::Snapshot& snapshot, const Scope& scope) {
  return snapshot.one(select_first_edge, {{"scope", request::text(scope)}}, read_edge);
}

bool insert_scope(db::Tx& tx, const Scope& id, OrganizationId organization, const Scope& parent, std::string_view name,
                  PrincipalId by, base::Instant now, base::Instant valid_from) {
  if (tx.run(insert_edge, {{"scope", request::text(id)},
                           {"parent", request::text(parent)},
                           {"name", name},
                           {"valid_from", valid_from}}) == 0)
    return false;
  tx.put(insert_scope_row,
         {{"id", request::text(id)}, {"organization", organization}, {"created_at", now}, {"created_by", by}});
  return true;
}

bool move_scope(db::Tx& tx, const Place& place, const Scope& parent, base::Instant at) {
  tx.put_one(close_edge, {{"scope", request::text(place.id)}, {"at", at}});
  return tx.run(insert_edge, {{"scope", request::text(place.id)},
                              {"parent", request::text(parent)},
                              {"name", place.name},
                              {"valid_from", at}}) == 1;
}

void insert_attribution(db::Tx& tx, OrganizationId organization) {
  tx.put(insert_attribution_row, {{"organization", organization}});
}

void raise_attribution(db::Tx& tx, OrganizationId organization, base::Instant until) {
  tx.put(raise_attribution_row, {{"organization", organization}, {"until", until}});
}

base::Instant attributed_until(db::Snapshot& snapshot, OrganizationId organization) {
  auto until = snapshot.one(select_attribution, {{"organization", organization}},
                            [](const db::Row& row) { return row.get<base::Instant>("attributed_until"); });
  CHECK(until.has_value());
  return *until;
}

std::int64_t epoch(db::Snapshot& snapshot, const Scope& scope) {
  return snapshot.one(select_epoch, {{"scope", request::text(scope)}}, read_epoch).value_or(0);
}

std::int64_t epoch_shared(db::Tx& tx, const Scope& scope) {
  return tx.one(select_epoch_shared, {{"scope", request::text(scope)}}, read_epoch).value_or(0);
}

std::vector<std::pair<Scope, std::int64_t>> all_epochs(db::Snapshot& snapshot) {
  return snapshot.all(select_epochs, {},
                      [](const db::Row& row) { return std::pair{scope_in(row, "scope_id"), read_epoch(row)}; });
}

void insert_epoch(db::Tx& tx, OrganizationId organization) { tx.put(insert_epoch_row, {{"scope", organization}}); }

void raise_epoch(db::Tx& tx, const Scope& scope, std::string_view about) {
  tx.put_one(raise_epoch_row, {{"scope", request::text(scope)}});
  tx.put_one(insert_change, {{"scope", request::text(scope)}, {"about", about}});
}

std::vector<std::string> changes_since(db::Snapshot& snapshot, const Scope& scope, std::int64_t epoch) {
  return snapshot.all(select_changes, {{"scope", request::text(scope)}, {"epoch", epoch}},
                      [](const db::Row& row) { return text_in(row, "about"); });
}

}  // namespace iam::store
