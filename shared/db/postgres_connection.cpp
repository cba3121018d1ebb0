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
  unread_ = 0;
}

void PostgresConnection::lost() {
  std::string why = connection_ == nullptr ? "not connected" : PQerrorMessage(connection_);
  while (!why.empty() && why.back() == '\n') why.pop_back();
  close();
  throw Lost("PostgreSQL: " + why);
}

void PostgresConnection::defer(std::string sql, std::vector<std::string> params) {
  deferred_.push_back({std::move(sql), std::move(params)});
}

std::string PostgresConnection::finish(std::string_view sql) {
  if (connection_ == nullptr) lost();
  asking_ = sql;
  defer(std::string{sql});
  send_deferred();
  sync();
  const Answer result = receive();
  return result ? PQcmdStatus(result.get()) : "";
}

void PostgresConnection::finish_later(std::string_view sql) {
  if (connection_ == nullptr) lost();
  defer(std::string{sql});
  send_deferred();
  sync();
  if (PQflush(connection_) < 0) lost();
  ++unread_;
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
  if (std::strncmp(PQcmdStatus(result.get()), "SELECT", 6) == 0) return 0;
  return std::atoi(PQcmdTuples(result.get()));
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
  asking_ = query.name;
  auto known = prepared_.find(query.sql);
  const bool fresh = known == prepared_.end();
  Statement parsed;
  if (fresh) {
    parsed = parse(query.sql, Dialect::postgres);
    known = prepared_.emplace(std::string{query.sql}, Prepared{"s" + std::to_string(++prepared_count_), parsed.names})
                .first;
  }
  const Prepared& prepared = known->second;
  in_order(query, prepared.names, params, ordered_);
  numbers_.assign(ordered_.size(), {});
  values_.assign(ordered_.size(), nullptr);
  for (std::size_t i = 0; i < ordered_.size(); ++i) {
    if (const auto* text = std::get_if<std::string>(ordered_[i])) {
      values_[i] = text->c_str();
    } else if (const auto* integer = std::get_if<std::int64_t>(ordered_[i])) {
      numbers_[i] = std::to_string(*integer);
      values_[i] = numbers_[i].c_str();
    }
  }
  const int before = send_deferred();
  if (fresh && PQsendPrepare(connection_, prepared.name.c_str(), parsed.sql.c_str(), 0, nullptr) != 1) lost();
  if (PQsendQueryPrepared(connection_, prepared.name.c_str(), static_cast<int>(values_.size()), values_.data(), nullptr,
                          nullptr, 0) != 1)
    lost();
  sync();
  if (!fresh) return receive();
  // A statement that was not prepared, because what came before it failed, is not known.
  const std::string sql{query.sql};
  try {
    return receive();
  } catch (const Trouble&) {
    if (done_ <= before) prepared_.erase(sql);
    throw;
  }
}

// How many commands were sent.
int PostgresConnection::send_deferred() {
  const int count = static_cast<int>(deferred_.size());
  for (const Control& control : deferred_) send_control(control);
  deferred_.clear();
  return count;
}

void PostgresConnection::send_control(const Control& control) {
  std::vector<const char*> values;
  for (const std::string& param : control.params) values.push_back(param.c_str());
  if (PQsendQueryParams(connection_, control.sql.c_str(), static_cast<int>(values.size()), nullptr, values.data(),
                        nullptr, nullptr, 0) != 1)
    lost();
}

void PostgresConnection::sync() {
  if (PQpipelineSync(connection_) != 1) lost();
}

PostgresConnection::Answer PostgresConnection::receive() {
  for (; unread_ > 0; --unread_) receive_one_sync();
  return receive_one_sync();
}

// Everything up to the next sync: the last command's result, or the first that failed, thrown.
PostgresConnection::Answer PostgresConnection::receive_one_sync() {
  Answer result;
  std::shared_ptr<PGresult> trouble;
  done_ = 0;
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
    ++done_;
    result = std::move(next);
  }
  if (PQstatus(connection_) != CONNECTION_OK) lost();
  if (trouble != nullptr) fail(trouble.get(), asking_);
  return result;
}

void PostgresConnection::fail(const pg_result* result, std::string_view what) const {
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
  connection_.defer(shared ? "SELECT pg_advisory_xact_lock_shared(hashtextextended($1, 0))"
                           : "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))",
                    {std::string{key}});
}

}  // namespace db
