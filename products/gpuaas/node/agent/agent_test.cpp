// The agent between a runtime and a server that are both in the test's hand; the link between them is a real one.
#include "products/gpuaas/node/agent/agent.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <thread>

#include "products/gpuaas/node/agent/files.hpp"
#include "shared/base/check.hpp"
#include "shared/http/server.hpp"
#include "shared/json/document.hpp"

namespace agent {
namespace {

using node::Observed;
using node::Wanted;

bool eventually(const std::function<bool()>& holds) {
  for (int i = 0; i < 2000; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return false;
}

/// Workloads that are only statuses: they start at once, end when they are stopped, and else when the test says.
class HandRuntime final : public runtime::Runtime {
 public:
  void on_status(std::function<void(const std::string&, const runtime::Status&)> changed) override {
    changed_ = std::move(changed);
  }
  base::Result<runtime::Status> start(const runtime::Spec& spec) override {
    if (refuses.load()) return base::Error{*refuses, "it is too long", "/env"};
    runtime::Status status{.state = runtime::State::running, .pid = 1};
    status.started_at_us = base::micros(base::WallClock{}.now());
    set(spec, status);
    return status;
  }
  std::vector<runtime::Workload> list() const override {
    const std::lock_guard lock{mutex_};
    std::vector<runtime::Workload> all;
    for (const auto& [id, workload] : all_) all.push_back(workload);
    return all;
  }
  base::Result<runtime::Workload> get(const std::string& id) const override {
    const std::lock_guard lock{mutex_};
    const auto found = all_.find(id);
    if (found == all_.end()) return base::Error{base::not_found};
    return found->second;
  }
  base::Result<runtime::Status> status(const std::string& id) const override {
    auto workload = get(id);
    if (!workload) return workload.error();
    return workload->status;
  }
  base::Result<void> stop(const std::string& id, std::chrono::milliseconds) override {
    ++stops;
    ends(id, std::chrono::seconds{1});
    return {};
  }
  base::Result<void> kill(const std::string& id) override { return stop(id, {}); }
  base::Result<void> remove(const std::string& id) override {
    const std::lock_guard lock{mutex_};
    all_.erase(id);
    return {};
  }
  base::Result<runtime::Usage> usage(const std::string&) const override { return base::Error{base::not_found}; }
  base::Result<runtime::LogPiece> log(const std::string&, std::int64_t, std::size_t) const override {
    return base::Error{base::not_found};
  }
  base::Result<std::shared_ptr<void>> watch_log(const std::string&, std::function<void()>) override {
    return base::Error{base::not_found};
  }
  base::Result<std::shared_ptr<runtime::Attachment>> attach(const std::string&, runtime::TerminalSize,
                                                            runtime::TerminalEvents, runtime::TerminalOf) override {
    return base::Error{base::not_found};
  }
  base::Result<std::shared_ptr<runtime::Process>> exec(const std::string&, const runtime::ExecSpec&,
                                                       runtime::ExecEvents) override {
    return base::Error{base::not_found};
  }

  /// It exits by itself, after so long a run.
  void ends(const std::string& id, std::chrono::microseconds after) {
    auto workload = get(id);
    ASSERT_TRUE(workload);
    workload->status.state = runtime::State::exited;
    workload->status.end = runtime::End::exit;
    workload->status.exited_at_us = workload->status.started_at_us + after.count();
    set(workload->spec, workload->status);
  }
  std::string state(const std::string& id) const {
    const auto now = status(id);
    if (!now) return "absent";
    return now->state == runtime::State::exited ? "exited" : "running";
  }

  std::atomic<int> stops = 0;
  std::atomic<const base::Reason*> refuses = nullptr;  // every start

 private:
  void set(const runtime::Spec& spec, const runtime::Status& status) {
    {
      const std::lock_guard lock{mutex_};
      all_[spec.id] = {.spec = spec, .status = status};
    }
    if (changed_) changed_(spec.id, status);
  }

  mutable std::mutex mutex_;
  std::map<std::string, runtime::Workload> all_;
  std::function<void(const std::string&, const runtime::Status&)> changed_;
};

/// What a server wants of its node, what it was told, and whether it is there and takes usage.
class HandServer final {
 public:
  HandServer() {
    auto served = http::serve({}, [this](http::Request request, std::shared_ptr<http::Responder> responder) {
      first(std::move(request), std::move(responder));
    });
    CHECK(served.has_value());
    server_ = std::move(*served);
  }
  ~HandServer() { server_.reset(); }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }

  void want(const std::map<node::InstanceId, Wanted>& all) {
    const std::lock_guard lock{mutex_};
    wanted_.clear();
    for (const auto& [id, wanted] : all)
      wanted_.push_back({.instance = id,
                         .name = "train",
                         .generation = 1,
                         .wanted = wanted,
                         .command = {"true"},
                         .env = {},
                         .cpu_millicores = 1000,
                         .memory = 1 << 30,
                         .gpus = {},
                         .meter = "m",
                         .sku = "s",
                         .units_per_second = 1,
                         .simulated = true});
  }
  /// Away, its link is gone and nobody gets another.
  void go(bool away) {
    std::vector<std::shared_ptr<mux::Link>> gone;
    {
      const std::lock_guard lock{mutex_};
      away_ = away;
      if (away) gone.swap(links_);
    }
    for (const auto& link : gone) link->close("away");
  }
  std::string told(node::InstanceId id) const {
    const std::lock_guard lock{mutex_};
    const auto found = told_.find(id);
    return found == told_.end() ? "nothing" : found->second;
  }
  std::vector<std::string> usage() const {
    const std::lock_guard lock{mutex_};
    return usage_;
  }

  std::atomic<bool> takes_usage = true;
  std::function<void(const std::string& body)> usage_comes = [](const std::string&) {};

 private:
  void first(http::Request request, std::shared_ptr<http::Responder> responder) {
    const std::lock_guard lock{mutex_};
    if (away_) return responder->answer({.status = 503});
    if (request.path == "/v1/node-joins") return responder->answer({.status = 201, .body = R"({"node":"prn_1"})"});
    if (request.path == "/v1/node-challenges")
      return responder->answer({.status = 201, .body = R"({"challenge":"c"})"});
    const std::string offered{http::find(request.headers, "Sec-WebSocket-Protocol").value_or("")};
    responder->upgrade(offered, [this](std::shared_ptr<http::WebSocket> socket) {
      auto link = mux::attach(
          std::move(socket), false,
          {.opened =
               [this](std::string, std::shared_ptr<mux::Stream> stream) {
                 mux::serve_request(
                     std::move(stream), "node",
                     [this](http::Request asked, std::shared_ptr<http::Responder> answers) { answer(asked, answers); });
               },
           .closed = [](std::string) {}});
      const std::lock_guard again{mutex_};
      links_.push_back(std::move(link));
    });
  }
  void answer(const http::Request& request, const std::shared_ptr<http::Responder>& responder) {
    const auto ok = [&](std::string body) { responder->answer({.status = 200, .body = std::move(body)}); };
    if (request.path.ends_with("/usage-events")) {
      usage_comes(request.body);
      const std::lock_guard lock{mutex_};
      usage_.push_back(request.body);
      if (!takes_usage) return responder->answer({.status = 503});
      return ok(R"({"accepted":1,"known":0,"refused":[]})");
    }
    const std::lock_guard lock{mutex_};
    if (request.path.ends_with("/desired")) {
      std::string items;
      for (const auto& each : wanted_) items += (items.empty() ? "" : ",") + json::encode(each);
      return ok(R"({"items":[)" + items + R"(],"next":null})");
    }
    if (request.path.ends_with("/reports")) {
      for (const auto& seen : json::decode<node::ReportBody>(request.body).value().instances) {
        constexpr std::array words{"starting", "running", "exited", "failed", "removed"};
        std::string& word = told_[seen.instance];
        word = words.at(static_cast<std::size_t>(seen.state));
        if (seen.exit && seen.exit->failure) word += " " + *seen.exit->failure;
        if (seen.exit && seen.exit->detail) word += ": " + *seen.exit->detail;
      }
      return ok(R"({"changed":1})");
    }
    ok(R"({"items":[],"next":null})");
  }

  mutable std::mutex mutex_;
  bool away_ = false;
  std::vector<node::DesiredItem> wanted_;
  std::map<node::InstanceId, std::string> told_;
  std::vector<std::string> usage_;
  std::vector<std::shared_ptr<mux::Link>> links_;
  std::unique_ptr<http::Server> server_;
};

class AgentTest : public ::testing::Test {
 protected:
  AgentTest() {
    char name[] = "/tmp/agent-XXXXXX";
    directory_ = ::mkdtemp(name);
    CHECK(write_file(directory_ / "join.token", "join_1").has_value());
    meter_ = Meter::open(directory_ / "usage").value_or(nullptr);
    uplink_ = Uplink::open({.directory = directory_,
                            .server = server_.url(),
                            .name = "rack-1",
                            .join_token_file = directory_ / "join.token"})
                  .value_or(nullptr);
    gpus_ = gpu::open_simulated({}).value_or(nullptr);
  }
  ~AgentTest() override {
    if (agent_) agent_->stop();
    if (works_.joinable()) works_.join();
    agent_.reset();
    uplink_.reset();
    std::filesystem::remove_all(directory_);
  }
  void begin() {
    agent_ = std::make_unique<Agent>(runtime_, *gpus_, *uplink_, *meter_, clock_, "rack-1", node::Capacity{});
    works_ = std::thread{[this] { agent_->run([] {}); }};
  }
  /// The agent looks again and again, as it does each second.
  bool comes_to(const std::function<bool()>& holds) {
    return eventually([&] {
      agent_->wake();
      return holds();
    });
  }
  node::InstanceId instance() { return node::InstanceId::make(clock_.now(), random_); }

  const base::WallClock clock_;
  base::Random random_{base::Random::Key{7}, 1, 1};
  std::filesystem::path directory_;
  HandRuntime runtime_;
  HandServer server_;
  std::unique_ptr<Meter> meter_;
  std::unique_ptr<Uplink> uplink_;
  std::unique_ptr<gpu::GpuDriver> gpus_;
  std::unique_ptr<Agent> agent_;
  std::thread works_;
};

TEST_F(AgentTest, WhatWasWantedMeanwhileIsDoneWhenTheServerIsBackAndNothingEndsBefore) {
  const auto stopped = instance(), stays = instance(), fresh = instance();
  server_.want({{stopped, Wanted::running}, {stays, Wanted::running}});
  begin();
  EXPECT_TRUE(comes_to([&] { return server_.told(stopped) == "running" && server_.told(stays) == "running"; }));
  server_.go(true);
  server_.want({{stopped, Wanted::stopped}, {stays, Wanted::running}, {fresh, Wanted::running}});
  for (int i = 0; i < 40; ++i) {
    agent_->wake();
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  EXPECT_EQ(runtime_.stops, 0);  // no server ends no workload
  EXPECT_EQ(runtime_.state(fresh.text()), "absent");
  server_.go(false);
  EXPECT_TRUE(comes_to([&] { return server_.told(stopped) == "exited" && server_.told(fresh) == "running"; }));
  EXPECT_EQ(runtime_.state(stopped.text()), "exited");
  EXPECT_EQ(runtime_.state(stays.text()), "running");
}

TEST_F(AgentTest, WhatTheServerDoesNotKnowIsStoppedAndForgotten) {
  const auto wanted = instance(), nobodys = instance();
  ASSERT_TRUE(runtime_.start({.id = nobodys.text(), .name = "old", .command = {"true"}}));
  server_.want({{wanted, Wanted::running}});
  begin();
  EXPECT_TRUE(comes_to([&] { return runtime_.state(nobodys.text()) == "absent"; }));
  EXPECT_EQ(runtime_.stops, 1);
  EXPECT_EQ(runtime_.state(wanted.text()), "running");
}

TEST_F(AgentTest, AStartThatIsRefusedSaysWhatWasWrongWithWhatWasAskedAndNothingOfTheMachine) {
  const auto asked = instance(), lacking = instance();
  runtime_.refuses = &node::env_invalid;
  server_.want({{asked, Wanted::running}});
  begin();
  EXPECT_TRUE(comes_to([&] { return server_.told(asked) == "failed env_invalid: it is too long"; }));
  runtime_.refuses = &runtime::sandbox_unavailable;
  server_.want({{asked, Wanted::running}, {lacking, Wanted::running}});
  EXPECT_TRUE(comes_to([&] { return server_.told(lacking) == "failed sandbox_unavailable"; }));
}

TEST_F(AgentTest, AFolderStaysUntilItsLastUsageWasTaken) {
  const auto id = instance();
  server_.takes_usage = false;
  server_.want({{id, Wanted::running}});
  begin();
  EXPECT_TRUE(comes_to([&] { return server_.told(id) == "running"; }));
  runtime_.ends(id.text(), std::chrono::milliseconds{2300});
  server_.want({{id, Wanted::removed}});
  ASSERT_TRUE(comes_to([&] { return server_.usage().size() >= 3; }));
  EXPECT_EQ(runtime_.state(id.text()), "exited");
  EXPECT_NE(server_.told(id), "removed");
  const auto refused = server_.usage();
  for (const std::string& each : refused) EXPECT_EQ(each, refused.front());  // the same event, again and again
  EXPECT_TRUE(refused.front().contains(R"("quantity":2)")) << refused.front();
  server_.takes_usage = true;
  EXPECT_TRUE(comes_to([&] { return server_.told(id) == "removed"; }));
  EXPECT_EQ(runtime_.state(id.text()), "absent");
  EXPECT_FALSE(std::filesystem::exists(directory_ / "usage" / (id.text() + ".json")));
}

TEST_F(AgentTest, UsageIsInTheJournalOnDiskWhenItIsSent) {
  const auto id = instance();
  std::atomic<int> compared = 0;
  server_.usage_comes = [&](const std::string& body) {
    const auto sent = json::Document::parse(body);
    ASSERT_TRUE(sent);
    const std::string event = (*sent)["events"][0]["id"].as_text();
    ASSERT_FALSE(event.empty());
    EXPECT_TRUE(read_file(directory_ / "usage" / (id.text() + ".json")).value_or("").contains(event));
    ++compared;
  };
  server_.want({{id, Wanted::running}});
  begin();
  EXPECT_TRUE(comes_to([&] { return server_.told(id) == "running"; }));
  runtime_.ends(id.text(), std::chrono::seconds{7});
  EXPECT_TRUE(comes_to([&] { return compared > 0 && meter_->settled(id.text()); }));
}

TEST(Observations, SayWhatTheShimSaw) {
  base::Random random{base::Random::Key{7}, 1, 1};
  const std::string id = node::InstanceId::make(base::from_micros(1), random).text();
  runtime::Status status{.state = runtime::State::starting};
  EXPECT_FALSE(observation_of(id, status));
  status.state = runtime::State::running;
  status.started_at_us = 5'000'000;
  EXPECT_EQ(observation_of(id, status)->state, Observed::running);
  EXPECT_EQ(observation_of(id, status)->at, base::from_micros(5'000'000));
  status.state = runtime::State::exited;
  status.exited_at_us = 9'000'000;
  status.exit_code = 41;
  status.signal = 9;
  status.failure = "command_not_found";
  const struct {
    runtime::End end;
    Observed state;
    node::Exit exit;
  } ends[] = {{runtime::End::exit, Observed::exited, {.code = 41}},
              {runtime::End::signal, Observed::exited, {.signal = 9}},
              {runtime::End::oom_killed, Observed::exited, {.signal = 9, .oom = true}},
              {runtime::End::start_failure, Observed::failed, {.failure = "command_not_found"}},
              {runtime::End::lost, Observed::failed, {.failure = "lost"}}};
  for (const auto& each : ends) {
    status.end = each.end;
    const auto seen = observation_of(id, status);
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->state, each.state);
    EXPECT_EQ(seen->exit, each.exit);
    EXPECT_EQ(seen->started_at, base::from_micros(5'000'000));
    EXPECT_EQ(seen->at, base::from_micros(9'000'000));
  }
}

}  // namespace
}  // namespace agent
