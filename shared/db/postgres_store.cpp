#include "shared/db/postgres_store.hpp"

#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "shared/base/random.hpp"
#include "shared/db/migrate.hpp"
#include "shared/db/postgres_connection.hpp"
#include "shared/db/postgres_sequencer.hpp"
#include "shared/db/read_pool.hpp"
#include "shared/db/trouble.hpp"

namespace db {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t waiting_max = 4096;  // works; one more is told to come again
constexpr int runs_max = 5;
constexpr std::array<int, runs_max - 1> pause_ms{1, 4, 16, 64};  // before each further run, give or take a half
constexpr milliseconds usual_timeout = Query{}.timeout;

constexpr const char* write_session = "SET lock_timeout = 500; SET idle_in_transaction_session_timeout = 1000";
constexpr const char* read_session = "SET statement_timeout = 1000; SET idle_in_transaction_session_timeout = 10000";

class PostgresSnapshot final : public Snapshot {
 public:
  PostgresSnapshot(PostgresConnection& connection, bool& answered) : connection_(connection), answered_(answered) {
    connection_.connect();
    connection_.defer("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  }

 private:
  void each(const Query& query, std::span<const Param> params, const std::function<void(const Row&)>& read) override {
    if (query.timeout != timeout_)
      connection_.defer("SET LOCAL statement_timeout = " + std::to_string(query.timeout.count()));
    timeout_ = query.timeout;
    connection_.each(query, params, [&](const Row& row) {
      answered_ = true;
      read(row);
    });
    answered_ = true;
  }

  PostgresConnection& connection_;
  bool& answered_;  // the function has seen something
  milliseconds timeout_ = usual_timeout;
};

struct Job {
  std::optional<std::string> turn = {};
  Store::Work work;
  Store::Done done;
};

class PostgresStore final : public Store {
 public:
  explicit PostgresStore(Options options) : options_(std::move(options)), random_(base::Random::kernel_key(), 0, 0) {
    for (int i = 0; i < options_.readers; ++i)
      readers_.add(std::make_unique<PostgresConnection>(options_.url, read_session, options_.observe));
  }

  ~PostgresStore() override {
    {
      const std::scoped_lock lock{mutex_};
      stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  base::Result<int> prepare() {
    PostgresConnection connection{options_.url, write_session};
    connection.connect();
    connection.script("SET lock_timeout = 0; SET idle_in_transaction_session_timeout = 0");  // another may be migrating
    connection.defer("BEGIN ISOLATION LEVEL READ COMMITTED");
    PostgresTx transaction{connection};
    Tx& tx = transaction;
    tx.lock("db.migrations", false);
    auto applied = migrate(tx, Dialect::postgres, options_.migrations, options_.clock->now(),
                           [&](const std::string& sql) { connection.script(sql); });
    connection.finish(applied ? "COMMIT" : "ROLLBACK");
    if (!applied) return applied;
    if (options_.sequence.step)
      sequencer_ =
          std::make_unique<PostgresSequencer>(options_.url, options_.sequence, *options_.clock, options_.report);
    for (int i = 0; i < options_.writers; ++i) threads_.emplace_back([this] { serve(); });
    return applied;
  }

  void change(Work work, Done done) override { enqueue({.work = std::move(work), .done = std::move(done)}); }
  void change_in_turn(std::string turn, Work work, Done done) override {
    enqueue({.turn = std::move(turn), .work = std::move(work), .done = std::move(done)});
  }

  Stats stats() const override {
    const std::scoped_lock lock{mutex_};
    return stats_;
  }
  std::string engine() const override { return "postgres"; }

 private:
  void enqueue(Job job) {
    {
      const std::scoped_lock lock{mutex_};
      if (waiting_.size() < waiting_max && !stopping_) {
        waiting_.push_back(std::move(job));
        wake_.notify_one();
        return;
      }
    }
    job.done(base::Error{base::unavailable, "too many changes wait"});
  }

  // A connection that was lost while it was idle costs a snapshot nothing: it begins again on a new one.
  void open(const std::function<void(Snapshot&)>& look) const override {
    readers_.with([&](PostgresConnection& connection) {
      const bool was_open = connection.connected();
      bool answered = false;
      try {
        look_at(connection, answered, look);
      } catch (const Lost&) {
        if (!was_open || answered) throw;
        look_at(connection, answered, look);
      } catch (const Contended& trouble) {  // a replay of the server's, not ours
        throw Unavailable(trouble.what());
      }
    });
  }

  static void look_at(PostgresConnection& connection, bool& answered, const std::function<void(Snapshot&)>& look) {
    PostgresSnapshot snapshot{connection, answered};
    try {
      look(snapshot);
      connection.finish_later("COMMIT");
    } catch (...) {
      connection.roll_back();
      throw;
    }
  }

  void serve() {
    PostgresConnection connection{options_.url, write_session, options_.observe};
    for (;;) {
      Job job;
      {
        std::unique_lock lock{mutex_};
        wake_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
        if (waiting_.empty()) return;
        job = std::move(waiting_.front());
        waiting_.pop_front();
      }
      base::Result<void> result = run(connection, job);
      if (result && sequencer_) sequencer_->poke();
      job.done(std::move(result));
    }
  }

  base::Result<void> run(PostgresConnection& connection, Job& job) {
    base::Error last{base::contended};
    for (int run = 0; run < runs_max; ++run) {
      if (run > 0) pause(run);
      try {
        return run_once(connection, job);
      } catch (const Contended& trouble) {
        connection.roll_back();
        last = trouble.error();
      } catch (const Lost& trouble) {
        connection.close();
        last = trouble.error();
      } catch (const Trouble& trouble) {
        connection.roll_back();
        return trouble.error();
      }
    }
    return last;
  }

  base::Result<void> run_once(PostgresConnection& connection, Job& job) {
    connection.connect();
    begin(connection, job);
    PostgresTx tx{connection};
    base::Result<void> result = job.work(tx);
    if (!result) {
      connection.roll_back();
      return result;
    }
    if (connection.finish("COMMIT") != "COMMIT")
      return base::Error{base::internal, "a work went on after the engine's error"};
    const std::scoped_lock lock{mutex_};
    stats_.changes += 1;
    stats_.commits += 1;
    stats_.shared_most = 1;
    return result;
  }

  // The lock comes before anything is seen, and is held to the end; 1 makes its keys others than those of Tx::lock.
  static void begin(PostgresConnection& connection, const Job& job) {
    connection.defer(job.turn ? "BEGIN ISOLATION LEVEL READ COMMITTED" : "BEGIN ISOLATION LEVEL SERIALIZABLE");
    if (!job.turn) return;
    const std::array<Param, 1> turn{Param{"turn", *job.turn}};
    connection.put({"db.turn", "SELECT pg_advisory_xact_lock(hashtextextended(:turn, 1))"}, turn, false);
  }

  void pause(int run) {
    std::uint64_t us = 0;
    {
      const std::scoped_lock lock{mutex_};
      stats_.again += 1;
      const auto base_us = static_cast<std::uint64_t>(pause_ms[static_cast<std::size_t>(run - 1)]) * 1000;
      us = base_us / 2 + random_.below(base_us);
    }
    std::this_thread::sleep_for(std::chrono::microseconds{us});
  }

  Options options_;
  mutable ReadPool<PostgresConnection> readers_;
  std::unique_ptr<PostgresSequencer> sequencer_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> waiting_;
  base::Random random_;  // of the pauses
  Stats stats_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace

base::Result<Opened> open_postgres(Options options) {
  try {
    auto store = std::make_unique<PostgresStore>(std::move(options));
    const auto applied = store->prepare();
    if (!applied) return applied.error();
    return Opened{.store = std::move(store), .migrations_applied = *applied};
  } catch (const Trouble& trouble) {
    return trouble.error();
  }
}

}  // namespace db
