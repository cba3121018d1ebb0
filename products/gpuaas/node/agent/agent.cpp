#include "products/gpuaas/node/agent/agent.hpp"

#include <algorithm>
#include <thread>

#include "shared/json/json.hpp"
#include "shared/telemetry/log.hpp"

namespace agent {
namespace {

constexpr std::chrono::milliseconds look_period{1000};  // at least so often, whatever the server says
constexpr std::chrono::milliseconds redial_first{100};
constexpr std::chrono::milliseconds redial_max{2000};
constexpr std::chrono::seconds stop_grace{5};
constexpr std::string_view wanted_event = "event: gpuaas.node.wanted";
constexpr std::chrono::seconds replicas_period{3};

struct Desired {
  std::vector<node::DesiredItem> items;
  std::optional<std::string> next;
};
BOOST_DESCRIBE_STRUCT(Desired, (), (items, next))

struct Replica {
  std::string url;
};
BOOST_DESCRIBE_STRUCT(Replica, (), (url))

struct Replicas {
  std::vector<Replica> items;
  std::optional<std::string> next;
};
BOOST_DESCRIBE_STRUCT(Replicas, (), (items, next))

struct RefusedUsage {
  UsageEventId id;
  std::string reason;
  std::string next;
};
BOOST_DESCRIBE_STRUCT(RefusedUsage, (), (id, reason, next))

struct UsageTaken {
  std::int64_t accepted;
  std::int64_t known;
  std::vector<RefusedUsage> refused;
};
BOOST_DESCRIBE_STRUCT(UsageTaken, (), (accepted, known, refused))

struct UsageReport {
  std::vector<UsageEvent> events;
};
BOOST_DESCRIBE_STRUCT(UsageReport, (), (events))

bool ended(const runtime::Workload& workload) { return workload.status.state == runtime::State::exited; }

// What was wrong with what was asked is its asker's to know; what this machine lacks stands in its own log.
node::Exit refused(const base::Error& error) {
  node::Exit exit{.failure = std::string{error.reason.word}};
  if (error.reason.kind == base::Kind::invalid) exit.detail = error.detail;
  return exit;
}

http::Request posting(std::string path, std::string body) {
  return {.method = "POST",
          .path = std::move(path),
          .headers = {{"Content-Type", "application/json"}},
          .body = std::move(body)};
}

}  // namespace

std::optional<node::Observation> observation_of(const std::string& id, const runtime::Status& status) {
  const auto instance = node::InstanceId::parse(id);
  if (!instance || status.state == runtime::State::starting) return std::nullopt;
  node::Observation seen{.instance = *instance, .state = node::Observed::running};
  if (status.started_at_us != 0) seen.started_at = base::from_micros(status.started_at_us);
  seen.at = base::from_micros(status.started_at_us);
  if (status.state == runtime::State::running) return seen;
  seen.at = base::from_micros(status.exited_at_us);
  node::Exit exit;
  seen.state = node::Observed::exited;
  switch (status.end) {
    case runtime::End::none:
      return std::nullopt;
    case runtime::End::exit:
      exit.code = status.exit_code;
      break;
    case runtime::End::signal:
      exit.signal = status.signal;
      break;
    case runtime::End::oom_killed:
      exit.signal = status.signal;
      exit.oom = true;
      break;
    case runtime::End::start_failure:
      exit.failure = status.failure;
      seen.state = node::Observed::failed;
      break;
    case runtime::End::lost:
      exit.failure = "lost";
      seen.state = node::Observed::failed;
      break;
  }
  seen.exit = exit;
  return seen;
}

Agent::Agent(runtime::Runtime& runtime, const gpu::GpuDriver& gpus, Uplink& uplink, Meter& meter,
             const base::Clock& clock, std::string name, node::Capacity capacity)
    : runtime_(runtime),
      uplink_(uplink),
      meter_(meter),
      clock_(clock),
      name_(std::move(name)),
      capacity_(std::move(capacity)),
      relays_(runtime, gpus, clock) {
  runtime_.on_status([this](const std::string&, const runtime::Status&) { wake(); });
}

void Agent::wake() {
  {
    const std::lock_guard lock{mutex_};
    woken_ = true;
  }
  changed_.notify_one();
}

void Agent::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  stopped_.notify_all();
  wake();
}

void Agent::run(const std::function<void()>& ready) {
  std::thread replicas{[this] {  // on its own: a replica that hangs holds up no workload
    std::unique_lock lock{mutex_};
    while (!stopping_) {
      lock.unlock();
      if (uplink_.alive()) dial_replicas();
      lock.lock();
      stopped_.wait_for(lock, replicas_period, [this] { return stopping_.load(); });
    }
  }};
  bool told_ready = false;
  auto redial = redial_first;
  while (!stopping_) {
    std::chrono::milliseconds pause = look_period;
    if (!uplink_.alive() && !connect()) {
      pause = redial;
      redial = std::min(redial * 2, redial_max);
    } else {
      redial = redial_first;
      if (pass() && !told_ready) {
        ready();
        told_ready = true;
      }
    }
    for (const runtime::Workload& each : runtime_.list())
      if (auto looked = meter_.look(each, clock_.now()); !looked)
        telemetry::error("usage cannot be written to the journal", {{"detail", looked.error().detail}});
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, pause, [this] { return woken_ || stopping_; });
    woken_ = false;
  }
  replicas.join();
  following_.reset();
  replicas_.clear();
  uplink_.close();
}

bool Agent::connect() {
  auto connected = uplink_.connect(
      [this](std::string what, std::shared_ptr<mux::Stream> stream) { relays_.serve(what, std::move(stream)); },
      [this] { wake(); });
  if (!connected) {
    telemetry::warning("the server is not reached", {{"reason", connected.error().reason.word},
                                                     {"detail", connected.error().detail},
                                                     {"next", connected.error().reason.next}});
    return false;
  }
  capacity_told_ = false;  // a server that was made anew, or restored, is told all again
  told_.clear();
  following_ = uplink_.follow("/v1/nodes/" + uplink_.node_id() + "/events", [this](std::string_view piece) {
    if (piece.empty() || piece.contains(wanted_event)) wake();  // what this node itself reports is followed too
  });
  return true;
}

bool Agent::pass() {
  if (!capacity_told_ && !report()) return false;
  const auto wanted = desired();
  if (!wanted) return false;
  for (const node::DesiredItem& item : *wanted) keep(item);
  end_unwanted(*wanted);
  for (const runtime::Workload& each : runtime_.list()) observe(each);
  const bool reported = report();
  for (const runtime::Workload& each : runtime_.list())
    if (auto looked = meter_.look(each, clock_.now()); !looked)
      telemetry::error("usage cannot be written to the journal", {{"detail", looked.error().detail}});
  return send_usage() && reported;
}

// Every replica must be able to relay: each that is told gets a link of its own, dialled again while it is told.
void Agent::dial_replicas() {
  const auto answer = uplink_.call({.method = "GET", .path = "/v1/nodes/" + uplink_.node_id() + "/replicas"});
  if (!answer || answer->status != 200) return;
  const auto told = json::decode<Replicas>(answer->body);
  if (!told) return;
  std::set<std::string> urls;
  for (const Replica& each : told->items) urls.insert(each.url);
  std::erase_if(replicas_, [&](const auto& each) { return !urls.contains(each.first); });
  for (const std::string& url : urls) {
    auto& link = replicas_[url];
    if (url == uplink_.server() || (link && link->alive())) continue;
    if (!link) {
      auto opened = uplink_.sibling(url);
      if (!opened) continue;
      link = std::move(*opened);
    }
    auto connected = link->connect(
        [this](std::string what, std::shared_ptr<mux::Stream> stream) { relays_.serve(what, std::move(stream)); },
        [] {});
    if (!connected)
      telemetry::warning("a replica is not reached", {{"url", url}, {"detail", connected.error().detail}});
  }
}

base::Result<std::vector<node::DesiredItem>> Agent::desired() {
  std::vector<node::DesiredItem> all;
  std::string after;
  for (;;) {
    http::Request request{.method = "GET", .path = "/v1/nodes/" + uplink_.node_id() + "/desired"};
    if (!after.empty()) request.query = "after=" + http::percent_encode(after);
    auto answer = uplink_.call(std::move(request));
    if (!answer) return answer.error();
    if (answer->status != 200) {
      telemetry::warning("the desired state is refused", {{"status", answer->status}, {"body", answer->body}});
      return base::Error{base::unavailable};
    }
    auto page = json::decode<Desired>(answer->body);
    if (!page) return page.error();
    std::move(page->items.begin(), page->items.end(), std::back_inserter(all));
    const auto& next = page->next;
    if (!next) return all;
    after = *next;
  }
}

void Agent::keep(const node::DesiredItem& item) {
  switch (item.wanted) {
    case node::Wanted::running:
      return start(item);
    case node::Wanted::stopped:
      return end(item);
    case node::Wanted::removed:
      return remove(item);
  }
}

void Agent::start(const node::DesiredItem& item) {
  const std::string id = item.instance.text();
  if (runtime_.status(id) || told_.contains(id)) return;  // it is here, or the server knows why it is not
  if (auto expected = meter_.expect(id, {.meter = item.meter,
                                         .sku = item.sku,
                                         .units_per_second = item.units_per_second,
                                         .simulated = item.simulated});
      !expected) {
    telemetry::error("a workload is not started: it could not be metered", {{"detail", expected.error().detail}});
    return;
  }
  node::ReportBody starting{.name = name_};
  starting.instances.push_back({.instance = item.instance, .state = node::Observed::starting, .at = clock_.now()});
  uplink_.send(posting("/v1/nodes/" + uplink_.node_id() + "/reports", json::encode(starting)));
  const auto started = runtime_.start({.id = id,
                                       .name = item.name,
                                       .command = item.command,
                                       .env = item.env,
                                       .cpu_millicores = item.cpu_millicores,
                                       .memory_bytes = item.memory,
                                       .gpus = item.gpus});
  if (started) return;
  telemetry::warning("a workload cannot start",
                     {{"instance", id}, {"reason", started.error().reason.word}, {"detail", started.error().detail}});
  due_[id] = {
      .instance = item.instance, .state = node::Observed::failed, .at = clock_.now(), .exit = refused(started.error())};
}

void Agent::end(const node::DesiredItem& item) {
  const std::string id = item.instance.text();
  const auto status = runtime_.status(id);
  if (status && status->state != runtime::State::exited) {
    if (auto asked = runtime_.stop(id, stop_grace); !asked)
      telemetry::warning("a workload cannot be stopped", {{"instance", id}, {"detail", asked.error().detail}});
    return;
  }
  if (!status && !told_.contains(id))  // it never started here, and now never will
    due_[id] = {.instance = item.instance, .state = node::Observed::exited, .at = clock_.now()};
}

void Agent::remove(const node::DesiredItem& item) {
  const std::string id = item.instance.text();
  const auto status = runtime_.status(id);
  if (status && status->state != runtime::State::exited) {
    if (auto killed = runtime_.kill(id); !killed)
      telemetry::warning("a workload cannot be killed", {{"instance", id}, {"detail", killed.error().detail}});
    return;
  }
  if (!meter_.settled(id)) return;  // its bill comes first
  if (status)
    if (auto removed = runtime_.remove(id); !removed) return;
  meter_.forget(id);
  due_[id] = {.instance = item.instance, .state = node::Observed::removed, .at = clock_.now()};
}

// The desired state is whole: what runs here and is not in it belongs to nobody.
void Agent::end_unwanted(const std::vector<node::DesiredItem>& wanted) {
  for (const runtime::Workload& each : runtime_.list()) {
    const std::string& id = each.spec.id;
    if (std::any_of(wanted.begin(), wanted.end(), [&](const auto& item) { return item.instance.text() == id; }))
      continue;
    if (!ended(each)) {
      telemetry::warning("a workload that the server does not know is stopped", {{"instance", id}});
      if (auto asked = runtime_.stop(id, stop_grace); !asked) continue;
    } else if (meter_.settled(id) && runtime_.remove(id)) {
      meter_.forget(id);
    }
  }
}

void Agent::observe(const runtime::Workload& workload) {
  const auto seen = observation_of(workload.spec.id, workload.status);
  if (!seen) return;
  const auto told = told_.find(workload.spec.id);
  if (told == told_.end() || told->second != json::encode(*seen)) due_[workload.spec.id] = *seen;
}

bool Agent::report() {
  if (capacity_told_ && due_.empty()) return true;
  node::ReportBody report{.name = name_};
  if (!capacity_told_) report.capacity = capacity_;
  for (const auto& [id, seen] : due_) report.instances.push_back(seen);
  const auto answer = uplink_.call(posting("/v1/nodes/" + uplink_.node_id() + "/reports", json::encode(report)));
  if (!answer) return false;
  if (answer->status >= 300) {
    telemetry::warning("a report is refused", {{"status", answer->status}, {"body", answer->body}});
    return false;
  }
  for (const node::Observation& seen : report.instances) told_[seen.instance.text()] = json::encode(seen);
  due_.clear();
  capacity_told_ = true;
  return true;
}

bool Agent::send_usage() {
  for (;;) {
    const auto events = meter_.due();
    if (events.empty()) return true;
    const auto answer = uplink_.call(
        posting("/v1/nodes/" + uplink_.node_id() + "/usage-events", json::encode(UsageReport{.events = events})));
    if (!answer) return false;
    if (answer->status >= 300) {
      telemetry::warning("usage is refused", {{"status", answer->status}, {"body", answer->body}});
      return false;
    }
    if (const auto taken = json::decode<UsageTaken>(answer->body))
      for (const RefusedUsage& each : taken->refused)  // final: it never will be filed, and a person must know
        telemetry::error("a usage event is refused", {{"id", each.id.text()}, {"reason", each.reason}});
    if (auto kept = meter_.taken(events); !kept) {
      telemetry::error("usage cannot be written to the journal", {{"detail", kept.error().detail}});
      return false;
    }
  }
}

}  // namespace agent
