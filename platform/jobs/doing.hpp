// Doing: one pass of a repeated job, and one task from lease to end. No thread of its own: the runner's, or a test's.
#pragma once

#include <atomic>
#include <mutex>
#include <set>

#include "platform/jobs/store.hpp"

namespace jobs {

/// Per scope, how many items changed something.
using Changed = std::vector<std::pair<request::Scope, int>>;
void count(Changed&, const request::Scope&, int times = 1);

class Doing final {
 public:
  Doing(db::Store&, const base::Clock&, request::Recorder&, Runner::PathOf, RunnerOptions);

  Changed repeat(const Job&);
  /// All tasks of these jobs (or `only` of this one) that are due, oldest first, each once; `ran` counts them, whatever
  /// came of them.
  struct Tasks {
    Changed changed;
    int ran = 0;
  };
  Tasks tasks(const std::vector<const Job*>&, const Job* only = nullptr);

  /// Whether this replica runs that repeated job for now.
  bool has_turn(const Job&);

 private:
  struct Work;
  struct Attempt;

  std::vector<Work> find(const Job&, const request::Env&);
  base::Result<void> commit(db::Tx&, const Job&, Work&, std::uint64_t number, base::Instant now);
  void settle(const Job&, Work&, const base::Result<void>& done, bool by_itself = false);

  base::Result<void> change(db::Store::Work);  // and waits for it
  db::Store* stepped() { return options_.threads ? nullptr : &store_; }
  bool lease(store::Task&);
  bool run(const Job&, store::Task&, Changed&);
  base::Result<request::Authority> authority(const Job&, const request::Scope&) const;
  base::Result<void> commit_task(db::Tx&, const Job&, Attempt&);
  void settle_failure(const Job&, const store::Task&, const base::Error&, const Attempt*);
  void postpone(const std::vector<JobId>&);
  void tell(const Job&, std::string_view resource, const base::Error&) const;
  std::uint64_t next_number() { return numbers_.fetch_add(1, std::memory_order_relaxed); }

  db::Store& store_;
  const base::Clock& clock_;
  request::Recorder& recorder_;
  const Runner::PathOf path_of_;
  const RunnerOptions options_;
  std::atomic<std::uint64_t> numbers_;

  std::mutex mutex_;
  std::set<JobId> in_hand_;
  std::vector<std::pair<std::string, base::Instant>> turns_;
};

}  // namespace jobs
