#include "tests/support/world/world.hpp"

#include <algorithm>
#include <barrier>
#include <future>
#include <thread>

#include "platform/log/log.hpp"
#include "platform/request/runner.hpp"
#include "shared/db/open.hpp"
#include "shared/json/document.hpp"

namespace test {
namespace {

using request::Authority;
using request::PrincipalId;
using request::ProjectId;
using request::Scope;

class HandClock final : public base::Clock {
 public:
  base::Instant now() const override { return base::from_micros(us_.load()); }
  void set(base::Instant at) { us_ = base::micros(at); }

 private:
  std::atomic<std::int64_t> us_{
      base::micros(base::Instant{base::Day{std::chrono::days{20'000}}} + std::chrono::hours{9})};
};

// Ids by name: the same name is the same id, in every run.
template <class Id>
Id named(std::string_view name) {
  base::Uuid uuid{};
  uuid[0] = 1;
  for (std::size_t i = 0; i < name.size() && i < 15; ++i) uuid[i + 1] = static_cast<unsigned char>(name[i]);
  return Id{uuid};
}

// Whoever asks is who they say, and may do it.
class OpenHouse final : public request::Authenticator, public request::Authorizer {
 public:
  std::optional<request::Caller> known(std::string_view credential, base::Instant) const override {
    return request::Caller{.principal = named<PrincipalId>(credential), .home = home};
  }
  base::Result<request::Caller> who(db::Snapshot&, std::string_view, base::Instant) const override {
    return base::Error{base::unauthenticated};
  }
  bool holds(db::Snapshot&, std::string_view, base::Instant) const override { return true; }
  std::optional<Authority> from_index(PrincipalId principal, const request::Permission& permission,
                                      const request::Target& target, base::Instant) const override {
    const auto* scope = std::get_if<Scope>(&target);
    if (scope == nullptr) return std::nullopt;
    return Authority{&permission, principal, {home, *scope}, 1};
  }
  base::Result<Authority> from_tables(db::Snapshot&, PrincipalId, const request::Permission&, const request::Target&,
                                      base::Instant) const override {
    return base::Error{base::not_found};
  }
  base::Result<Authority> confirm(db::Tx&, const Authority& authority, const request::Target&,
                                  base::Instant) const override {
    return authority;
  }
  base::Result<void> add_resource(db::Tx&, const Authority&, std::string_view, std::string_view, std::string_view,
                                  base::Instant) override {
    return {};
  }
  bool concerns(const request::Permission&) const override { return false; }
  void applied(const db::Reader&, const Authority&, std::string_view) override {}

  const request::OrganizationId home = named<request::OrganizationId>("acme");
};

class Catcher final : public http::Responder {
 public:
  void answer(http::Response response) override { caught.set_value({response.status, std::move(response.body)}); }
  std::shared_ptr<http::ByteStream> stream(int, http::Headers) override { return nullptr; }
  void upgrade(std::string, std::function<void(std::shared_ptr<http::WebSocket>)>) override {}
  bool gone() const override { return false; }

  std::promise<Reply> caught;
};

std::vector<db::Migration> migrations() {
  const std::filesystem::path root{HOUSE_SOURCE_DIR};
  std::vector<db::Migration> all;
  const auto add = [&](const std::filesystem::path& from, std::string_view module) {
    auto some = db::read_migrations(from, module);
    CHECK(some.has_value());
    all.insert(all.end(), some->begin(), some->end());
  };
  add(root, "platform/log");
  add(root, "platform/jobs");
  add(root / "doc/design/example", "platform/badges");
  return all;
}

}  // namespace

struct World::House {
  HandClock clock;
  OpenHouse open;
  std::unique_ptr<logbook::Log> log = logbook::make_log();
  std::unique_ptr<db::Store> store;
  base::Random::Key dice = base::Random::kernel_key();
  std::mutex mutex;
  std::map<std::pair<const void*, const void*>, int> by_handler;
  std::vector<std::unique_ptr<request::Runner>> runners;
  std::atomic<int> keys = 0;
  std::vector<std::string> projects;  // those that were named
};

World::World(Engine engine) : house_(std::make_unique<House>()) {
  auto opened = db::open({.url = fresh_database(engine),
                          .migrations = migrations(),
                          .sequence = house_->log->sequence(),
                          .clock = &house_->clock});
  if (!opened) ADD_FAILURE() << opened.error().detail;
  CHECK(opened.has_value());
  house_->store = std::move(opened->store);
  house_->log->start(*house_->store, house_->clock, base::Random::kernel_key());
}

World::~World() {
  house_->runners.clear();
  house_->log->stop();
  house_->store.reset();
}

std::string World::set_today(base::Day day) {
  house_->clock.set(base::Instant{day} + std::chrono::hours{9});
  return "ok";
}

base::Day World::today() const { return base::day_of(house_->clock.now()); }
db::Store& World::store() { return *house_->store; }
request::PrincipalId World::principal(std::string_view name) { return named<PrincipalId>(name); }

request::Scope World::project(std::string_view name) {
  const std::lock_guard lock{house_->mutex};
  auto& known = house_->projects;
  if (std::find(known.begin(), known.end(), name) == known.end()) known.emplace_back(name);
  return named<ProjectId>(name);
}

base::Error World::error_of(const Reply& reply) {
  const auto body = json::Document::parse(reply.body);
  CHECK(body.has_value());
  static std::set<std::string> words;  // a reason's word lives as long as the process
  static std::mutex mutex;
  const std::lock_guard lock{mutex};
  const std::string& word = *words.insert((*body)["reason"].as_text()).first;
  return {base::Reason{word, base::Kind::internal}, (*body)["detail"].as_text(), (*body)["pointer"].as_text()};
}

int World::runner_of(const void* handler, const request::Permission* permission, const Route& route) {
  const std::lock_guard lock{house_->mutex};
  const auto known = house_->by_handler.find({handler, permission});
  if (known != house_->by_handler.end() && handler != nullptr) return known->second;
  request::Ports ports{.authenticator = house_->open,
                       .authorizer = house_->open,
                       .recorder = *house_->log,
                       .idempotency = *house_->log,
                       .feed = house_->log.get()};
  std::vector<request::Routes> table;
  table.push_back(route("/v1/projects/{project}/tested"));
  auto runner =
      request::make_runner(*house_->store, house_->clock, std::move(table), std::move(ports),
                           {.dice = base::Random::kernel_key(), .body_key = house_->dice, .reasons_listed = false});
  CHECK(runner.has_value());
  house_->runners.push_back(std::move(*runner));
  const int number = static_cast<int>(house_->runners.size()) - 1;
  house_->by_handler[{handler, permission}] = number;
  return number;
}

Reply World::ask(std::string_view who, int number, const std::string& input) {
  const std::size_t at = who.find('@');
  CHECK(at != std::string_view::npos);
  request::Runner* runner = nullptr;
  {
    const std::lock_guard lock{house_->mutex};
    runner = house_->runners[static_cast<std::size_t>(number)].get();
  }
  const bool reads = runner->routes().front().method == request::GET;
  http::Request request{.method = reads ? "GET" : "POST",
                        .path = "/v1/projects/" + request::text(project(who.substr(at + 1))) + "/tested",
                        .headers = {{"Authorization", "Bearer " + std::string{who.substr(0, at)}},
                                    {"Idempotency-Key", "k" + std::to_string(++house_->keys)}},
                        .body = reads ? "" : input,
                        .peer = "127.0.0.1:1"};
  auto catcher = std::make_shared<Catcher>();
  auto caught = catcher->caught.get_future();
  runner->handle(std::move(request), catcher);
  return caught.get();
}

base::Result<bool> World::house(std::string_view who, const jobs::Job& job, const void* input) {
  const std::size_t at = who.find('@');
  CHECK(who.substr(0, at) == "house");
  const Authority authority{job.permission, PrincipalId{}, {house_->open.home, project(who.substr(at + 1))}, 0};
  std::promise<base::Result<bool>> promise;
  auto result = std::make_shared<base::Result<bool>>(false);
  const auto number = static_cast<std::uint64_t>(++house_->keys);
  house_->store->change(
      [&, result](db::Tx& tx) -> base::Result<void> {
        base::Random random{house_->dice, number, 9};
        const request::Env env{house_->clock.now(), random};
        return tx.attempt([&]() -> base::Result<void> {
          *result = job.commit(tx, authority, env, input, nullptr);
          if (!*result) return result->error();
          return {};
        });
      },
      [&, result](base::Result<void> done) {
        promise.set_value(done || !*result ? *result : base::Result<bool>{done.error()});
      });
  return promise.get_future().get();
}

Tally World::raced(int clients, const std::function<std::string()>& once) {
  Tally tally;
  std::mutex mutex;
  std::barrier line{clients};
  std::vector<std::thread> threads;
  for (int i = 0; i < clients; ++i)
    threads.emplace_back([&] {
      line.arrive_and_wait();
      const std::string came = once();
      const std::lock_guard lock{mutex};
      ++tally[came];
    });
  for (std::thread& thread : threads) thread.join();
  return tally;
}

std::string World::run(const jobs::Jobs& table) {
  const auto path_of = [this](db::Snapshot&, const Scope& scope) -> base::Result<std::vector<Scope>> {
    return std::vector<Scope>{house_->open.home, scope};
  };
  auto runner = jobs::make_runner(*house_->store, house_->clock, {}, *house_->log, path_of,
                                  {.dice = base::Random::kernel_key(), .replica = "test"});
  std::map<std::string, int> changed;
  for (const jobs::Job& job : table.all())
    for (const auto& [scope, count] : runner->run_once(job))
      for (const std::string& name : house_->projects)
        if (count > 0 && named<ProjectId>(name) == std::get<ProjectId>(scope)) changed[name] += count;
  std::string text;
  for (const auto& [name, count] : changed) text += (text.empty() ? "" : ",") + name + ":" + std::to_string(count);
  return text.empty() ? "nothing" : text;
}

}  // namespace test
