#include "platform/log/store.hpp"

#include "shared/base/check.hpp"

namespace logbook::store {
namespace {

constexpr std::size_t depth_max = 16;  // the numbers in `insert_topics`
constexpr int inbox_shown_max = 100;

constexpr db::Query insert_entry{"log.append", R"sql(
  INSERT INTO log_inbox (id, at, path, principal, home, action, resource, outcome, target, via, detail)
  VALUES (:id, :at, :path, :principal, :home, :action, :resource, :outcome, :target, :via, :detail))sql"};

constexpr db::Query find_head{"log.head", "SELECT coalesce(max(idx), 0) AS head FROM log"};

// Transaction numbers are the order of "saw": who saw another's rows began to write after the other had committed.
constexpr db::Query insert_batch{"log.sequence", R"sql(
  INSERT INTO log (idx, id, at, path, principal, home, action, resource, outcome, target, via, detail)
  SELECT :head + row_number() OVER (ORDER BY txid, seq),
         id, at, path, principal, home, action, resource, outcome, target, via, detail
  FROM (SELECT * FROM log_inbox ORDER BY txid, seq LIMIT :most) AS waiting)sql"};

constexpr db::Query insert_topics{"log.topics", R"sql(
  INSERT INTO log_topics (topic, idx)
  SELECT substr(log.path, 1 + 31 * depth.n, 30), log.idx
  FROM log CROSS JOIN (SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
    UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9 UNION ALL SELECT 10
    UNION ALL SELECT 11 UNION ALL SELECT 12 UNION ALL SELECT 13 UNION ALL SELECT 14 UNION ALL SELECT 15) AS depth
  WHERE log.idx > :head AND length(log.path) > 31 * depth.n
  UNION
  SELECT resource, idx FROM log WHERE idx > :head AND resource <> '')sql"};

// By id and not by order again: at READ COMMITTED more may have come since.
constexpr db::Query delete_batch{"log.taken", R"sql(
  DELETE FROM log_inbox WHERE id IN (SELECT id FROM log WHERE idx > :head))sql"};

constexpr db::Query list_range{"log.range", R"sql(
  SELECT idx, id, at, path, principal, home, action, resource, outcome, target, via, detail
  FROM log WHERE idx > :after AND idx <= :until ORDER BY idx)sql"};

constexpr db::Query list_topic{"log.topic", R"sql(
  SELECT log.idx, id, at, path, principal, home, action, resource, outcome, target, via, detail
  FROM log_topics JOIN log ON log.idx = log_topics.idx
  WHERE topic = :topic AND log_topics.idx > :after AND log_topics.idx <= :until ORDER BY log_topics.idx LIMIT :most)sql"};

constexpr db::Query list_at_scope{"log.list", R"sql(
  SELECT log.idx, id, at, path, principal, home, action, resource, outcome, target, via, detail
  FROM log_topics JOIN log ON log.idx = log_topics.idx
  WHERE topic = :scope AND log_topics.idx > CAST(:after AS bigint) AND (:action = '' OR action = :action)
  ORDER BY log_topics.idx LIMIT :limit)sql"};

constexpr db::Query list_of_resource{"log.list_of_resource", R"sql(
  SELECT log.idx, id, at, path, principal, home, action, resource, outcome, target, via, detail
  FROM log_topics JOIN log ON log.idx = log_topics.idx
  WHERE topic = :resource AND log_topics.idx > CAST(:after AS bigint) AND (:action = '' OR action = :action)
    AND resource = :resource AND path LIKE '%' || :scope || '%'
  ORDER BY log_topics.idx LIMIT :limit)sql"};

constexpr db::Query list_waiting{"log.waiting", R"sql(
  SELECT 0 AS idx, id, at, path, principal, home, action, resource, outcome, target, via, detail
  FROM log_inbox WHERE resource = :resource ORDER BY txid, seq LIMIT :most)sql"};

constexpr db::Query claim_key{"idempotency.claim", R"sql(
  INSERT INTO idempotency_keys (key, body, answer, at) VALUES (:key, :body, NULL, :now)
  ON CONFLICT (key) DO UPDATE SET body = excluded.body, answer = NULL, at = excluded.at
  WHERE idempotency_keys.at < :expired)sql"};

constexpr db::Query find_by_key{"idempotency.find", "SELECT body, answer FROM idempotency_keys WHERE key = :key"};

// The row is there, inserted by this transaction. To find it by an UPDATE would read its index page, which others
// insert into: on PostgreSQL two of five changes side by side ran again for that, and none do when the conflict finds
// it.
constexpr db::Query keep_answer{"idempotency.keep", R"sql(
  INSERT INTO idempotency_keys (key, body, answer, at) VALUES (:key, '', :answer, 0)
  ON CONFLICT (key) DO UPDATE SET answer = excluded.answer)sql"};

constexpr db::Query find_old_key{"idempotency.any_old", R"sql(
  SELECT key FROM idempotency_keys WHERE at < :before ORDER BY at LIMIT 1)sql"};

constexpr db::Query delete_old_keys{"idempotency.sweep", R"sql(
  DELETE FROM idempotency_keys WHERE key IN (SELECT key FROM idempotency_keys WHERE at < :before ORDER BY at LIMIT :most))sql"};

Stored read(const db::Row& row) {
  Stored stored{.index = row.get<std::int64_t>("idx"),
                .id = row.get<RecordId>("id"),
                .at = row.get<base::Instant>("at"),
                .path = row.get<std::string>("path"),
                .entry = {.principal = row.get<request::PrincipalId>("principal"),
                          .home = row.get<request::OrganizationId>("home"),
                          .action = row.get<std::string>("action"),
                          .resource = row.get<std::string>("resource"),
                          .outcome = row.get<std::string>("outcome"),
                          .target = row.get<std::string>("target"),
                          .by = row.get<std::string>("via"),
                          .detail = row.get<std::string>("detail")}};
  stored.entry.path = request::path_from_text(stored.path);
  return stored;
}

}  // namespace

void insert_inbox(db::Tx& tx, RecordId id, base::Instant at, const Entry& entry) {
  CHECK(!entry.action.empty() && !entry.outcome.empty() && !entry.path.empty() && entry.path.size() <= depth_max);
  tx.put(insert_entry, {{"id", id},
                        {"at", at},
                        {"path", request::path_text(entry.path)},
                        {"principal", entry.principal},
                        {"home", entry.home},
                        {"action", entry.action},
                        {"resource", entry.resource},
                        {"outcome", entry.outcome},
                        {"target", entry.target},
                        {"via", entry.by},
                        {"detail", entry.detail}});
}

db::Sequence::Batch sequence(db::Tx& tx) {
  const std::int64_t before = head(tx);
  const int taken = tx.run(insert_batch, {{"head", before}, {"most", batch_max}});
  if (taken == 0) return {.head = before};
  tx.put(insert_topics, {{"head", before}});
  const int left = tx.run(delete_batch, {{"head", before}});
  CHECK(left == taken);
  return {.head = before + taken, .more = taken == batch_max};
}

std::int64_t head(db::Snapshot& snapshot) {
  return snapshot.only(find_head, {}, [](const db::Row& row) { return row.get<std::int64_t>("head"); });
}

std::vector<Stored> range(db::Snapshot& snapshot, std::int64_t after, std::int64_t until) {
  auto found = snapshot.all(list_range, {{"after", after}, {"until", until}}, read);
  CHECK(found.size() == static_cast<std::size_t>(until - after));  // dense
  return found;
}

std::vector<Stored> of_topic(db::Snapshot& snapshot, std::string_view topic, std::int64_t after, std::int64_t until,
                             int most) {
  return snapshot.all(list_topic, {{"topic", topic}, {"after", after}, {"until", until}, {"most", most}}, read);
}

base::Page<Stored> page(db::Snapshot& snapshot, std::string_view scope, std::string_view resource,
                        std::string_view action, const base::Cursor& cursor) {
  const base::Cursor from{.after = cursor.after.empty() ? "0" : cursor.after, .limit = cursor.limit};
  if (resource.empty()) return snapshot.page(list_at_scope, from, {{"scope", scope}, {"action", action}}, read);
  return snapshot.page(list_of_resource, from, {{"scope", scope}, {"resource", resource}, {"action", action}}, read);
}

std::vector<Stored> waiting(db::Snapshot& snapshot, std::string_view resource) {
  return snapshot.all(list_waiting, {{"resource", resource}, {"most", inbox_shown_max}}, read);
}

bool insert_key(db::Tx& tx, std::string_view key, std::string_view body, base::Instant now, base::Instant expired) {
  return tx.run(claim_key, {{"key", key}, {"body", body}, {"now", now}, {"expired", expired}}) == 1;
}

std::optional<Key> find_key(db::Snapshot& snapshot, std::string_view key) {
  return snapshot.one(find_by_key, {{"key", key}}, [](const db::Row& row) {
    return Key{.body = row.get<std::string>("body"), .answer = row.get<std::optional<std::string>>("answer")};
  });
}

void set_answer(db::Tx& tx, std::string_view key, std::string_view answer) {
  tx.put_one(keep_answer, {{"key", key}, {"answer", answer}});  // claimed in this transaction
}

bool any_key_before(db::Snapshot& snapshot, base::Instant before) {
  return snapshot.one(find_old_key, {{"before", before}}, [](const db::Row&) { return true; }).has_value();
}

int delete_keys_before(db::Tx& tx, base::Instant before, int most) {
  return tx.run(delete_old_keys, {{"before", before}, {"most", most}});
}

}  // namespace logbook::store
