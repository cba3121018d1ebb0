#include "shared/db/sqlite_store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>

#include "shared/base/check.hpp"
#include "shared/db/migrate.hpp"
#include "shared/db/read_pool.hpp"
#include "shared/db/sqlite_writer.hpp"
#include "shared/db/trouble.hpp"

namespace db {
namespace {

constexpr std::size_t shared_max = 64;     // works in one COMMIT
constexpr std::size_t waiting_max = 4096;  // works; one more is told to come again
constexpr std::chrono::milliseconds beat_every{100};

/// The file's owner is the process that holds PATH.lock; the kernel lets go when the process ends, however it ends.
class Ownership final {
 public:
  static base::Result<std::unique_ptr<Ownership>> take(const std::string& path) {
    const std::string lock = path + ".lock";
    const int fd = ::open(lock.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return base::Error{base::unavailable, "cannot open " + lock + ": " + std::strerror(errno)};
    auto owned = std::make_unique<Ownership>(fd);
    if (::flock(fd, LOCK_EX | LOCK_NB) != 0)
      return base::Error{in_use, path + " is in use by process " + owned->holder() + ", which must stop first"};
    owned->sign();
    return owned;
  }

  explicit Ownership(int fd) : fd_(fd) {}
  ~Ownership() { ::close(fd_); }
  Ownership(const Ownership&) = delete;
  Ownership& operator=(const Ownership&) = delete;

 private:
  std::string holder() const {
    std::array<char, 32> text{};
    const ssize_t size = ::pread(fd_, text.data(), text.size(), 0);
    return size > 0 ? std::string(text.data(), static_cast<std::size_t>(size)) : "unknown";
  }
  void sign() const {  // only for the other's message: failing to write it changes nothing
    const std::string pid = std::to_string(::getpid());
    if (::ftruncate(fd_, 0) != 0 || ::pwrite(fd_, pid.data(), pid.size(), 0) < 0) return;
  }

  int fd_;
};

class SqliteSnapshot final : public Snapshot {
 public:
  explicit SqliteSnapshot(SqliteConnection& connection) : connection_(connection) { connection_.control("BEGIN"); }
  ~SqliteSnapshot() {
    try {
      if (!connection_.ended()) connection_.control("ROLLBACK");
    } catch (const Trouble&) {  // a ROLLBACK that only read has nothing to fail at; the next BEGIN would say so
    }
  }

 private:
  void each(const Query& query, std::span<const Param> params, const std::function<void(const Row&)>& read) override {
    connection_.each(query, params, read);
  }

  SqliteConnection& connection_;
};

class SqliteStore final : public Store {
 public:
  SqliteStore(const Options& options, const SqliteConnection::Settings& settings, std::unique_ptr<Ownership> ownership)
      : ownership_(std::move(ownership)), writer_(settings, options.sequence, *options.clock), settings_(settings) {}

  ~SqliteStore() override {
    {
      const std::scoped_lock lock{mutex_};
      stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
    while (run_some() > 0) {  // without a thread: what waits is still answered
    }
  }

  base::Result<int> prepare(const Options& options) {
    SqliteConnection& connection = writer_.connection();
    connection.control("BEGIN IMMEDIATE");
    SqliteTx tx{connection};
    auto applied = migrate(tx, Dialect::sqlite, options.migrations, options.clock->now(),
                           [&](const std::string& sql) { connection.script(sql); });
    connection.control(applied ? "COMMIT" : "ROLLBACK");
    if (!applied) return applied;
    SqliteConnection::Settings reading = settings_;
    reading.writes = false;
    for (int i = 0; i < options.readers; ++i) readers_.add(std::make_unique<SqliteConnection>(reading));
    writer_.run({});  // what a process before this one left in the log's inbox, and the first beat
    if (options.own_thread) thread_ = std::thread{[this] { serve(); }};
    return applied;
  }

  void change(Work work, Done done) override {
    {
      const std::scoped_lock lock{mutex_};
      if (waiting_.size() < waiting_max && !stopping_) {
        waiting_.push_back({.work = std::move(work), .done = std::move(done)});
        if (waiting_.size() == 1) wake_.notify_one();
        return;
      }
    }
    done(base::Error{base::unavailable, "too many changes wait"});
  }

  void change_in_turn(std::string, Work work, Done done) override { change(std::move(work), std::move(done)); }

  int run_waiting() override {
    CHECK(!thread_.joinable());  // the writer's connection is one thread's
    const int count = run_some();
    if (count == 0) writer_.beat();
    return count;
  }

  Stats stats() const override { return writer_.stats(); }
  std::string engine() const override { return "sqlite"; }

 private:
  int run_some() {
    std::vector<SqliteWriter::Job> jobs;
    {
      const std::scoped_lock lock{mutex_};
      jobs = take();
    }
    const int count = static_cast<int>(jobs.size());
    if (count > 0) writer_.run(std::move(jobs));
    return count;
  }

  void open(const std::function<void(Snapshot&)>& look) const override {
    readers_.with([&](SqliteConnection& connection) {
      SqliteSnapshot snapshot{connection};
      look(snapshot);
    });
  }

  std::vector<SqliteWriter::Job> take() {
    std::vector<SqliteWriter::Job> jobs;
    while (!waiting_.empty() && jobs.size() < shared_max) {
      jobs.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
    return jobs;
  }

  void serve() {
    for (;;) {
      std::vector<SqliteWriter::Job> jobs;
      {
        std::unique_lock lock{mutex_};
        wake_.wait_for(lock, beat_every, [&] { return stopping_ || !waiting_.empty(); });
        if (stopping_ && waiting_.empty()) return;
        jobs = take();
      }
      if (jobs.empty()) {
        writer_.beat();
      } else {
        writer_.run(std::move(jobs));
      }
    }
  }

  std::unique_ptr<Ownership> ownership_;  // given up last
  SqliteWriter writer_;
  SqliteConnection::Settings settings_;
  mutable ReadPool<SqliteConnection> readers_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<SqliteWriter::Job> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace

base::Result<Opened> open_sqlite(Options options) {
  const SqliteConnection::Settings settings{.path = options.url.substr(std::strlen("sqlite:")),
                                            .vfs = options.sqlite_vfs,
                                            .synchronous = options.sqlite_synchronous,
                                            .writes = true,
                                            .observe = options.observe};
  std::unique_ptr<Ownership> ownership;
  if (options.sqlite_vfs.empty()) {  // a simulated disk belongs to its simulator
    auto taken = Ownership::take(settings.path);
    if (!taken) return taken.error();
    ownership = std::move(*taken);
  }
  try {
    auto store = std::make_unique<SqliteStore>(options, settings, std::move(ownership));
    const auto applied = store->prepare(options);
    if (!applied) return applied.error();
    return Opened{.store = std::move(store), .migrations_applied = *applied};
  } catch (const Trouble& trouble) {
    return trouble.error();
  }
}

}  // namespace db
