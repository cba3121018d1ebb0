#include "products/gpuaas/instances/instances.hpp"

#include <gtest/gtest.h>

#include <set>

#include "products/gpuaas/instances/store.hpp"
#include "tests/support/bare/bare.hpp"

namespace instances {
namespace {

using request::Env;
using request::OrganizationId;
using request::Scope;
using std::chrono::seconds;

Catalogue of_this_repository() {
  auto registry = registry::Registry::read(std::string{HOUSE_SOURCE_DIR} + "/products");
  CHECK(registry.has_value());
  auto catalogue = Catalogue::read(*registry);
  CHECK(catalogue.has_value());
  return std::move(*catalogue);
}

/// One project, and a node with room for two instances of one simulated GPU. The test is the runner and the node.
class InstancesTest : public test::OnEveryEngine {
 protected:
  InstancesTest()
      : bare(GetParam(), {.modules = {"platform/jobs", "platform/registry", "platform/iam", "platform/access",
                                      "products/gpuaas/inventory", "products/gpuaas/instances"}}) {
    told(Report{.node = node, .name = "rack-1", .capacity = room(true), .instances = {}});
  }

  static node::Capacity room(bool simulated) {
    return {.cpu_millicores = 2000,
            .memory = 16LL << 30,
            .gpus = 2,
            .gpu_model = "NVIDIA H100",
            .gpu_memory = 80LL << 30,
            .simulated = simulated};
  }

  base::Result<std::string> ask(request::Method method, std::string_view path, request::Given given,
                                std::optional<PrincipalId> by = {}) {
    return bare.ask(instances::routes(catalogue), method, path,
                    {.permission = nullptr, .principal = by.value_or(ann), .path = {Scope{acme}, Scope{vision}}},
                    given);
  }
  InstanceId launch(const std::string& shape = "sim-h100-1") {
    const std::string body = R"({"name":"train","shape":")" + shape + R"(","command":["true"]})";
    const auto made = ask(request::POST, "/v1/projects/{project}/instances",
                          {.path = {{"project", vision.text()}}, .query = {}, .body = body});
    EXPECT_TRUE(made) << made.error().detail;
    bare.clock.forward(std::chrono::milliseconds{2});
    return json::decode<Instance>(*made)->id;
  }
  bool placed(InstanceId id) {
    bool moved = false;
    EXPECT_TRUE(bare.change([&](db::Tx& tx, const Env& env) -> base::Result<void> {
      const request::Authority house{.permission = &instance_place, .principal = {}, .path = {Scope{acme}}};
      auto done = place(tx, catalogue, house, env, id);
      if (!done) return done.error();
      moved = *done;
      return {};
    }));
    return moved;
  }
  /// A launch with these variables: "ok", or the word and pointer of its refusal.
  std::string launched_with(const std::map<std::string, std::string>& env,
                            std::vector<std::string> command = {"true"}) {
    const CreateInstance asked{.name = "train", .shape = "sim-h100-1", .command = std::move(command), .env = env};
    const auto made = ask(request::POST, "/v1/projects/{project}/instances",
                          {.path = {{"project", vision.text()}}, .query = {}, .body = json::encode(asked)});
    bare.clock.forward(std::chrono::milliseconds{2});
    return made ? "ok" : std::string{made.error().reason.word} + " " + made.error().pointer;
  }
  base::Result<std::string> of(request::Method method, std::string_view path, InstanceId id) {
    return ask(method, path, {.path = {{"instance", id.text()}}, .query = {}, .body = {}});
  }
  base::Result<std::string> stop(InstanceId id) { return of(request::POST, "/v1/instances/{instance}/stop", id); }
  base::Result<std::string> removed(InstanceId id) { return of(request::DELETE, "/v1/instances/{instance}", id); }
  Instance shown(InstanceId id) {
    return json::decode<Instance>(of(request::GET, "/v1/instances/{instance}", id).value()).value();
  }

  /// How many rows the report changed.
  std::int64_t told(const Report& what, std::optional<PrincipalId> by = {}) {
    node::ReportBody said{.name = what.name, .capacity = what.capacity, .instances = what.instances};
    const std::string body = json::encode(said);
    const auto taken = ask(request::POST, "/v1/nodes/{node}/reports",
                           {.path = {{"node", what.node.text()}}, .query = {}, .body = body}, by.value_or(what.node));
    EXPECT_TRUE(taken) << taken.error().detail;
    return taken ? json::decode<ReportTaken>(*taken)->changed : -1;
  }
  std::int64_t observed(Observation seen, std::optional<PrincipalId> by = {}) {
    return told(Report{.node = by.value_or(node), .name = "rack-1", .capacity = {}, .instances = {std::move(seen)}});
  }
  Observation seen(InstanceId id, Observed state, int second, std::optional<Exit> exit = {}) const {
    const auto began = state == Observed::starting || state == Observed::failed
                           ? std::nullopt
                           : std::optional{bare.clock.now() + seconds{1}};
    return {
        .instance = id, .state = state, .at = bare.clock.now() + seconds{second}, .started_at = began, .exit = exit};
  }
  std::vector<Row> rows() {
    const std::string path = request::path_text({Scope{acme}, Scope{vision}});
    return bare.read([&](db::Snapshot& s) { return store::list(s, path, {}, {.after = {}, .limit = 500}); }).items;
  }
  inventory::Node held() {
    return bare.read([&](db::Snapshot& s) { return inventory::node(s, node); }).value();
  }

  const Catalogue catalogue = of_this_repository();
  test::Bare bare;
  const OrganizationId acme = bare.make<OrganizationId>();
  const ProjectId vision = bare.make<ProjectId>();
  const PrincipalId ann = bare.make<PrincipalId>();
  const PrincipalId node = bare.make<PrincipalId>();
};
INSTANTIATE_TEST_SUITE_P(On, InstancesTest, test::engines(), test::engine_name);

TEST_P(InstancesTest, ALateOrRepeatedReportChangesNothing) {
  const auto id = launch();
  ASSERT_TRUE(placed(id));
  const auto starting = seen(id, Observed::starting, 1);
  const auto running = seen(id, Observed::running, 2);
  const auto exited = seen(id, Observed::exited, 3, Exit{.code = 7});
  EXPECT_EQ(observed(starting), 1);
  EXPECT_EQ(observed(starting), 0);
  EXPECT_EQ(observed(running), 1);
  EXPECT_EQ(observed(starting), 0);
  EXPECT_EQ(observed(exited), 1);
  const std::string before = json::encode(shown(id));
  for (const Observation& late : {starting, running, exited, seen(id, Observed::exited, 9, Exit{.code = 1}),
                                  seen(id, Observed::failed, 9, Exit{.failure = "lost"})})
    EXPECT_EQ(observed(late), 0);
  EXPECT_FALSE(placed(id));
  EXPECT_TRUE(stop(id));
  EXPECT_EQ(json::encode(shown(id)), before);
  EXPECT_EQ(shown(id).state, State::exited);
  EXPECT_EQ(shown(id).exit, Exit{.code = 7});
}

// Whatever is asked and told in whatever order: a state is left along `transitions` only and never come back to, and
// room is held by exactly those that were placed and have not ended.
TEST_P(InstancesTest, StatesGoForwardAndRoomIsHeldFromPlacementToTheEndInAnyOrder) {
  base::Random dice{base::Random::Key{3}, 1, 1};
  std::vector<InstanceId> all;
  std::map<std::string, std::vector<State>> been;
  std::map<State, int> ended;
  for (int step = 0; step < 300; ++step) {
    if (all.empty() || dice.below(8) == 0) all.push_back(launch());
    const InstanceId id = all[all.size() - 1 - dice.below(std::min<std::size_t>(all.size(), 4))];
    const auto second = static_cast<int>(dice.below(60));
    switch (dice.below(6)) {
      case 0:
        placed(id);
        break;
      case 1:
        if (dice.below(3) == 0) EXPECT_TRUE(stop(id));
        break;
      case 2:
        observed(seen(id, Observed::starting, second));
        break;
      case 3:
        observed(seen(id, Observed::running, second));
        break;
      case 4:
        observed(seen(id, Observed::exited, second, Exit{.code = 0}));
        break;
      default:
        observed(seen(id, Observed::failed, second, Exit{.failure = "command_not_found"}));
    }
    std::int64_t holding = 0;
    std::set<std::int32_t> gpus;
    for (const Row& now : rows()) {
      auto& states = been[now.id.text()];
      if (states.empty() || states.back() != now.state) {
        if (!states.empty()) {
          EXPECT_TRUE(transitions.may(states.back(), now.state))
              << db::enum_text(states.back()) << " to " << db::enum_text(now.state);
        }
        EXPECT_EQ(std::ranges::count(states, now.state), 0) << "twice " << db::enum_text(now.state);
        states.push_back(now.state);
        if (transitions.is_final(now.state)) ++ended[now.state];
      }
      EXPECT_EQ(now.ended_at.has_value(), transitions.is_final(now.state));
      if (!now.placed_at || transitions.is_final(now.state)) continue;
      ++holding;
      for (const std::int32_t gpu : now.gpus) EXPECT_TRUE(gpus.insert(gpu).second) << "GPU " << gpu;
    }
    ASSERT_EQ(held().cpu_used, holding * 1000) << "step " << step;
    ASSERT_EQ(held().gpus_used, holding) << "step " << step;
  }
  EXPECT_GT(ended[State::stopped], 0);
  EXPECT_GT(ended[State::exited], 0);
  EXPECT_GT(ended[State::failed], 0);
}

TEST_P(InstancesTest, RacingEndsGiveTheRoomBackOnce) {
  const auto id = launch();
  const auto other = launch();
  ASSERT_TRUE(placed(id) && placed(other));
  std::vector<std::thread> threads;
  std::atomic<std::int64_t> changed = 0;
  const auto exited = seen(id, Observed::exited, 2, Exit{.code = 0});
  for (int i = 0; i < 6; ++i) threads.emplace_back([&] { changed += observed(exited); });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(changed, 1);
  EXPECT_EQ(held().cpu_used, 1000);  // the other's
  EXPECT_EQ(held().gpus_used, 1);
}

TEST_P(InstancesTest, OneThatFindsNoRoomHoldsNoneAndIsPlacedWhenOneEnds) {
  const auto first = launch();
  const auto second = launch();
  const auto third = launch();
  EXPECT_TRUE(placed(first) && placed(second));
  EXPECT_FALSE(placed(third));
  EXPECT_EQ(shown(third).state_reason, "no_capacity");
  EXPECT_EQ(observed(seen(first, Observed::exited, 1, Exit{.code = 0})), 1);
  EXPECT_TRUE(placed(third));
  EXPECT_EQ(shown(third).gpu_indices, shown(first).gpu_indices);
}

TEST_P(InstancesTest, ARealShapeWaitsWhereOnlySimulatedGpusAre) {
  const auto big = room(true);
  told(Report{.node = node,
              .name = "rack-1",
              .capacity = node::Capacity{.cpu_millicores = 64'000,
                                         .memory = 512LL << 30,
                                         .gpus = 8,
                                         .gpu_model = big.gpu_model,
                                         .gpu_memory = big.gpu_memory,
                                         .simulated = true},
              .instances = {}});
  EXPECT_FALSE(placed(launch("h100-1")));
  EXPECT_TRUE(placed(launch("sim-h100-1")));
}

TEST_P(InstancesTest, AnEndIsShownAsTheNodeSawIt) {
  const struct {
    Observed told;
    Exit exit;
    State state;
    std::string_view reason;
  } ends[] = {
      {Observed::exited, {.code = 0}, State::exited, ""},
      {Observed::exited, {.code = 41}, State::exited, ""},
      {Observed::exited, {.signal = 15}, State::exited, "signal_15"},
      {Observed::exited, {.signal = 9, .oom = true}, State::failed, "out_of_memory"},
      {Observed::failed, {.failure = "command_not_found"}, State::failed, "command_not_found"},
      {Observed::failed, {.failure = "lost"}, State::failed, "lost"},
      {Observed::failed, {.failure = "spec_invalid", .detail = "too little memory"}, State::failed, "spec_invalid"},
  };
  for (const auto& end : ends) {
    const auto id = launch();
    ASSERT_TRUE(placed(id));
    const auto last = seen(id, end.told, 5, end.exit);
    EXPECT_EQ(observed(last), 1);
    const Instance now = shown(id);
    EXPECT_EQ(now.state, end.state) << end.reason;
    EXPECT_EQ(now.state_reason, end.reason);
    EXPECT_EQ(now.exit, end.exit) << end.reason;
    EXPECT_EQ(now.ended_at, last.at);
    EXPECT_EQ(now.running_at, last.started_at);
  }
}

TEST_P(InstancesTest, AnotherNodesWordAboutAnInstanceChangesNothing) {
  const auto id = launch();
  ASSERT_TRUE(placed(id));
  const auto other = bare.make<PrincipalId>();
  EXPECT_EQ(observed(seen(id, Observed::exited, 1, Exit{.code = 0}), other), 0);
  EXPECT_EQ(shown(id).state, State::placed);
  const auto refused =
      ask(request::POST, "/v1/nodes/{node}/reports",
          {.path = {{"node", node.text()}}, .query = {}, .body = R"({"name":"x","instances":[]})"}, other);
  EXPECT_EQ(test::word_of(refused), "forbidden");
}

TEST_P(InstancesTest, WhatRunsIsNotRemovedAndWhatWasRemovedLeavesItsNodeLast) {
  const auto id = launch();
  ASSERT_TRUE(placed(id));
  EXPECT_EQ(test::word_of(removed(id)), "instance_active");
  EXPECT_EQ(observed(seen(id, Observed::removed, 1)), 0);  // nobody wanted that
  EXPECT_EQ(observed(seen(id, Observed::exited, 1, Exit{.code = 0})), 1);
  EXPECT_TRUE(removed(id));
  const auto its_node = [&] { return bare.read([&](db::Snapshot& s) { return store::find(s, id); })->node; };
  EXPECT_EQ(its_node(), node);
  EXPECT_EQ(observed(seen(id, Observed::removed, 2)), 1);
  EXPECT_EQ(its_node(), std::nullopt);
  EXPECT_EQ(held().cpu_used, 0);
}

TEST_P(InstancesTest, ADeletedOneIsThereForItsLineageAlone) {
  const auto id = launch();
  EXPECT_TRUE(stop(id) && removed(id));
  EXPECT_EQ(test::word_of(of(request::GET, "/v1/instances/{instance}", id)), "not_found");
  EXPECT_EQ(test::word_of(stop(id)), "not_found");
  EXPECT_EQ(test::word_of(removed(id)), "not_found");
  EXPECT_TRUE(rows().empty());
  const auto told = bare.read([&](db::Snapshot& s) { return about(s, catalogue, id.text()); });
  EXPECT_TRUE(told && told->state == "stopped");
}

TEST_P(InstancesTest, WhatNoNodeWouldStartIsRefusedAtOnce) {
  std::map<std::string, std::string> many;
  for (int i = 0; i < 100; ++i) many["V" + std::to_string(i)] = std::string(9000, 'x');
  EXPECT_EQ(launched_with({{"A", std::string(140'000, 'x')}}), "env_invalid /env");
  EXPECT_EQ(launched_with(many), "env_invalid /env");
  EXPECT_EQ(launched_with({{"", "x"}}), "env_invalid /env");
  EXPECT_EQ(launched_with({}, {}), "command_invalid /command");
  EXPECT_EQ(launched_with({}, {std::string((64 << 10) + 1, 'x')}), "command_invalid /command");
  EXPECT_EQ(launched_with({}, std::vector<std::string>(257, "x")), "command_invalid /command");
  // All that there is room for: "true" with its end, "A" with its "=" and its end.
  const std::string rest(node::words_bytes_max - 5 - 3, 'x');
  EXPECT_EQ(launched_with({{"A", rest + "x"}}), "env_invalid /env");
  EXPECT_EQ(launched_with({{"A", rest}}), "ok");
}

}  // namespace
}  // namespace instances
