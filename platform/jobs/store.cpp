#include "platform/jobs/store.hpp"

namespace jobs::store {
namespace {

constexpr db::Query insert_job{"jobs.insert", R"sql(
  INSERT INTO jobs (id, name, resource, input, state, attempts, next_at, lease, error)
  VALUES (:id, :name, :resource, :input, 'waiting', 0, :next_at, 0, ''))sql"};

constexpr db::Query list_due{"jobs.due", R"sql(
  SELECT id, name, resource, input, attempts, lease FROM jobs
  WHERE state = 'waiting' AND next_at <= :now ORDER BY next_at, id LIMIT :most)sql"};

constexpr db::Query list_late{"jobs.late", R"sql(
  SELECT id, name, resource, input, attempts, lease FROM jobs
  WHERE state = 'leased' AND lease_until < :now ORDER BY lease_until LIMIT :most)sql"};

constexpr db::Query find_next{"jobs.next", R"sql(
  SELECT next_at FROM jobs WHERE state = 'waiting' ORDER BY next_at LIMIT 1)sql"};

// `lease` is that of the row that was found: whoever took it since has raised it.
constexpr db::Query lease_job{"jobs.lease", R"sql(
  UPDATE jobs SET state = 'leased', leased_by = :taker, lease_until = :until, lease = lease + 1, attempts = attempts + 1
  WHERE id = :id AND lease = :lease AND ((state = 'waiting' AND next_at <= :now)
                                         OR (state = 'leased' AND lease_until < :now)))sql"};

constexpr db::Query finish_job{"jobs.finish", R"sql(
  UPDATE jobs SET state = 'done', leased_by = NULL, lease_until = NULL, ended_at = :now, error = ''
  WHERE id = :id AND state = 'leased' AND lease = :lease)sql"};

constexpr db::Query fail_job{"jobs.fail", R"sql(
  UPDATE jobs SET state = 'waiting', leased_by = NULL, lease_until = NULL, next_at = :next_at, error = :error,
                  attempts = :attempts
  WHERE id = :id AND state = 'leased' AND lease = :lease)sql"};

constexpr db::Query park_job{"jobs.park", R"sql(
  UPDATE jobs SET state = 'parked', leased_by = NULL, lease_until = NULL, error = :error
  WHERE id = :id AND state = 'leased' AND lease = :lease)sql"};

constexpr db::Query postpone_job{"jobs.postpone", R"sql(
  UPDATE jobs SET next_at = :next_at WHERE id = :id AND state = 'waiting')sql"};

constexpr db::Query list_jobs{"jobs.list", R"sql(
  SELECT id, name, resource, state, attempts, next_at, error FROM jobs
  WHERE id > :after AND (:state = '' OR state = :state) ORDER BY id LIMIT :limit)sql"};

constexpr db::Query find_done{"jobs.any_done", R"sql(
  SELECT id FROM jobs WHERE state = 'done' AND ended_at < :before ORDER BY ended_at LIMIT 1)sql"};

constexpr db::Query delete_done{"jobs.sweep", R"sql(
  DELETE FROM jobs WHERE id IN (
    SELECT id FROM jobs WHERE state = 'done' AND ended_at < :before ORDER BY ended_at LIMIT :most))sql"};

constexpr db::Query take{"jobs.turn", R"sql(
  INSERT INTO job_turns (name, taker, until) VALUES (:name, :taker, :until)
  ON CONFLICT (name) DO UPDATE SET taker = excluded.taker, until = excluded.until
  WHERE job_turns.taker = excluded.taker OR job_turns.until < :now)sql"};

Task read(const db::Row& row) {
  return {.id = row.get<JobId>("id"),
          .name = row.get<std::string>("name"),
          .resource = row.get<std::string>("resource"),
          .input = row.get<std::string>("input"),
          .attempts = row.get<int>("attempts"),
          .lease = row.get<std::int64_t>("lease")};
}

}  // namespace

void insert(db::Tx& tx, JobId id, std::string_view name, std::string_view resource, std::string_view input,
            base::Instant next_at) {
  tx.put(insert_job, {{"id", id}, {"name", name}, {"resource", resource}, {"input", input}, {"next_at", next_at}});
}

std::vector<Task> due(db::Snapshot& snapshot, base::Instant now, int most) {
  auto found = snapshot.all(list_late, {{"now", now}, {"most", most}}, read);
  for (auto& each : snapshot.all(list_due, {{"now", now}, {"most", most}}, read)) found.push_back(std::move(each));
  return found;
}

std::optional<base::Instant> next_due(db::Snapshot& snapshot) {
  return snapshot.one(find_next, {}, [](const db::Row& row) { return row.get<base::Instant>("next_at"); });
}

bool lease(db::Tx& tx, Task& task, std::string_view taker, base::Instant now, base::Instant until) {
  return tx.run(lease_job,
                {{"id", task.id}, {"lease", task.lease}, {"taker", taker}, {"now", now}, {"until", until}}) == 1;
}

bool finish(db::Tx& tx, const Task& task, base::Instant now) {
  return tx.run(finish_job, {{"id", task.id}, {"lease", task.lease}, {"now", now}}) == 1;
}

bool fail(db::Tx& tx, const Task& task, std::string_view error, int attempts, base::Instant next_at) {
  return tx.run(fail_job, {{"id", task.id},
                           {"lease", task.lease},
                           {"error", error},
                           {"attempts", attempts},
                           {"next_at", next_at}}) == 1;
}

bool park(db::Tx& tx, const Task& task, std::string_view error) {
  return tx.run(park_job, {{"id", task.id}, {"lease", task.lease}, {"error", error}}) == 1;
}

void postpone(db::Tx& tx, JobId id, base::Instant next_at) { tx.put(postpone_job, {{"id", id}, {"next_at", next_at}}); }

base::Page<Listed> list(db::Snapshot& snapshot, std::optional<State> state, const base::Cursor& cursor) {
  return snapshot.page(list_jobs, cursor, {{"state", state ? db::enum_text(*state) : std::string{}}},
                       [](const db::Row& row) {
                         return Listed{.id = row.get<JobId>("id"),
                                       .name = row.get<std::string>("name"),
                                       .resource = row.get<std::string>("resource"),
                                       .state = row.get<State>("state"),
                                       .attempts = row.get<int>("attempts"),
                                       .next_at = row.get<base::Instant>("next_at"),
                                       .error = row.get<std::string>("error")};
                       });
}

bool any_done_before(db::Snapshot& snapshot, base::Instant before) {
  return snapshot.one(find_done, {{"before", before}}, [](const db::Row&) { return true; }).has_value();
}

int delete_done_before(db::Tx& tx, base::Instant before, int most) {
  return tx.run(delete_done, {{"before", before}, {"most", most}});
}

bool take_turn(db::Tx& tx, std::string_view name, std::string_view taker, base::Instant now, base::Instant until) {
  return tx.run(take, {{"name", name}, {"taker", taker}, {"until", until}, {"now", now}}) == 1;
}

}  // namespace jobs::store
