#include <condition_variable>
#include <thread>

#include "platform/jobs/doing.hpp"

namespace jobs {
namespace {

constexpr int repeated_threads = 2;
constexpr int task_threads = 2;
constexpr int sweep_most = 2000;

struct OldTasks {
  request::PlatformId platform;
  base::Instant before;
};
BOOST_DESCRIBE_STRUCT(OldTasks, (), (platform, before))

// Its own broom: what is done and a day old is of no use to anybody, so this leaves no record.
Jobs own_jobs() {
  const auto due = [](db::Snapshot& snapshot, const request::Env& env) -> std::vector<OldTasks> {
    const base::Instant before = env.now - done_time;
    if (!store::any_done_before(snapshot, before)) return {};
    return {OldTasks{.platform = request::platform, .before = before}};
  };
  const auto sweep = [](db::Tx& tx, const request::Call<job_sweep, OldTasks>& call) -> base::Result<bool> {
    store::delete_done_before(tx, call.input.before, sweep_most);
    return false;
  };
  return Jobs{"jobs"}.every<job_sweep>(std::chrono::seconds{30}, due, sweep);
}

class Threads final : public Runner {
 public:
  Threads(db::Store& store, const base::Clock& clock, std::vector<Jobs> tables, request::Recorder& recorder,
          PathOf path_of, const RunnerOptions& options)
      : clock_(clock), poll_(options.poll), doing_(store, clock, recorder, std::move(path_of), options) {
    tables.push_back(own_jobs());
    for (const Jobs& table : tables)
      for (const Job& job : table.all()) all_.push_back(job);
    for (const Job& job : all_) {
      if (job.period.count() == 0)
        tasks_.push_back(&job);
      else
        repeated_.push_back({.job = &job});
    }
    if (!options.threads) return;
    for (int i = 0; i < repeated_threads; ++i)
      threads_.emplace_back([this](const std::stop_token& stop) { repeat(stop); });
    for (int i = 0; i < task_threads; ++i)
      threads_.emplace_back([this, i](const std::stop_token& stop) { work(stop, i == 0); });
  }
  ~Threads() override {
    for (auto& thread : threads_) thread.request_stop();
  }

  void poke() override {
    const std::lock_guard lock{mutex_};
    ++pokes_;
    news_.notify_all();
  }

  Changed run_once(const Job& job) override {
    if (job.period.count() != 0) return doing_.repeat(job);
    Changed all;
    for (;;) {
      const auto pass = doing_.tasks(tasks_, &job);
      for (const auto& [scope, times] : pass.changed) count(all, scope, times);
      if (pass.ran == 0) return all;
    }
  }

 private:
  struct Repeated {
    const Job* job;
    base::Instant next = {};
    bool running = false;
  };

  void repeat(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (Repeated* due = take_due()) {
        if (doing_.has_turn(*due->job)) doing_.repeat(*due->job);
        put_back(*due);
      } else {
        std::unique_lock lock{mutex_};
        tick_.wait_for(lock, stop, until_next(), [] { return false; });
      }
    }
  }
  // At most a poll, because the clock may be a hand that jumps.
  std::chrono::microseconds until_next() const {
    std::chrono::microseconds least{poll_};
    const base::Instant now = clock_.now();
    for (const Repeated& each : repeated_)
      if (!each.running) least = std::min(least, each.next - now);
    return std::max(least, std::chrono::microseconds{1000});
  }
  Repeated* take_due() {
    const base::Instant now = clock_.now();
    const std::lock_guard lock{mutex_};
    Repeated* first = nullptr;
    for (Repeated& each : repeated_)
      if (!each.running && each.next <= now && (first == nullptr || each.next < first->next)) first = &each;
    if (first == nullptr) return nullptr;
    first->running = true;
    first->next = now + first->job->period;  // from beginning to beginning
    return first;
  }
  void put_back(Repeated& repeated) {
    const std::lock_guard lock{mutex_};
    repeated.running = false;
  }

  // One looks by itself now and then, for what became due or came from another replica; the others are woken.
  void work(const std::stop_token& stop, bool looks) {
    std::uint64_t seen = 0;
    while (!stop.stop_requested()) {
      if (doing_.tasks(tasks_).ran > 0) continue;
      std::unique_lock lock{mutex_};
      const auto poked = [&] { return pokes_ != seen; };
      if (looks)
        news_.wait_for(lock, stop, poll_, poked);
      else
        news_.wait(lock, stop, poked);
      seen = pokes_;
    }
  }

  const base::Clock& clock_;
  const std::chrono::milliseconds poll_;
  Doing doing_;
  std::vector<Job> all_;
  std::vector<const Job*> tasks_;

  std::mutex mutex_;
  std::condition_variable_any news_;
  std::condition_variable_any tick_;
  std::vector<Repeated> repeated_;
  std::uint64_t pokes_ = 0;
  std::vector<std::jthread> threads_;  // last: they use all of the above
};

}  // namespace

std::unique_ptr<Runner> make_runner(db::Store& store, const base::Clock& clock, std::vector<Jobs> tables,
                                    request::Recorder& recorder, Runner::PathOf path_of, RunnerOptions options) {
  return std::make_unique<Threads>(store, clock, std::move(tables), recorder, std::move(path_of), options);
}

void enqueue(db::Tx& tx, const request::Env& env, const request::Permission& permission, std::string_view resource,
             std::string input) {
  store::insert(tx, JobId::make(env.now, env.random), permission.name, resource, input, env.now);
}

}  // namespace jobs
