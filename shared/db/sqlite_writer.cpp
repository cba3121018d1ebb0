#include "shared/db/sqlite_writer.hpp"

#include <algorithm>

#include "shared/db/trouble.hpp"

namespace db {

base::Result<void> SqliteTx::attempt(const std::function<base::Result<void>()>& part) {
  connection_.control("SAVEPOINT attempt");
  base::Result<void> result = part();
  if (!result) connection_.control("ROLLBACK TO attempt");
  connection_.control("RELEASE attempt");
  return result;
}

SqliteWriter::SqliteWriter(const SqliteConnection::Settings& settings, Sequence sequence, const base::Clock& clock)
    : connection_(settings), sequence_(std::move(sequence)), clock_(clock) {}

void SqliteWriter::run(std::vector<Job> jobs) {
  std::vector<Job> alone;
  for (;;) {
    const Tried tried = try_together(jobs);
    if (tried.outcome == Outcome::stands) break;
    roll_back();
    if (tried.outcome == Outcome::culprit) {
      alone.push_back(std::move(jobs[tried.culprit]));
      jobs.erase(jobs.begin() + static_cast<std::ptrdiff_t>(tried.culprit));
      count(0, jobs.size());
    } else if (jobs.size() > 1) {  // whose it is cannot be told: each by itself
      std::ranges::move(jobs, std::back_inserter(alone));
      jobs.clear();
      break;
    } else {
      for (Job& job : jobs) job.result = tried.error;
      break;
    }
  }
  const bool was_one = jobs.empty() && alone.size() == 1;  // it was alone already
  answer(jobs);
  for (Job& job : alone) {
    if (!was_one) run_alone(job);
    job.done(std::move(job.result));
  }
  beat();
}

void SqliteWriter::beat() {
  if (sequence_.heard) sequence_.heard(head_, clock_.now());
}

Stats SqliteWriter::stats() const {
  const std::scoped_lock lock{stats_mutex_};
  return stats_;
}

// All in one transaction, up to its COMMIT. What is not `stands` leaves the transaction to be rolled back.
SqliteWriter::Tried SqliteWriter::try_together(std::vector<Job>& jobs) {
  try {
    connection_.control("BEGIN IMMEDIATE");
    std::size_t stood = 0;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
      if (!run_one(jobs[i])) return {Outcome::culprit, i};
      if (jobs[i].result) ++stood;
    }
    if (stood == 0 && !jobs.empty()) {
      connection_.control("ROLLBACK");
      return {Outcome::stands};
    }
    take_sequence();
    connection_.control("COMMIT");
    head_ = std::max(head_, taken_);
    count(stood, 0);
    return {Outcome::stands};
  } catch (const Trouble& trouble) {
    return {Outcome::refused, 0, trouble.error()};
  }
}

// False: the transaction ended under it, or can no longer be trusted to hold only the others.
bool SqliteWriter::run_one(Job& job) {
  try {
    connection_.control("SAVEPOINT work");
    job.result = call(job);
    if (connection_.ended()) {
      if (job.result) job.result = base::Error{base::internal, "the transaction ended under a work that went on"};
      return false;
    }
    if (!job.result) connection_.control("ROLLBACK TO work");
    connection_.control("RELEASE work");
    return true;
  } catch (const Trouble& trouble) {
    job.result = trouble.error();
    return false;
  }
}

base::Result<void> SqliteWriter::call(Job& job) {
  try {
    SqliteTx tx{connection_};
    return job.work(tx);
  } catch (const Trouble& trouble) {
    return trouble.error();
  }
}

void SqliteWriter::run_alone(Job& job) {
  std::vector<Job> one;
  one.push_back(std::move(job));
  count(0, 1);
  const Tried tried = try_together(one);
  if (tried.outcome != Outcome::stands) roll_back();
  if (tried.outcome == Outcome::refused) one.front().result = tried.error;
  job = std::move(one.front());
}

void SqliteWriter::take_sequence() {
  if (!sequence_.step) return;
  SqliteTx tx{connection_};
  for (bool more = true; more;) {
    const Sequence::Batch batch = sequence_.step(tx);
    taken_ = batch.head;
    more = batch.more;
  }
}

void SqliteWriter::roll_back() {
  if (connection_.ended()) return;
  try {
    connection_.control("ROLLBACK");
  } catch (const Trouble&) {  // the next BEGIN says so, and its works answer `unavailable`
  }
}

void SqliteWriter::answer(std::vector<Job>& jobs) {
  for (Job& job : jobs) job.done(std::move(job.result));
}

void SqliteWriter::count(std::size_t stood, std::size_t again) {
  const std::scoped_lock lock{stats_mutex_};
  stats_.again += static_cast<std::int64_t>(again);
  if (stood == 0) return;
  stats_.commits += 1;
  stats_.changes += static_cast<std::int64_t>(stood);
  stats_.shared_most = std::max(stats_.shared_most, static_cast<std::int64_t>(stood));
}

}  // namespace db
