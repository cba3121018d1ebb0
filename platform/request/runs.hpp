// Runs: the runner itself, one object a process, its steps in four files.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <unordered_map>

#include "platform/request/ask.hpp"
#include "platform/request/match.hpp"
#include "platform/request/pool.hpp"
#include "platform/request/rates.hpp"
#include "platform/request/runner.hpp"
#include "platform/request/streams.hpp"
#include "shared/crypto/crypto.hpp"

namespace request {

class Runs final : public Runner {
 public:
  /// The index points into `routes`' own buffer, which a move leaves in place.
  Runs(db::Store&, const base::Clock&, std::vector<Route> routes, RouteIndex, Ports, RunnerOptions);
  ~Runs() override;

  void handle(http::Request, std::shared_ptr<http::Responder>) override;
  void handle_as(const Caller&, http::Request, std::shared_ptr<http::Responder>) override;
  void decide_streams_again() override { streams_.decide_again(); }
  const std::vector<Route>& routes() const override { return routes_; }
  Stats stats() const override;

 private:
  // runner.cpp
  void begin(http::Request, std::shared_ptr<http::Responder>, const Caller* link);
  void authenticate(const AskPtr&);
  bool find_credential(Ask&) const;
  bool find_one_use(Ask&) const;
  void use_ticket(const AskPtr&);
  bool origin_fits(const Ask&) const;
  void authorize(const AskPtr&);
  void run(const AskPtr&);
  void denied(const AskPtr&, const base::Error&);
  void unauthenticated(const AskPtr&, const base::Error&);
  void refuse(const AskPtr&, const base::Error&);
  void send(const AskPtr&, http::Response);
  void send_answer(const AskPtr&, int status, Answer);
  void on_pool(const AskPtr&, Pool::Task);
  void submit(db::Store::Work, db::Store::Done);
  base::Random dice(const Ask&, DiceStep) const;

  // read.cpp
  void read_memory(const AskPtr&);
  void read(const AskPtr&);
  void record_read(const AskPtr&, Answer);

  // change.cpp
  struct Outcome;  // what a commit came to, carried from the transaction to the answer
  void change(const AskPtr&);
  bool take_key(const AskPtr&);
  void prepare(const AskPtr&);
  void commit(const AskPtr&);
  base::Result<void> in_transaction(db::Tx&, Ask&, Outcome&);
  void attempt(db::Tx&, Ask&, const Env&, const Authority&, Outcome&);
  void committed(const AskPtr&, const std::shared_ptr<Outcome>&, base::Result<void>);
  void replay(const AskPtr&, std::string_view stored);

  // stream.cpp
  void stream(const AskPtr&);
  void follow(const AskPtr&, Follow, std::int64_t newest);
  void relay(const AskPtr&, const Relay&);
  void attach(const AskPtr&, Attach);

  db::Store& store_;
  const base::Clock& clock_;
  const std::vector<Route> routes_;
  const RouteIndex index_;
  Ports ports_;
  const RunnerOptions options_;
  std::atomic<std::uint64_t> next_request_;
  std::atomic<std::int64_t> anonymous_ = 0;
  std::atomic<std::int64_t> unauthenticated_ = 0;
  std::atomic<std::int64_t> overloaded_ = 0;
  std::atomic<std::int64_t> replayed_ = 0;
  std::atomic<std::int64_t> decided_again_ = 0;
  std::mutex submitted_mutex_;
  std::condition_variable all_done_;
  std::int64_t submitted_ = 0;  // changes that the store has of ours
  Rates rates_;
  Pool pool_;
  Streams streams_;
};

}  // namespace request
