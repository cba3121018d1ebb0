// A small house for iam's own tests: a real database, the log, the runner that serves requests, and iam as its
// authorizer and authenticator. Who may what is the test's business, so nothing is left open.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "platform/iam/core.hpp"
#include "platform/log/log.hpp"
#include "platform/request/runner.hpp"
#include "shared/db/open.hpp"
#include "shared/json/document.hpp"
#include "tests/support/engines.hpp"

namespace iam {

class HandClock final : public base::Clock {
 public:
  base::Instant now() const override { return base::from_micros(us_.load()); }
  void pass(std::chrono::microseconds time) { us_ += time.count(); }

 private:
  std::atomic<std::int64_t> us_{base::micros(*base::day_from_text("2027-03-01")) + 9 * 3'600'000'000LL};
};

struct Said {
  int status = 0;
  std::string body;
  http::Headers headers = {};

  std::string member(std::string_view name) const { return json::member_text(body, name).value_or(""); }
  std::string reason() const { return status < 400 ? "ok" : member("reason"); }
  std::size_t items() const { return (*json::Document::parse(body))["items"].size(); }
};

class Catcher final : public http::Responder {
 public:
  void answer(http::Response response) override {
    caught.set_value({response.status, std::move(response.body), std::move(response.headers)});
  }
  std::shared_ptr<http::ByteStream> stream(int, http::Headers) override { return nullptr; }
  void upgrade(std::string, std::function<void(std::shared_ptr<http::WebSocket>)>) override {}
  bool gone() const override { return false; }

  std::promise<Said> caught;
};

// A product's resource, made in a project.
inline constexpr request::Permission lamp_create{"lamps.lamp.create"};
struct NewLamp {
  std::string name;
};
BOOST_DESCRIBE_STRUCT(NewLamp, (), (name))
struct Lamp {
  base::Id<"lmp"> id;
  std::string name;
};
BOOST_DESCRIBE_STRUCT(Lamp, (), (id, name))

class House {
 public:
  explicit House(test::Engine engine, bool with_beat = false) : url_(test::fresh_database(engine)) { open(with_beat); }
  ~House() {
    runner.reset();
    log->stop();
    store.reset();
  }
  House(const House&) = delete;
  House& operator=(const House&) = delete;

  /// A change of the house's own.
  template <class Work, class T = typename std::invoke_result_t<Work, db::Tx&, const request::Env&>::value_type>
  base::Result<T> change(Work work) {
    std::promise<base::Result<void>> done;
    std::optional<base::Result<T>> result;
    const auto number = static_cast<std::uint64_t>(++steps_);
    store->change(
        [&](db::Tx& tx) -> base::Result<void> {
          base::Random random{dice_, number, 77};
          result.emplace(work(tx, request::Env{clock.now(), random}));
          if (!*result) return result->error();
          return {};
        },
        [&](base::Result<void> came) { done.set_value(std::move(came)); });
    if (auto came = done.get_future().get(); !came) return came.error();
    return *result;
  }

  Said ask(std::string_view method, const std::string& path, std::string_view credential, const std::string& body = {},
           http::Headers more = {}) {
    http::Request request{.method = std::string{method}, .path = path, .body = body, .peer = "127.0.0.1:1"};
    if (const std::size_t query = path.find('?'); query != std::string::npos) {
      request.query = path.substr(query + 1);
      request.path = path.substr(0, query);
    }
    if (!credential.empty()) request.headers.emplace_back("Authorization", "Bearer " + std::string{credential});
    if (method == "POST") request.headers.emplace_back("Idempotency-Key", "k" + std::to_string(++steps_));
    for (auto& each : more) request.headers.push_back(std::move(each));
    return send(std::move(request));
  }

  Said send(http::Request request) {
    auto catcher = std::make_shared<Catcher>();
    auto caught = catcher->caught.get_future();
    runner->handle(std::move(request), catcher);
    return caught.get();
  }

  template <class Look>
  auto read(Look look) {
    return store->read(look);
  }

  HandClock clock;
  std::unique_ptr<logbook::Log> log = logbook::make_log(names());
  std::unique_ptr<db::Store> store;
  std::unique_ptr<Iam> iam;
  std::unique_ptr<request::Runner> runner;
  house::Bootstrapped first;

 private:
  void open(bool with_beat) {
    std::vector<db::Migration> migrations;
    for (const char* module : {"platform/log", "platform/jobs", "platform/registry", "platform/iam"})
      for (auto& each : *db::read_migrations(HOUSE_SOURCE_DIR, module)) migrations.push_back(each);
    auto opened = db::open({.url = url_, .migrations = migrations, .sequence = log->sequence(), .clock = &clock});
    if (!opened) ADD_FAILURE() << opened.error().detail;
    CHECK(opened.has_value());
    store = std::move(opened->store);
    auto made = make_iam({.word = "house",
                          .beat = with_beat ? std::function{[this] { return log->beat(); }} : nullptr,
                          .head = with_beat ? std::function{[this] { return log->head(); }} : nullptr,
                          .additions = {{"owner", "lamps.lamp.create"},
                                        {"project-admin", "lamps.lamp.create"},
                                        {"project-member", "lamps.lamp.create"}},
                          .currency = {"EUR"},
                          .dice = dice_});
    CHECK(made.has_value());
    iam = std::move(*made);
    log->listen(iam->listener());
    log->start(*store, clock, dice_);
    auto booted =
        change([](db::Tx& tx, const request::Env& env) { return house::bootstrap(tx, env, {.admin_key = true}); });
    CHECK(booted.has_value());
    first = *booted;
    iam->start(*store, clock);

    std::vector<request::Routes> table{iam->routes(), lamps()};
    request::Ports ports{.authenticator = *iam,
                         .authorizer = *iam,
                         .recorder = *log,
                         .idempotency = *log,
                         .feed = log.get(),
                         .nodes = nullptr,
                         .one_use = {&iam->node_link()}};
    auto running =
        request::make_runner(*store, clock, std::move(table), ports,
                             {.dice = base::Random::kernel_key(), .body_key = dice_, .cookie = "house_session"});
    if (!running) ADD_FAILURE() << running.error().detail;
    CHECK(running.has_value());
    runner = std::move(*running);
  }

  static request::Routes lamps() {
    return request::Routes{"lamps"}.change<lamp_create>(
        request::POST, "/v1/projects/{project}/lamps",
        [](db::Tx&, const request::Call<lamp_create, NewLamp>& call) -> base::Result<Lamp> {
          return Lamp{base::Id<"lmp">::make(call.env.now, call.env.random), call.input.name};
        },
        {.status = 201, .creates = "lamps.lamp"});
  }

  const std::string url_;
  const base::Random::Key dice_ = base::Random::kernel_key();
  std::atomic<int> steps_ = 0;
};

}  // namespace iam
