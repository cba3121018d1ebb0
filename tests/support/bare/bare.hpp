// Bare: some modules' tables on one engine with a log, and nothing else: no iam, no runner. For the tests of the
// modules that stand below those. Routes are asked by their table, with an authority that the test makes up.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "platform/log/log.hpp"
#include "shared/db/open.hpp"
#include "shared/db/trouble.hpp"
#include "tests/support/bare/records.hpp"
#include "tests/support/engines/engines.hpp"

namespace test {

/// Time stands still until a test moves it.
class HandClock final : public base::Clock {
 public:
  base::Instant now() const override { return base::from_micros(us_.load()); }
  void set(base::Instant at) { us_ = base::micros(at); }
  void forward(std::chrono::microseconds by) { us_ += by.count(); }

 private:
  std::atomic<std::int64_t> us_{base::micros(base::instant_from_text("2027-03-01T12:00:00Z").value())};
};

/// Waits for what another thread does; false after ten seconds.
inline bool eventually(const std::function<bool()>& holds) {
  for (int i = 0; i < 10'000; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  return false;
}

struct BareOptions {
  std::vector<std::string> modules;            // besides platform/log
  std::vector<db::Migration> migrations = {};  // the test's own tables
  request::Names names = {};
  bool sequenced = true;  // false: what is committed stays in the inbox
};

class Bare {
 public:
  explicit Bare(Engine engine, BareOptions options = {}) : log_(logbook::make_log(options.names)) {
    options.modules.insert(options.modules.begin(), "platform/log");
    std::vector<db::Migration> migrations;
    for (const auto& module : options.modules) {
      auto of_module = db::read_migrations(HOUSE_SOURCE_DIR, module);
      if (!of_module) throw std::runtime_error(of_module.error().detail);
      migrations.insert(migrations.end(), of_module->begin(), of_module->end());
    }
    migrations.insert(migrations.end(), options.migrations.begin(), options.migrations.end());
    auto opened = db::open({.url = fresh_database(engine),
                            .migrations = std::move(migrations),
                            .sequence = options.sequenced ? log_->sequence() : db::Sequence{},
                            .clock = &clock});
    if (!opened) throw std::runtime_error(opened.error().detail);
    store_ = std::move(opened->store);
    log_->start(*store_, clock, dice);
  }
  ~Bare() { log_->stop(); }
  Bare(const Bare&) = delete;
  Bare& operator=(const Bare&) = delete;

  db::Store& store() { return *store_; }
  logbook::Log& log() { return *log_; }

  using Work = std::function<base::Result<void>(db::Tx&, const request::Env&)>;
  std::future<base::Result<void>> start(Work work) {
    auto promise = std::make_shared<std::promise<base::Result<void>>>();
    auto future = promise->get_future();
    const std::uint64_t number = numbers_.fetch_add(1);
    const base::Instant now = clock.now();
    store_->change(
        [this, work = std::move(work), number, now](db::Tx& tx) {
          base::Random random{dice, number, 0};
          return work(tx, {.now = now, .random = random});
        },
        [promise](base::Result<void> done) { promise->set_value(std::move(done)); });
    return future;
  }
  base::Result<void> change(Work work) { return start(std::move(work)).get(); }
  template <class Look>
  auto read(Look look) {
    return store_->read(std::move(look));
  }
  template <class T>
  T make() {
    base::Random random{dice, numbers_.fetch_add(1), 0};
    return T::make(clock.now(), random);
  }

  /// All that is committed so far stands in the log.
  void settle() {
    constexpr db::Query count{"test.inbox", "SELECT count(*) AS left FROM log_inbox"};
    EXPECT_TRUE(eventually([&] {
      return read([&](db::Snapshot& s) {
               return s.one(count, {}, [](const db::Row& row) { return row.get<int>("left"); }).value();
             }) == 0;
    }));
  }

  /// Of each record in the log, in its order: the resource and the outcome.
  std::vector<std::pair<std::string, std::string>> records() {
    settle();
    std::vector<std::pair<std::string, std::string>> found;
    for (const Record& each : test::records(*store_)) found.emplace_back(each.resource, each.outcome);
    return found;
  }

  /// Asks a route of the table as the runner would, once it has decided; the answer is JSON.
  base::Result<std::string> ask(const request::Routes& routes, request::Method method, std::string_view path,
                                request::Authority authority, const request::Given& given = {}) {
    const auto route = std::ranges::find_if(
        routes.all(), [&](const auto& each) { return each.method == method && each.path == path; });
    if (route == routes.all().end()) throw std::runtime_error("no such route: " + std::string{path});
    authority.permission = route->permission;
    auto input = route->decode(given);
    if (!input) return input.error();
    base::Result<request::Answer> answer{request::Answer{}};
    if (route->kind == request::RouteKind::change) {
      const auto done = change([&](db::Tx& tx, const request::Env& env) -> base::Result<void> {
        answer = route->commit(tx, authority, env, input->get(), nullptr);
        if (!answer) return answer.error();
        return {};
      });
      if (!done) return done.error();
    } else {
      base::Random random{dice, numbers_.fetch_add(1), 0};
      const request::Env env{.now = clock.now(), .random = random};
      answer = read([&](db::Snapshot& s) { return route->read(&s, authority, env, input->get()); });
    }
    if (!answer) return answer.error();
    return answer->body;
  }
  /// The same, decoded as one of the answer's own types.
  template <class T>
  base::Result<T> ask_for(const request::Routes& routes, request::Method method, std::string_view path,
                          request::Authority authority, const request::Given& given = {}) {
    auto body = ask(routes, method, path, std::move(authority), given);
    if (!body) return body.error();
    return json::decode<T>(*body);
  }

  HandClock clock;
  const base::Random::Key dice{7};

 private:
  std::atomic<std::uint64_t> numbers_{1};
  std::unique_ptr<logbook::Log> log_;
  std::unique_ptr<db::Store> store_;
};

/// A line's outcome: "ok", or the reason.
template <class T>
std::string word_of(const base::Result<T>& result) {
  return result ? "ok" : std::string{result.error().reason.word};
}

}  // namespace test
