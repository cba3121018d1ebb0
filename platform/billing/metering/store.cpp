#include "platform/billing/metering/store.hpp"

#include "shared/base/check.hpp"

namespace metering::store {
namespace {

constexpr db::Query find_content{"usage.content", R"sql(
  SELECT content FROM usage_events WHERE reported = :reported AND piece = 0)sql"};

constexpr db::Query find_end_before{"usage.end_before", R"sql(
  SELECT end_at FROM usage_events WHERE resource = :resource AND meter = :meter AND start_at < :end
  ORDER BY start_at DESC LIMIT 1)sql"};

constexpr db::Query insert_event{"usage.insert", R"sql(
  INSERT INTO usage_events (id, reported, piece, content, recorded_at, start_at, end_at, meter, unit, sku, quantity,
                            resource, organization, path, node, simulated)
  VALUES (:id, :reported, :piece, :content, :recorded_at, :start, :end, :meter, :unit, :sku, :quantity,
          :resource, :organization, :path, :node, :simulated))sql"};

constexpr db::Query insert_scope{"usage.scope", "INSERT INTO usage_scopes (scope, event) VALUES (:scope, :event)"};

constexpr db::Query insert_unrated{"usage.unrated", R"sql(
  INSERT INTO usage_unrated (event, organization, retry_at) VALUES (:event, :organization, 0))sql"};

constexpr db::Query find_event{"usage.find", R"sql(
  SELECT id, recorded_at, start_at, end_at, meter, unit, sku, quantity, resource, path, node, simulated,
         CASE WHEN usage_unrated.event IS NULL THEN 1 ELSE 0 END AS rated
  FROM usage_events LEFT JOIN usage_unrated ON usage_unrated.event = usage_events.id WHERE id = :id)sql"};

constexpr db::Query list_at_scope{"usage.list", R"sql(
  SELECT id, recorded_at, start_at, end_at, meter, unit, sku, quantity, resource, path, node, simulated,
         CASE WHEN usage_unrated.event IS NULL THEN 1 ELSE 0 END AS rated
  FROM usage_scopes JOIN usage_events ON id = usage_scopes.event
       LEFT JOIN usage_unrated ON usage_unrated.event = usage_events.id
  WHERE scope = :scope AND usage_scopes.event > :after ORDER BY usage_scopes.event LIMIT :limit)sql"};

constexpr db::Query list_of_resource{"usage.list_of_resource", R"sql(
  SELECT id, recorded_at, start_at, end_at, meter, unit, sku, quantity, resource, path, node, simulated,
         CASE WHEN usage_unrated.event IS NULL THEN 1 ELSE 0 END AS rated
  FROM usage_events LEFT JOIN usage_unrated ON usage_unrated.event = usage_events.id
  WHERE resource = :resource AND path LIKE '%' || :scope || '%' AND id > :after ORDER BY id LIMIT :limit)sql"};

constexpr db::Query list_unrated{"usage.due", R"sql(
  SELECT event, organization FROM usage_unrated WHERE retry_at <= :now ORDER BY retry_at, event LIMIT :most)sql"};

constexpr db::Query delete_from_queue{"usage.rated", "DELETE FROM usage_unrated WHERE event = :event"};

constexpr db::Query update_retry{"usage.postpone",
                                 "UPDATE usage_unrated SET retry_at = :retry_at WHERE event = :event"};

bool sound(const UsageEvent& event) {
  return event.start < event.end && event.quantity >= 0 && !event.path.empty() &&
         std::holds_alternative<OrganizationId>(event.path.front());
}

UsageEvent read(const db::Row& row) {
  UsageEvent event{.id = row.get<UsageEventId>("id"),
                   .recorded_at = row.get<base::Instant>("recorded_at"),
                   .start = row.get<base::Instant>("start_at"),
                   .end = row.get<base::Instant>("end_at"),
                   .meter = row.get<std::string>("meter"),
                   .unit = row.get<std::string>("unit"),
                   .sku = row.get<std::string>("sku"),
                   .quantity = row.get<std::int64_t>("quantity"),
                   .resource = row.get<std::string>("resource"),
                   .path = request::path_from_text(row.get<std::string>("path")),
                   .node = row.get<PrincipalId>("node"),
                   .simulated = row.get<bool>("simulated"),
                   .rated = row.get<bool>("rated")};
  CHECK(sound(event));
  return event;
}

}  // namespace

std::optional<std::string> content_of(db::Snapshot& snapshot, UsageEventId reported) {
  return snapshot.one(find_content, {{"reported", reported}},
                      [](const db::Row& row) { return row.get<std::string>("content"); });
}

std::optional<base::Instant> end_before(db::Snapshot& snapshot, std::string_view resource, std::string_view meter,
                                        base::Instant end) {
  return snapshot.one(find_end_before, {{"resource", resource}, {"meter", meter}, {"end", end}},
                      [](const db::Row& row) { return row.get<base::Instant>("end_at"); });
}

void insert(db::Tx& tx, const Filed& filed) {
  const UsageEvent& event = filed.event;
  CHECK(sound(event));
  tx.put(insert_event, {{"id", event.id},
                        {"reported", filed.reported},
                        {"piece", filed.piece},
                        {"content", filed.content},
                        {"recorded_at", event.recorded_at},
                        {"start", event.start},
                        {"end", event.end},
                        {"meter", event.meter},
                        {"unit", event.unit},
                        {"sku", event.sku},
                        {"quantity", event.quantity},
                        {"resource", event.resource},
                        {"organization", event.organization()},
                        {"path", request::path_text(event.path)},
                        {"node", event.node},
                        {"simulated", event.simulated}});
  for (const Scope& scope : event.path) tx.put(insert_scope, {{"scope", request::text(scope)}, {"event", event.id}});
  tx.put(insert_unrated, {{"event", event.id}, {"organization", event.organization()}});
}

std::optional<UsageEvent> find(db::Snapshot& snapshot, UsageEventId id) {
  return snapshot.one(find_event, {{"id", id}}, read);
}

base::Page<UsageEvent> at_scope(db::Snapshot& snapshot, const Scope& scope, const base::Cursor& cursor) {
  return snapshot.page(list_at_scope, cursor, {{"scope", request::text(scope)}}, read);
}

base::Page<UsageEvent> of_resource(db::Snapshot& snapshot, std::string_view scope, std::string_view resource,
                                   const base::Cursor& cursor) {
  return snapshot.page(list_of_resource, cursor, {{"scope", scope}, {"resource", resource}}, read);
}

std::vector<Unrated> unrated(db::Snapshot& snapshot, base::Instant now, int most) {
  return snapshot.all(list_unrated, {{"now", now}, {"most", most}}, [](const db::Row& row) {
    return Unrated{.organization = row.get<OrganizationId>("organization"), .event = row.get<UsageEventId>("event")};
  });
}

bool delete_unrated(db::Tx& tx, UsageEventId id) { return tx.run(delete_from_queue, {{"event", id}}) == 1; }

void set_retry(db::Tx& tx, UsageEventId id, base::Instant retry_at) {
  tx.put(update_retry, {{"event", id}, {"retry_at", retry_at}});
}

}  // namespace metering::store
