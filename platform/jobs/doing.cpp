#include "platform/jobs/doing.hpp"

#include <algorithm>
#include <condition_variable>
#include <utility>

#include "shared/base/check.hpp"
#include "shared/db/trouble.hpp"

namespace jobs {
namespace {

using base::Error;
using base::Instant;
using base::Result;
using request::Authority;
using request::Env;

constexpr int together_max = 64;  // items in flight at once: what one shared commit takes
constexpr int due_max = 32;
constexpr std::chrono::seconds turn_time{3};
constexpr std::chrono::milliseconds turn_renewed{1500};
constexpr std::chrono::milliseconds retry_first{1000};
constexpr std::chrono::minutes retry_most{5};
constexpr std::chrono::milliseconds retry_contended{100};
constexpr std::chrono::seconds retry_unknown{5};  // another version's task: that one will come
// The server's own requests count up from 1, the log's from 2^63: these numbers are the jobs' alone.
constexpr std::uint64_t numbers_from = std::uint64_t{1} << 62;

constexpr base::Reason lease_lost{"lease_lost", base::Kind::conflict};

std::chrono::milliseconds backoff(int attempts) {
  auto wait = retry_first;
  for (int i = 1; i < attempts && wait < retry_most; ++i) wait *= 2;
  return std::min<std::chrono::milliseconds>(wait, retry_most);
}

// Waits for several changes that were started together.
class Countdown {
 public:
  explicit Countdown(db::Store* stepped) : stepped_(stepped) {}
  void add() {
    const std::lock_guard lock{mutex_};
    ++open_;
  }
  void done() {
    const std::lock_guard lock{mutex_};
    --open_;
    changed_.notify_all();
  }
  void wait(int most) {
    if (stepped_ != nullptr) {
      while (open_ > most) stepped_->run_waiting();
      return;
    }
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [&] { return open_ <= most; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  db::Store* const stepped_;  // without a thread of its own: then one thread does everything
  int open_ = 0;
};

}  // namespace

Result<void> Doing::change(db::Store::Work work) {
  Result<void> done;
  Countdown open{stepped()};
  open.add();
  store_.change(std::move(work), [&](Result<void> result) {
    done = std::move(result);
    open.done();
  });
  open.wait(0);
  return done;
}

void count(Changed& changed, const request::Scope& scope, int times) {
  for (auto& [known, sum] : changed) {
    if (known != scope) continue;
    sum += times;
    return;
  }
  changed.emplace_back(scope, times);
}

/// One item of a repeated job, with its place in the tree.
struct Doing::Work {
  Job::Item item;
  Authority authority;
  std::uint32_t step = 0;
  bool changed = false;
  bool in_the_way = false;  // of others of its pass, or they of it
};

/// One try of one leased task.
struct Doing::Attempt {
  const store::Task& task;
  Job::Item item;
  Authority authority;
  std::shared_ptr<const void> prepared;
  std::uint64_t number = 0;
  Instant now;
  bool changed = false;
};

Doing::Doing(db::Store& store, const base::Clock& clock, request::Recorder& recorder, Runner::PathOf path_of,
             RunnerOptions options)
    : store_(store),
      clock_(clock),
      recorder_(recorder),
      path_of_(std::move(path_of)),
      options_(std::move(options)),
      numbers_(numbers_from) {}

void Doing::tell(const Job& job, std::string_view resource, const Error& error) const {
  if (options_.failed) options_.failed(job.name, resource, error);
}

// Repeated jobs

std::vector<Doing::Work> Doing::find(const Job& job, const Env& env) {
  return store_.read([&](db::Snapshot& snapshot) {
    std::vector<Work> works;
    for (auto& item : job.due(snapshot, env)) {
      auto path = path_of_(snapshot, item.scope);
      if (!path) {
        tell(job, item.resource, path.error());
        continue;
      }
      works.push_back(
          {.item = std::move(item),
           .authority = {.permission = job.permission, .principal = {}, .path = std::move(*path), .authz_epoch = 0},
           .step = static_cast<std::uint32_t>(works.size() + 1)});
    }
    return works;
  });
}

Result<void> Doing::commit(db::Tx& tx, const Job& job, Work& work, std::uint64_t number, Instant now) {
  base::Random random{options_.dice, number, work.step};
  const Env env{.now = now, .random = random};
  work.changed = false;
  const auto done = job.commit(tx, work.authority, env, work.item.input.get(), nullptr);
  if (!done) return done.error();
  if (!*done) return {};
  recorder_.change(tx, env, work.authority, {}, work.item.resource, "ok");
  work.changed = true;
  return {};
}

// What contends with others of its pass is done after them, by itself; what still cannot be done is due again.
void Doing::settle(const Job& job, Work& work, const Result<void>& done, bool by_itself) {
  if (done) return;
  work.changed = false;
  work.in_the_way = !by_itself && done.error().reason == base::contended;
  if (!work.in_the_way && done.error().reason != base::nothing) tell(job, work.item.resource, done.error());
}

Changed Doing::repeat(const Job& job) {
  const Instant now = clock_.now();
  const std::uint64_t number = next_number();
  std::vector<Work> works;
  try {
    base::Random random{options_.dice, number, 0};
    works = find(job, {.now = now, .random = random});
  } catch (const db::Unavailable& trouble) {
    tell(job, "", trouble.error());
    return {};
  }
  Countdown open{stepped()};
  for (Work& work : works) {
    open.wait(together_max - 1);
    open.add();
    store_.change([&, number, now](db::Tx& tx) { return commit(tx, job, work, number, now); },
                  [&](Result<void> done) {
                    settle(job, work, done);
                    open.done();
                  });
  }
  open.wait(0);
  for (Work& work : works)
    if (std::exchange(work.in_the_way, false))
      settle(job, work, change([&](db::Tx& tx) { return commit(tx, job, work, number, now); }), true);
  Changed changed;
  for (const Work& work : works)
    if (work.changed) count(changed, work.item.scope);
  return changed;
}

bool Doing::has_turn(const Job& job) {
  if (store_.engine() == "sqlite") return true;  // one process has the file
  const Instant now = clock_.now();
  {
    const std::lock_guard lock{mutex_};
    for (const auto& [name, until] : turns_)
      if (name == job.name && until - turn_renewed > now) return true;
  }
  bool taken = false;
  const auto done = change([&](db::Tx& tx) -> Result<void> {
    taken = store::take_turn(tx, job.name, options_.replica, now, now + turn_time);
    return {};
  });
  if (!done || !taken) return false;
  const std::lock_guard lock{mutex_};
  std::erase_if(turns_, [&](const auto& each) { return each.first == job.name; });
  turns_.emplace_back(job.name, now + turn_time);
  return true;
}

// Tasks

Doing::Tasks Doing::tasks(const std::vector<const Job*>& jobs, const Job* only) {
  Tasks tasks;
  std::vector<store::Task> found;
  try {
    found = store_.read([&](db::Snapshot& snapshot) { return store::due(snapshot, clock_.now(), due_max); });
  } catch (const db::Unavailable&) {
    return tasks;  // looked for again
  }
  std::vector<JobId> unknown;
  for (store::Task& task : found) {
    const auto job = std::ranges::find_if(jobs, [&](const Job* each) { return each->name == task.name; });
    if (job == jobs.end()) {
      unknown.push_back(task.id);
    } else if (only != nullptr && only->name != task.name) {
      continue;
    } else if (run(**job, task, tasks.changed)) {
      ++tasks.ran;
    }
  }
  if (unknown.size() == found.size()) postpone(unknown);  // or they would hide those behind them
  return tasks;
}

bool Doing::lease(store::Task& task) {
  bool leased = false;
  const Instant now = clock_.now();
  const auto done = change([&](db::Tx& tx) -> Result<void> {
    leased = store::lease(tx, task, options_.replica, now, now + lease_time);
    return {};
  });
  if (!done || !leased) return false;
  ++task.lease;
  ++task.attempts;
  return true;
}

// False: another has it.
bool Doing::run(const Job& job, store::Task& task, Changed& changed) {
  {
    const std::lock_guard lock{mutex_};
    if (!in_hand_.insert(task.id).second) return false;
  }
  const auto put_down = [&](bool ran) {
    const std::lock_guard lock{mutex_};
    in_hand_.erase(task.id);
    return ran;
  };
  if (!lease(task)) return put_down(false);

  auto item = job.decode(task.input);
  if (!item) {
    settle_failure(job, task, item.error(), nullptr);
    return put_down(true);
  }
  auto place = authority(job, item->scope);
  if (!place) {
    settle_failure(job, task, place.error(), nullptr);
    return put_down(true);
  }
  Attempt attempt{.task = task,
                  .item = std::move(*item),
                  .authority = std::move(*place),
                  .prepared = {},
                  .number = next_number(),
                  .now = clock_.now()};
  if (job.prepare) {
    base::Random random{options_.dice, attempt.number, 1};
    Result<std::shared_ptr<const void>> prepared{Error{base::unavailable}};
    try {
      prepared =
          job.prepare(store_, attempt.authority, {.now = attempt.now, .random = random}, attempt.item.input.get());
    } catch (const db::Unavailable& trouble) {
      prepared = trouble.error();
    }
    if (!prepared) {
      settle_failure(job, task, prepared.error(), &attempt);
      return put_down(true);
    }
    attempt.prepared = std::move(*prepared);
  }
  const auto done = change([&](db::Tx& tx) { return commit_task(tx, job, attempt); });
  if (!done) {
    if (done.error().reason != lease_lost) settle_failure(job, task, done.error(), &attempt);
  } else if (attempt.changed) {
    count(changed, attempt.item.scope);
  }
  return put_down(true);
}

Result<Authority> Doing::authority(const Job& job, const request::Scope& scope) const {
  try {
    auto path = store_.read([&](db::Snapshot& snapshot) { return path_of_(snapshot, scope); });
    if (!path) return path.error();
    return Authority{.permission = job.permission, .principal = {}, .path = std::move(*path), .authz_epoch = 0};
  } catch (const db::Unavailable& trouble) {
    return trouble.error();
  }
}

// The lease is checked in the transaction of what was done: who lost it, did nothing.
Result<void> Doing::commit_task(db::Tx& tx, const Job& job, Attempt& attempt) {
  base::Random random{options_.dice, attempt.number, 2};
  const Env env{.now = attempt.now, .random = random};
  attempt.changed = false;
  if (!store::finish(tx, attempt.task, attempt.now)) return Error{lease_lost};
  const auto done = tx.attempt([&]() -> Result<void> {
    const auto result = job.commit(tx, attempt.authority, env, attempt.item.input.get(), attempt.prepared.get());
    if (!result) return result.error();
    attempt.changed = *result;
    return {};
  });
  if (!done && done.error().reason != base::nothing) return done.error();
  if (attempt.changed) recorder_.change(tx, env, attempt.authority, {}, attempt.item.resource, "ok");
  return {};
}

// Its own transaction, because the attempt's is undone. What is given up leaves a record with the reason.
void Doing::settle_failure(const Job& job, const store::Task& task, const Error& error, const Attempt* attempt) {
  tell(job, task.resource, error);
  const Instant now = clock_.now();
  const std::string why = std::string{error.reason.word} + (error.detail.empty() ? "" : ": " + error.detail);
  const std::uint64_t number = next_number();
  // If this fails as well, the lease runs out, and the task is found again.
  (void)change([&](db::Tx& tx) -> Result<void> {
    if (error.reason == base::contended) {
      store::fail(tx, task, why, task.attempts - 1, now + retry_contended);
    } else if (error.reason == base::nothing) {
      store::finish(tx, task, now);
    } else if (task.attempts < attempts_max) {
      store::fail(tx, task, why, task.attempts, now + backoff(task.attempts));
    } else if (store::park(tx, task, why) && attempt != nullptr) {
      base::Random random{options_.dice, number, 0};
      recorder_.change(tx, {.now = now, .random = random}, attempt->authority, {}, attempt->item.resource,
                       error.reason.word);
    }
    return {};
  });
}

void Doing::postpone(const std::vector<JobId>& unknown) {
  if (unknown.empty()) return;
  const Instant next_at = clock_.now() + retry_unknown;
  (void)change([&](db::Tx& tx) -> Result<void> {
    for (const JobId id : unknown) store::postpone(tx, id, next_at);
    return {};
  });
}

}  // namespace jobs
