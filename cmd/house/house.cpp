#include "cmd/house/house.hpp"

#include <condition_variable>
#include <future>
#include <thread>

#include "cmd/house/modules.hpp"
#include "platform/access/access.hpp"
#include "platform/log/log.hpp"
#include "platform/registry/registry.hpp"
#include "platform/request/keys.hpp"
#include "products/gpuaas/instances/instances.hpp"
#include "shared/db/trouble.hpp"
#include "shared/telemetry/log.hpp"
#include "shared/telemetry/metrics.hpp"

namespace house {
namespace {

constexpr std::chrono::milliseconds look_again{200};  // at the streams: their cut comes within a second
constexpr std::chrono::seconds beat_age_max{5};

// Random streams of the house's own, apart from the requests'.
constexpr std::uint64_t start_numbers = 1ULL << 61;  // the log draws from 2^63, jobs from 2^62, requests from 1

/// Runs one change and waits for it; before anything serves. A store without a thread of its own is lent ours.
base::Result<void> now(db::Store& store, bool threads, db::Store::Work work) {
  std::promise<base::Result<void>> promise;
  auto done = promise.get_future();
  store.change(std::move(work), [&](base::Result<void> result) { promise.set_value(std::move(result)); });
  if (!threads) {
    while (store.run_waiting() > 0) continue;
  }
  return done.get();
}

class WholeHouse final : public House {
 public:
  explicit WholeHouse(Options options)
      : options_(std::move(options)), dice_(options_.dice.value_or(base::Random::kernel_key())) {}

  ~WholeHouse() override {
    {
      const std::lock_guard lock{mutex_};
      stopping_ = true;
    }
    wake_.notify_all();
    if (looks_.joinable()) looks_.join();
    if (links_) links_->close_all("server stops");
    runner_.reset();
    if (log_) log_->stop();  // and with it what it tells: it pokes the jobs
    jobs_.reset();
    links_.reset();
    iam_.reset();
    store_.reset();
  }

  base::Result<void> open();

  request::Runner& runner() override { return *runner_; }
  db::Store& store() override { return *store_; }
  iam::Iam& iam() override { return *iam_; }
  const std::optional<iam::house::Bootstrapped>& bootstrapped() const override { return bootstrapped_; }
  int migrations() const override { return migrations_; }
  std::string metrics() const override;
  bool ready() const override { return options_.clock->now() - log_->beat() < beat_age_max; }
  void advertise(std::string url) override;
  std::int64_t links() const override { return static_cast<std::int64_t>(links_->count()); }
  void run_jobs() override {
    for (const jobs::Jobs& table : house::jobs(*iam_, catalogue_))
      for (const jobs::Job& each : table.all()) jobs_->run_once(each);
  }

 private:
  base::Result<void> open_store();
  base::Result<void> prepare();
  base::Result<void> make_runner();
  void look();
  void say_linked(request::PrincipalId node, bool linked);
  base::Random dice(std::uint64_t number) const { return base::Random{dice_, start_numbers + number, 0}; }

  const Options options_;
  const base::Random::Key dice_;
  base::Random::Key body_key_{};
  registry::Registry registry_;
  inventory::Catalogue catalogue_;
  std::unique_ptr<logbook::Log> log_;
  std::unique_ptr<db::Store> store_;
  int migrations_ = 0;
  std::unique_ptr<iam::Iam> iam_;
  std::optional<iam::house::Bootstrapped> bootstrapped_;
  const std::vector<std::unique_ptr<request::LineageSource>> sources_ = lineage_sources();
  std::unique_ptr<entrance::Links> links_;
  std::unique_ptr<request::Runner> runner_;
  std::unique_ptr<jobs::Runner> jobs_;
  std::atomic<std::uint64_t> records_ = 16;

  std::string replica_;     // this process's id
  std::string advertised_;  // guarded by mutex_; empty: nowhere
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread looks_;
};

base::Result<void> WholeHouse::open() {
  auto read = registry::Registry::read(options_.products);
  if (!read) return read.error();
  registry_ = std::move(*read);
  auto catalogue = inventory::Catalogue::read(registry_);
  if (!catalogue) return catalogue.error();
  catalogue_ = std::move(*catalogue);
  if (auto opened = open_store(); !opened) return opened;
  auto iam = iam::make_iam({.word = std::string{word},
                            .beat = [this] { return log_->beat(); },
                            .head = [this] { return log_->head(); },
                            .additions = registry_.role_additions(),
                            .currency = currency_of(registry_),
                            .secure_cookies = options_.secure_cookies,
                            .dice = dice_});
  if (!iam) return iam.error();
  iam_ = std::move(*iam);
  if (auto prepared = prepare(); !prepared) return prepared;
  iam_->start(*store_, *options_.clock);
  // Stepped, nobody reads the log beside the caller: iam knows its own changes, and past a second the tables decide.
  if (options_.threads) log_->listen(iam_->listener());
  if (auto made = make_runner(); !made) return made;
  auto random = base::Random{base::Random::kernel_key(), 0, 0};
  replica_ = base::id_text("rep", base::uuid7(options_.clock->now(), random));
  jobs_ = jobs::make_runner(
      *store_, *options_.clock, house::jobs(*iam_, catalogue_), *log_, iam::path_of,
      {.dice = dice_,
       .replica = replica_,
       .threads = options_.threads,
       .failed = [](std::string_view job, std::string_view resource, const base::Error& why) {
         telemetry::warning(
             "a job did not go well",
             {{"job", job}, {"resource", resource}, {"reason", why.reason.word}, {"detail", why.detail}});
       }});
  if (!options_.threads) return {};
  log_->listen([this](const std::vector<logbook::Entry>&, std::int64_t) { jobs_->poke(); });
  looks_ = std::thread{[this] { look(); }};
  return {};
}

base::Result<void> WholeHouse::open_store() {
  log_ = logbook::make_log(names());
  auto all = house::migrations();
  migrations_ = static_cast<int>(all.size());
  auto opened = db::open({.url = options_.database,
                          .migrations = std::move(all),
                          .sequence = log_->sequence(),
                          .clock = options_.clock,
                          .report = [](const std::string& what) { telemetry::warning("database", {{"detail", what}}); },
                          .sqlite_vfs = options_.sqlite_vfs,
                          .sqlite_synchronous = options_.sqlite_synchronous,
                          .own_thread = options_.threads});
  if (!opened) return opened.error();
  store_ = std::move(opened->store);
  log_->start(*store_, *options_.clock, dice_);
  return {};
}

// What must be there before the first request: the shared keys, the prices of the manifests, and at bootstrap the first
// organization with its admin.
base::Result<void> WholeHouse::prepare() {
  const auto fresh = base::Random::kernel_key();
  return now(*store_, options_.threads, [&](db::Tx& tx) -> base::Result<void> {
    body_key_ = request::installation_key(tx, "bodies", options_.dice.value_or(fresh));
    auto random = dice(1);
    const request::Env env{options_.clock->now(), random};
    if (auto published = registry::publish(tx, registry_, env.now); !published) return published.error();
    if (!options_.bootstrap) return {};
    auto made = iam::house::bootstrap(tx, env, {.admin_key = options_.admin_key});
    if (!made) return made.error();
    bootstrapped_ = std::move(*made);
    if (bootstrapped_->password.empty()) return {};
    return grant_first_credit(tx, env, *bootstrapped_, currency_of(registry_));
  });
}

base::Result<void> WholeHouse::make_runner() {
  links_ = entrance::make_links(*store_, *options_.clock, dice_, std::string{word} + ".ticket",
                                [this](request::PrincipalId node, bool linked) { say_linked(node, linked); });
  auto table = routes(*iam_, catalogue_, registry_, *options_.clock, sources_);
  if (auto agreed = registry::check(registry_, table); !agreed) return agreed;
  request::Ports ports{.authenticator = *iam_,
                       .authorizer = *iam_,
                       .recorder = *log_,
                       .idempotency = *log_,
                       .feed = log_.get(),
                       .nodes = links_.get(),
                       .one_use = {links_.get(), &iam_->node_link()}};
  auto runner = request::make_runner(*store_, *options_.clock, std::move(table), std::move(ports),
                                     {.dice = dice_,
                                      .body_key = body_key_,
                                      .threads = options_.threads ? request::RunnerOptions{}.threads : 0,
                                      .first_request = options_.first_request,
                                      .cookie = std::string{word} + "_session"});
  if (!runner) return runner.error();
  runner_ = std::move(*runner);
  links_->serve(
      [this](const request::Caller& caller, http::Request request, std::shared_ptr<http::Responder> responder) {
        runner_->handle_as(caller, std::move(request), std::move(responder));
      });
  return {};
}

void WholeHouse::look() {
  std::unique_lock lock{mutex_};
  base::Instant announced{};
  while (!wake_.wait_for(lock, look_again, [this] { return stopping_; })) {
    const std::string url = advertised_;
    lock.unlock();
    runner_->decide_streams_again();
    const base::Instant at = options_.clock->now();
    if (!url.empty() && at - announced > entrance::replica_beat) {
      announced = at;
      store_->change(
          [id = replica_, url, at](db::Tx& tx) -> base::Result<void> {
            entrance::announce_replica(tx, id, url, at);
            return {};
          },
          [](base::Result<void>) {});
    }
    lock.lock();
  }
}

void WholeHouse::advertise(std::string url) {
  if (store_->engine() == "sqlite") return;  // nobody else can have this database, and an idle one writes nothing
  const std::lock_guard lock{mutex_};
  advertised_ = std::move(url);
}

void WholeHouse::say_linked(request::PrincipalId node, bool linked) {
  store_->change(
      [this, node, linked](db::Tx& tx) -> base::Result<void> {
        iam::set_node_state(tx, node, linked ? iam::NodeState::linked : iam::NodeState::lost, options_.clock->now());
        return {};
      },
      [](base::Result<void>) {});
}

std::string WholeHouse::metrics() const {
  telemetry::Registry registry;
  const auto gauge = [&](std::string_view name, std::string_view help, std::int64_t value) {
    registry.gauge(name, help).set(static_cast<double>(value));
  };
  const auto requests = runner_->stats();
  gauge("house_requests_total", "Requests since the start.", requests.requests);
  gauge("house_requests_anonymous_total", "Requests to routes for anyone.", requests.anonymous);
  gauge("house_requests_unauthenticated_total", "Requests refused before anybody was known.", requests.unauthenticated);
  gauge("house_requests_overloaded_total", "Requests refused because too many waited.", requests.overloaded);
  gauge("house_requests_replayed_total", "Requests answered by an earlier answer.", requests.replayed);
  gauge("house_decided_again_total", "Commits that found a newer authz epoch and a no.", requests.decided_again);
  gauge("house_streams", "Open streams.", requests.streams);
  gauge("house_node_links", "Nodes linked to this process.", links());
  gauge("house_log_head", "Newest log index known here.", log_->head());
  gauge("house_denied_reads_lost_total", "Denied reads that were counted only.", log_->denied_reads_lost());
  const auto database = store_->stats();
  gauge("house_database_commits_total", "Transactions made durable.", database.commits);
  const auto index = iam_->stats();
  gauge("house_iam_bindings", "Bindings in the index.", index.bindings);
  gauge("house_iam_principals", "Principals in the index.", index.principals);
  return registry.text();
}

}  // namespace

base::Result<std::unique_ptr<House>> open(Options options) {
  auto house = std::make_unique<WholeHouse>(std::move(options));
  try {
    if (auto opened = house->open(); !opened) return opened.error();
  } catch (const db::Trouble& trouble) {  // of a snapshot: the database went while the house was being opened
    return trouble.error();
  }
  return std::unique_ptr<House>(std::move(house));
}

base::Result<std::string> reset_password(const std::string& database, std::string_view mail) {
  const base::WallClock clock;
  auto opened = db::open({.url = database, .migrations = migrations(), .clock = &clock});
  if (!opened) return opened.error();
  std::string password;
  auto done = now(*opened->store, true, [&](db::Tx& tx) -> base::Result<void> {
    base::Random random{base::Random::kernel_key(), 0, 0};
    auto made = iam::house::reset_password(tx, {clock.now(), random}, mail);
    if (!made) return made.error();
    password = std::move(*made);
    return {};
  });
  if (!done) return done.error();
  return password;
}

}  // namespace house
