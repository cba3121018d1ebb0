// PostgresConnection: one connection, used by one thread at a time; statements are prepared once a connection.
//
// It speaks in libpq's pipeline mode. What has no answer of interest (BEGIN, SAVEPOINT, RELEASE, a lock, SET LOCAL,
// what a change puts) is deferred and travels with the statement after it, so that a change costs a round trip for each
// answer that it waits for and one for its COMMIT; a snapshot's end is sent and its answer read before the next use.
//
// Always true
//   - after `Lost` the connection is closed: whatever it held (locks, the transaction) is the server's to undo;
//   - what a deferred command fails with is thrown by the statement that it travels with, in its own name.
//
// Not here: when to run again (postgres_store.cpp), who leads (postgres_sequencer.cpp).
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "shared/db/db.hpp"
#include "shared/db/statement.hpp"

struct pg_conn;
struct pg_result;

namespace db {

class PostgresConnection final {
 public:
  struct Notice {
    std::string payload;
    int backend = 0;  // who notified
  };

  /// `session` is run after each connecting, on top of what every connection is set to: SET, LISTEN.
  PostgresConnection(std::string url, std::string session, Observe observe = {});
  ~PostgresConnection();
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  /// Connects where it is not. Throws `Lost`.
  void connect();
  bool connected() const { return connection_ != nullptr; }
  void close();

  void defer(std::string sql);
  /// Sends what is deferred and `sql`, and returns the command's tag: "COMMIT", or "ROLLBACK" where it could not.
  std::string finish(std::string_view sql);
  /// Sends `sql` and does not wait; what it answers is read before the next use.
  void finish_later(std::string_view sql);
  /// Rolls back whatever is open. Never throws; a connection that cannot is closed.
  void roll_back() noexcept;

  int run(const Query&, std::span<const Param>);
  void put(const Query&, std::span<const Param>, bool one_row);
  void each(const Query&, std::span<const Param>, const std::function<void(const Row&)>&);
  /// Several statements without parameters (migrations).
  void script(const std::string& sql);

  /// Notifications that have arrived.
  std::vector<Notice> notices();
  int socket() const;
  int backend() const;

 private:
  using Answer = std::shared_ptr<pg_result>;  // shared_ptr: its deleter hides libpq from this header
  struct Prepared {
    std::string name;
    Statement statement;
    bool sent = false;
  };
  struct Command {
    std::string what;              // a query's name, or the text itself
    Prepared* prepared = nullptr;  // none: the text as it is
    std::vector<std::optional<std::string>> params = {};
    bool one_row = false;
  };
  struct Sent {
    std::string what;
    Prepared* preparing = nullptr;
    bool one_row = false;
  };
  using Round = std::vector<Sent>;  // what goes to the server before it is asked for its answers

  void bind(const Query&, std::span<const Param>, bool one_row);
  Answer ask(const Query&, std::span<const Param>);
  void send_round();
  void send(const Command&, Round&);
  Answer receive();
  Answer receive(const Round&);
  [[noreturn]] void lost();
  [[noreturn]] static void fail(const pg_result*, std::string_view what);

  std::string url_;
  std::string session_;
  Observe observe_;
  pg_conn* connection_ = nullptr;
  std::unordered_map<std::string, Prepared, TextHash, std::equal_to<>> prepared_;
  std::vector<Command> deferred_;
  std::deque<Round> rounds_;  // sent, and not yet answered
  std::vector<const Value*> ordered_;
  std::vector<const char*> values_;
};

/// A transaction that is open on a connection, for as long as a function runs.
class PostgresTx final : public Tx {
 public:
  explicit PostgresTx(PostgresConnection& connection) : connection_(connection) {}

 private:
  void each(const Query& query, std::span<const Param> params, const std::function<void(const Row&)>& read) override {
    connection_.each(query, params, read);
  }
  int execute(const Query& query, std::span<const Param> params) override { return connection_.run(query, params); }
  void execute_later(const Query& query, std::span<const Param> params, bool one_row) override {
    connection_.put(query, params, one_row);
  }
  base::Result<void> attempt(const std::function<base::Result<void>()>& part) override;
  void lock(std::string_view key, bool shared) override;

  PostgresConnection& connection_;
};

}  // namespace db
