// Jobs: work that outlives a request. A repeated job finds its work in a snapshot and does each item in a small
// transaction of its own; a task is one durable item, enqueued in the transaction that wants it done.
//
// Always true
//   - an item's commit runs with a Granted for the house, on behalf of the one scope that the item names;
//   - a task is leased by one runner at a time, its commit checks the lease in its own transaction, and it is retried
//     with backoff until done or parked (`attempts_max`); all of them are listed by `GET /v1/jobs`;
//   - what changed nothing (false, or `base::nothing`) writes no record.
//
// Not here: what a job does, nor an order among tasks. External calls belong in a task's `prepare`, which may run more
// than once.
#pragma once

#include <boost/describe.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platform/request/ports.hpp"
#include "platform/request/request.hpp"
#include "shared/base/time.hpp"
#include "shared/db/db.hpp"

namespace jobs {

inline constexpr int attempts_max = 12;
inline constexpr std::chrono::seconds lease_time{30};

inline constexpr std::chrono::hours done_time{24};  // how long a done task is still listed

inline constexpr request::Permission job_list{"jobs.job.list"};
inline constexpr request::Permission job_sweep{"jobs.job.sweep"};  // the house's own: no role holds it

using JobId = base::Id<"job">;

enum class State { waiting, leased, done, parked };
BOOST_DESCRIBE_ENUM(State, waiting, leased, done, parked)

/// A task as `job list` shows it.
struct Listed {
  JobId id;
  std::string name;
  std::string resource;
  State state = State::waiting;
  int attempts = 0;
  base::Instant next_at;
  std::string error;  // of the last attempt, empty once done
};
BOOST_DESCRIBE_STRUCT(Listed, (), (id, name, resource, state, attempts, next_at, error))

/// One erased job of a module's table.
struct Job {
  std::string module;
  std::string name;  // badge_expire: of the permission
  const request::Permission* permission;
  std::chrono::milliseconds period{0};  // 0: a task, run when enqueued
  struct Item {
    std::shared_ptr<const void> input;
    request::Scope scope;
    std::string resource;  // what its record names: the first member that is an id and no scope
  };
  std::function<std::vector<Item>(db::Snapshot&, const request::Env&)> due;  // of a repeated job
  std::function<base::Result<Item>(std::string_view json)> decode;           // of a task
  std::function<base::Result<std::shared_ptr<const void>>(const db::Reader&, const request::Authority&,
                                                          const request::Env&, const void*)>
      prepare;
  /// True: it changed something.
  std::function<base::Result<bool>(db::Tx&, const request::Authority&, const request::Env&, const void* input,
                                   const void* prepared)>
      commit;
};

}  // namespace jobs

#include "platform/jobs/table.hpp"

namespace jobs {

class Jobs final {
 public:
  explicit Jobs(std::string_view module) : module_(module) {}

  /// `due(db::Snapshot&, const request::Env&) -> std::vector<Input>`, `commit(db::Tx&, const Call<P, Input>&) ->
  /// Result<bool>`. The first member of Input that is a scope's id (or a `request::Scope`) names the scope it is done
  /// for.
  template <const request::Permission& P, class Due, class Commit>
  Jobs& every(std::chrono::milliseconds period, Due due, Commit commit) {
    jobs_.push_back(request::JobTable::repeated<P>(module_, period, std::move(due), std::move(commit)));
    return *this;
  }

  /// A task, enqueued by `enqueue(tx, …, name of P, input)`; `prepare(const db::Reader&, const Call<P, Input>&) ->
  /// Result<Prepared>` may call the outside; `commit(db::Tx&, const Call<P, Input>&[, const Prepared&]) ->
  /// Result<bool>`.
  template <const request::Permission& P, class Commit>
  Jobs& task(Commit commit) {
    jobs_.push_back(request::JobTable::task<P>(module_, std::move(commit)));
    return *this;
  }
  template <const request::Permission& P, class Prepare, class Commit>
  Jobs& task(Prepare prepare, Commit commit) {
    jobs_.push_back(request::JobTable::prepared_task<P>(module_, std::move(prepare), std::move(commit)));
    return *this;
  }

  const std::vector<Job>& all() const { return jobs_; }

 private:
  std::string module_;
  std::vector<Job> jobs_;
};

/// Enqueues a task in this transaction; `resource` is what `job list` shows it for. `input` is P's task's input as
/// JSON.
void enqueue(db::Tx&, const request::Env&, const request::Permission&, std::string_view resource, std::string input);

struct RunnerOptions {
  base::Random::Key dice;
  std::string replica;  // this process, in leases
  std::chrono::milliseconds poll{100};
  bool threads =
      true;  // false: only `run_once` runs, and it steps the store, which has no thread either (the simulator)
  /// What did not go well and will be tried again, or was parked: for a log. On a thread of the runner.
  std::function<void(std::string_view job, std::string_view resource, const base::Error&)> failed = {};
};

/// Runs the tables' jobs on threads of its own until destroyed. `path_of` gives a scope's path (iam).
class Runner {
 public:
  using PathOf = std::function<base::Result<std::vector<request::Scope>>(db::Snapshot&, const request::Scope&)>;
  virtual ~Runner() = default;
  /// Something was committed that may have enqueued: look now. Never blocks.
  virtual void poke() = 0;
  /// One pass of one repeated job, or of all due tasks, on the caller's thread: how tests play a job. Returns, per
  /// scope, how many items changed something.
  virtual std::vector<std::pair<request::Scope, int>> run_once(const Job&) = 0;
};
std::unique_ptr<Runner> make_runner(db::Store&, const base::Clock&, std::vector<Jobs>, request::Recorder&,
                                    Runner::PathOf, RunnerOptions);

/// `job list` (GET /v1/jobs, at the platform).
request::Routes routes();

}  // namespace jobs
