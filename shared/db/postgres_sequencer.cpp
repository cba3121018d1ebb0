#include "shared/db/postgres_sequencer.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "shared/base/check.hpp"
#include "shared/db/trouble.hpp"

namespace db {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds try_every{100};
constexpr milliseconds beat_every{80};    // promised every 100
constexpr milliseconds silent_max{1000};  // then a leader is deposed
constexpr milliseconds look_least{1};
constexpr milliseconds look_most{20};

constexpr const char* session =
    "SET lock_timeout = 500; SET idle_in_transaction_session_timeout = 1000; LISTEN db_beat";

// The key is two numbers, a space of its own beside the one number that Tx::lock hashes to.
constexpr Query take_lock{"sequencer.lock", "SELECT pg_try_advisory_lock(1818126183, 1) AS taken"};

constexpr Query find_self{"sequencer.self", R"sql(
  SELECT (extract(epoch FROM backend_start) * 1000000)::bigint AS started
  FROM pg_stat_activity WHERE pid = pg_backend_pid())sql"};

constexpr Query notify{"sequencer.beat", R"sql(
  SELECT pg_notify('db_beat', concat_ws(' ', CAST(:head AS text), CAST(:now AS text),
    floor(extract(epoch FROM clock_timestamp()) * 1000000)::bigint, pg_backend_pid(), CAST(:started AS text))))sql"};

constexpr Query find_holder{"sequencer.holder", R"sql(
  SELECT a.pid AS backend, (extract(epoch FROM a.backend_start) * 1000000)::bigint AS started,
         floor(extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now
  FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
  WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 1818126183 AND l.objid = 1 AND l.objsubid = 2
    AND a.datname = current_database()
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))sql"};

constexpr Query end_holder{"sequencer.depose", R"sql(
  SELECT pg_terminate_backend(a.pid) AS ended
  FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
  WHERE l.locktype = 'advisory' AND l.granted AND l.classid = 1818126183 AND l.objid = 1 AND l.objsubid = 2
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND a.pid = CAST(:backend AS int)
    AND (extract(epoch FROM a.backend_start) * 1000000)::bigint = CAST(:started AS bigint)
    AND extract(epoch FROM clock_timestamp()) * 1000000 - CAST(:beat AS bigint) > 1000000)sql"};

std::int64_t ask_number(PostgresConnection& connection, const Query& query, std::string_view column) {
  PostgresTx tx{connection};
  return tx.one(query, {}, [&](const Row& row) { return row.get<std::int64_t>(column); }).value_or(0);
}

}  // namespace

PostgresSequencer::PostgresSequencer(const std::string& url, Sequence sequence, const base::Clock& clock,
                                     std::function<void(const std::string&)> report)
    : sequence_(std::move(sequence)),
      clock_(clock),
      report_(std::move(report)),
      connection_(url, session),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  CHECK(wake_ >= 0);
  thread_ = std::thread{[this] { serve(); }};
}

PostgresSequencer::~PostgresSequencer() {
  stopping_ = true;
  ::eventfd_write(wake_, 1);
  thread_.join();
  ::close(wake_);
}

void PostgresSequencer::poke() {
  if (leading_ && !poked_.exchange(true)) ::eventfd_write(wake_, 1);
}

// Any trouble ends the connection, and the lead with it: who cannot do the step leaves it to another.
void PostgresSequencer::serve() {
  while (!stopping_) {
    try {
      connection_.connect();
      follow();
      if (!stopping_) lead();
    } catch (const Trouble& trouble) {
      report(trouble.what());
      leading_ = false;
      connection_.close();
      wait(try_every, false);
    }
  }
}

// The same trouble ten times a second is one trouble.
void PostgresSequencer::report(const std::string& trouble) {
  if (report_ && trouble != reported_) report_("sequencer: " + trouble);
  reported_ = trouble;
}

// Until this connection holds the lock.
void PostgresSequencer::follow() {
  heard_at_ = Steady::now();
  auto next_try = heard_at_;
  while (!stopping_) {
    hear();
    if (Steady::now() >= next_try) {
      if (try_lock()) return;
      next_try = Steady::now() + try_every;
      hear();  // whatever had arrived before the answer
      if (Steady::now() - heard_at_ > silent_max) depose();
    }
    wait(try_every, true);
  }
}

void PostgresSequencer::lead() {
  const std::int64_t started = ask_number(connection_, find_self, "started");
  leading_ = true;
  Steady::time_point last_beat{};
  milliseconds look = look_least;
  while (!stopping_) {
    poked_ = false;
    const bool news = lead_once(started, last_beat);
    connection_.notices();  // its own beats
    look = news ? look_least : std::min(look * 2, look_most);
    wait(look, false);
  }
  leading_ = false;
}

// One step and, where there is news or it is time, a beat in the same transaction, so that it tells of what is durable.
bool PostgresSequencer::lead_once(std::int64_t started, Steady::time_point& last_beat) {
  bool news = false;
  for (bool more = true; more;) {
    connection_.defer("BEGIN ISOLATION LEVEL READ COMMITTED");
    PostgresTx tx{connection_};
    const Sequence::Batch batch = sequence_.step(tx);
    const base::Instant now = clock_.now();
    const bool beats = batch.head != head_ || Steady::now() - last_beat >= beat_every;
    if (beats) tx.put(notify, {{"head", batch.head}, {"now", now}, {"started", started}});
    if (connection_.finish("COMMIT") != "COMMIT") throw Lost("the log's step swallowed an error");
    news = news || batch.head != head_;
    head_ = batch.head;
    reported_.clear();
    more = batch.more;
    if (!beats) continue;
    last_beat = Steady::now();
    if (sequence_.heard) sequence_.heard(head_, now);
  }
  return news;
}

bool PostgresSequencer::try_lock() { return ask_number(connection_, take_lock, "taken") == 1; }

void PostgresSequencer::hear() {
  for (const auto& notice : connection_.notices()) {
    std::istringstream words{notice.payload};
    std::int64_t head = 0, time = 0;
    Leader leader;
    if (!(words >> head >> time >> leader.beat >> leader.backend >> leader.started)) continue;  // not one of ours
    leader_ = leader;
    head_ = std::max(head_, head);
    heard_at_ = Steady::now();
    if (sequence_.heard) sequence_.heard(head, base::from_micros(time));
  }
}

// A holder that was never heard has been silent since it was first seen.
void PostgresSequencer::depose() {
  PostgresTx tx{connection_};
  const auto holder = tx.one(find_holder, {}, [](const Row& row) {
    return Leader{row.get<std::int64_t>("backend"), row.get<std::int64_t>("started"), row.get<std::int64_t>("now")};
  });
  if (!holder) return;
  if (holder->backend != leader_.backend || holder->started != leader_.started) {
    leader_ = *holder;
    return;
  }
  tx.all(end_holder, {{"backend", leader_.backend}, {"started", leader_.started}, {"beat", leader_.beat}},
         [](const Row& row) { return row.get<bool>("ended"); });
}

void PostgresSequencer::wait(milliseconds most, bool and_notices) {
  std::array<pollfd, 2> on{pollfd{wake_, POLLIN, 0}, pollfd{and_notices ? connection_.socket() : -1, POLLIN, 0}};
  ::poll(on.data(), on.size(), static_cast<int>(most.count()));
  eventfd_t count = 0;
  ::eventfd_read(wake_, &count);
}

}  // namespace db
