#include "shared/db/postgres_connection.hpp"

#include <libpq-fe.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "shared/base/check.hpp"
#include "shared/db/trouble.hpp"

namespace db {
namespace {

// What the platform asks for is few rows by their keys, from tables that grow: so each row is looked up through its
// index. Left alone, PostgreSQL plans for the few rows that were there when it last counted, and goes through whole
// tables. And whatever a change goes through as a whole, SERIALIZABLE watches as a whole: changes of two of its rows
// then run again because of each other. (These only set a price: where there is no index, it still scans. jit: that
// price would start it.)
constexpr std::string_view by_index =
    "SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;"
    "SET jit = off; SET client_min_messages = warning;";

// Types that are read as an integer (catalog/pg_type.dat); all others are read as their text.
constexpr Oid oid_bool = 16, oid_int8 = 20, oid_int2 = 21, oid_int4 = 23;

void say_nothing(void*, const PGresult*) {}

Value value_of(const PGresult* result, int row, int column) {
  if (PQgetisnull(result, row, column) != 0) return {};
  const char* text = PQgetvalue(result, row, column);
  const auto size = static_cast<std::size_t>(PQgetlength(result, row, column));
  switch (PQftype(result, column)) {
    case oid_bool:
      return std::int64_t{text[0] == 't' ? 1 : 0};
    case oid_int2:
    case oid_int4:
    case oid_int8: {
      std::int64_t number = 0;
      std::from_chars(text, text + size, number);
      return number;
    }
    default:
      return std::string(text, size);
  }
}

class PostgresRow final : public Row {
 public:
  explicit PostgresRow(const PGresult* result) : result_(result), columns_(PQnfields(result)) {}
  int at = 0;

 private:
  Value value(std::string_view column) const override {
    for (int i = 0; i < columns_; ++i)
      if (column == PQfname(result_, i)) return value_of(result_, at, i);
    CHECK(!"the statement has such a column");
    return {};
  }
  Value first() const override { return value_of(result_, at, 0); }

  const PGresult* result_;
  int columns_;
};

// Inserted, updated or deleted.
int rows_of(PGresult* result) {
  return std::strncmp(PQcmdStatus(result), "SELECT", 6) == 0 ? 0 : std::atoi(PQcmdTuples(result));
}

bool failed(ExecStatusType status) { return status == PGRES_FATAL_ERROR || status == PGRES_BAD_RESPONSE; }

std::shared_ptr<PGresult> owned(PGresult* result) { return {result, PQclear}; }

}  // namespace

PostgresConnection::PostgresConnection(std::string url, std::string session, Observe observe)
    : url_(std::move(url)), session_(std::string{by_index} + session), observe_(std::move(observe)) {}

PostgresConnection::~PostgresConnection() { close(); }

void PostgresConnection::connect() {
  if (connection_ != nullptr && PQstatus(connection_) == CONNECTION_OK) return;
  close();
  // A server that is gone without a word is noticed within seconds. What the URL says wins (`dbname` comes last).
  const std::array<const char*, 8> keys{"connect_timeout",
                                        "keepalives_idle",
                                        "keepalives_interval",
                                        "keepalives_count",
                                        "tcp_user_timeout",
                                        "client_encoding",
                                        "dbname",
                                        nullptr};
  const std::array<const char*, 8> values{"3", "3", "1", "3", "5000", "UTF8", url_.c_str(), nullptr};
  connection_ = PQconnectdbParams(keys.data(), values.data(), 1);
  if (PQstatus(connection_) != CONNECTION_OK) lost();
  PQsetNoticeReceiver(connection_, say_nothing, nullptr);
  const auto done = owned(PQexec(connection_, session_.c_str()));
  if (failed(PQresultStatus(done.get()))) lost();
  if (PQenterPipelineMode(connection_) != 1) lost();
}

void PostgresConnection::close() {
  if (connection_ != nullptr) PQfinish(connection_);
  connection_ = nullptr;
  prepared_.clear();
  deferred_.clear();
  rounds_.clear();
}

void PostgresConnection::lost() {
  std::string why = connection_ == nullptr ? "not connected" : PQerrorMessage(connection_);
  while (!why.empty() && why.back() == '\n') why.pop_back();
  close();
  throw Lost("PostgreSQL: " + why);
}

void PostgresConnection::defer(std::string sql) { deferred_.push_back({.what = std::move(sql)}); }

std::string PostgresConnection::finish(std::string_view sql) {
  if (connection_ == nullptr) lost();
  defer(std::string{sql});
  send_round();
  const Answer result = receive();
  return result ? PQcmdStatus(result.get()) : "";
}

void PostgresConnection::finish_later(std::string_view sql) {
  if (connection_ == nullptr) lost();
  defer(std::string{sql});
  send_round();
  if (PQflush(connection_) < 0) lost();
}

void PostgresConnection::roll_back() noexcept {
  deferred_.clear();
  try {
    if (connection_ != nullptr && PQtransactionStatus(connection_) != PQTRANS_IDLE) finish("ROLLBACK");
  } catch (const Trouble&) {
    close();
  }
}

int PostgresConnection::run(const Query& query, std::span<const Param> params) {
  const Timed timed{observe_, query};
  const Answer result = ask(query, params);
  return rows_of(result.get());
}

void PostgresConnection::put(const Query& query, std::span<const Param> params, bool one_row) {
  if (connection_ == nullptr) lost();
  const Timed timed{observe_, query};
  bind(query, params, one_row);
}

void PostgresConnection::each(const Query& query, std::span<const Param> params,
                              const std::function<void(const Row&)>& read) {
  const Timed timed{observe_, query};
  const Answer result = ask(query, params);
  PostgresRow row{result.get()};
  for (const int count = PQntuples(result.get()); row.at < count; ++row.at) read(row);
}

void PostgresConnection::script(const std::string& sql) {
  finish("SELECT 1");  // what is deferred has run, and nothing is unread
  if (PQexitPipelineMode(connection_) != 1) lost();
  const auto done = owned(PQexec(connection_, sql.c_str()));
  if (PQstatus(connection_) != CONNECTION_OK || PQenterPipelineMode(connection_) != 1) lost();
  if (failed(PQresultStatus(done.get()))) fail(done.get(), "script");
}

PostgresConnection::Answer PostgresConnection::ask(const Query& query, std::span<const Param> params) {
  if (connection_ == nullptr) lost();
  bind(query, params, false);
  send_round();
  return receive();
}

void PostgresConnection::bind(const Query& query, std::span<const Param> params, bool one_row) {
  auto known = prepared_.find(query.sql);
  if (known == prepared_.end())
    known = prepared_
                .emplace(std::string{query.sql}, Prepared{.name = "s" + std::to_string(prepared_.size() + 1),
                                                          .statement = parse(query.sql, Dialect::postgres)})
                .first;
  Prepared& prepared = known->second;
  in_order(query, prepared.statement.names, params, ordered_);
  Command command{.what = std::string{query.name}, .prepared = &prepared, .one_row = one_row};
  for (const Value* value : ordered_) {
    std::optional<std::string>& param = command.params.emplace_back();
    if (const auto* text = std::get_if<std::string>(value)) param = *text;
    if (const auto* integer = std::get_if<std::int64_t>(value)) param = std::to_string(*integer);
  }
  deferred_.push_back(std::move(command));
}

void PostgresConnection::send_round() {
  Round round;
  for (const Command& command : deferred_) send(command, round);
  deferred_.clear();
  if (PQpipelineSync(connection_) != 1) lost();
  rounds_.push_back(std::move(round));
}

void PostgresConnection::send(const Command& command, Round& round) {
  values_.clear();
  for (const auto& param : command.params) values_.push_back(param ? param->c_str() : nullptr);
  const int count = static_cast<int>(values_.size());
  Prepared* prepared = command.prepared;
  if (prepared != nullptr && !prepared->sent) {
    if (PQsendPrepare(connection_, prepared->name.c_str(), prepared->statement.sql.c_str(), 0, nullptr) != 1) lost();
    prepared->sent = true;
    round.push_back({.what = command.what, .preparing = prepared});
  }
  const int sent =
      prepared != nullptr
          ? PQsendQueryPrepared(connection_, prepared->name.c_str(), count, values_.data(), nullptr, nullptr, 0)
          : PQsendQueryParams(connection_, command.what.c_str(), count, nullptr, values_.data(), nullptr, nullptr, 0);
  if (sent != 1) lost();
  round.push_back({.what = command.what, .one_row = command.one_row});
}

PostgresConnection::Answer PostgresConnection::receive() {
  Answer last;
  while (!rounds_.empty()) {
    const Round round = std::move(rounds_.front());
    rounds_.pop_front();
    last = receive(round);
  }
  return last;
}

// Everything up to the next sync: the last command's result, or the first that failed, thrown.
PostgresConnection::Answer PostgresConnection::receive(const Round& round) {
  Answer result;
  std::shared_ptr<PGresult> trouble;
  std::size_t done = 0;
  for (int nothing = 0;;) {
    auto next = owned(PQgetResult(connection_));
    if (PQstatus(connection_) != CONNECTION_OK) {
      if (trouble == nullptr && next != nullptr && failed(PQresultStatus(next.get()))) trouble = next;
      break;
    }
    if (next == nullptr) {  // between two commands; several in a row only where the server is gone
      if (++nothing > 2) lost();
      continue;
    }
    nothing = 0;
    const ExecStatusType status = PQresultStatus(next.get());
    if (status == PGRES_PIPELINE_SYNC) break;
    if (status == PGRES_PIPELINE_ABORTED) continue;
    if (failed(status)) {
      if (trouble == nullptr) trouble = next;
      continue;
    }
    CHECK(done < round.size());
    CHECK(!round[done].one_row || rows_of(next.get()) == 1);
    ++done;
    result = std::move(next);
  }
  if (PQstatus(connection_) != CONNECTION_OK) lost();
  if (trouble == nullptr) return result;
  // What was not prepared, because it or what came before it failed, is prepared when it is next sent.
  for (std::size_t i = done; i < round.size(); ++i)
    if (round[i].preparing != nullptr) round[i].preparing->sent = false;
  fail(trouble.get(), done < round.size() ? round[done].what : "COMMIT");
}

void PostgresConnection::fail(const pg_result* result, std::string_view what) {
  const char* field = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string state = field == nullptr ? "" : field;
  const char* message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  const std::string detail =
      std::string{what} + ": " + (message == nullptr ? PQresultErrorMessage(result) : message) + " (" + state + ")";
  if (state == "40001" || state == "40P01") throw Contended(detail);
  if (state == "55P03") throw LockTimeout(detail);
  const std::string kind = state.substr(0, 2);
  if (state == "57014" || kind == "53" || kind == "58" || kind == "XX") throw Unavailable(detail);
  if (kind == "57" || kind == "08" || state.empty()) throw Lost(detail);
  throw Refused(detail);
}

std::vector<PostgresConnection::Notice> PostgresConnection::notices() {
  std::vector<Notice> found;
  if (connection_ == nullptr) return found;
  if (PQconsumeInput(connection_) != 1) lost();
  while (PGnotify* notify = PQnotifies(connection_)) {
    found.push_back({notify->extra, notify->be_pid});
    PQfreemem(notify);
  }
  return found;
}

int PostgresConnection::socket() const { return connection_ == nullptr ? -1 : PQsocket(connection_); }
int PostgresConnection::backend() const { return connection_ == nullptr ? 0 : PQbackendPID(connection_); }

base::Result<void> PostgresTx::attempt(const std::function<base::Result<void>()>& part) {
  connection_.defer("SAVEPOINT attempt");
  base::Result<void> result = part();
  if (!result) connection_.defer("ROLLBACK TO SAVEPOINT attempt");
  connection_.defer("RELEASE SAVEPOINT attempt");
  return result;
}

void PostgresTx::lock(std::string_view key, bool shared) {
  constexpr Query take_shared{"db.lock_shared", "SELECT pg_advisory_xact_lock_shared(hashtextextended(:key, 0))"};
  constexpr Query take{"db.lock", "SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"};
  put(shared ? take_shared : take, {{"key", key}});
}

}  // namespace db
