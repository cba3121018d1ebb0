#include "products/gpuaas/inventory/inventory.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/bare/bare.hpp"

namespace inventory {
namespace {

using request::Env;

class InventoryTest : public test::OnEveryEngine {
 protected:
  InventoryTest() : bare(GetParam(), {.modules = {"products/gpuaas/inventory"}}) {}

  static Capacity machine(std::int64_t cores, std::int64_t gigabytes, std::int32_t gpus) {
    return {.cpu_millicores = cores * 1000,
            .memory = gigabytes << 30,
            .gpus = gpus,
            .gpu_model = "NVIDIA H100 80GB",
            .gpu_memory = 80LL << 30,
            .simulated = true};
  }
  PrincipalId join(const Capacity& capacity) {
    const auto id = bare.make<PrincipalId>();
    EXPECT_TRUE(bare.change([&](db::Tx& tx, const Env& env) -> base::Result<void> {
      report(tx, id, "rack-1", capacity, env.now);
      return {};
    }));
    return id;
  }
  Node now(PrincipalId id) {
    return bare.read([&](db::Snapshot& s) { return node(s, id); }).value();
  }
  std::string instance(int number) { return "ins_" + std::string(24, '0') + std::to_string(10 + number); }

  using Taken = std::optional<std::vector<std::int32_t>>;
  /// So many ask at once for the shape, each by what it saw of the node before anybody had taken anything.
  std::vector<Taken> race(const Node& seen, const Shape& shape, int asking) {
    std::vector<Taken> taken(static_cast<std::size_t>(asking));
    const auto ask = [&](std::size_t i) {
      return bare.start([&, i](db::Tx& tx, const Env&) -> base::Result<void> {
        taken[i] = take(tx, seen, shape, instance(static_cast<int>(i)));
        return {};
      });
    };
    std::vector<std::future<base::Result<void>>> all;
    for (std::size_t i = 0; i < taken.size(); ++i) all.push_back(ask(i));
    for (std::size_t i = 0; i < taken.size(); ++i)
      for (auto done = all[i].get(); !done; done = ask(i).get()) EXPECT_EQ(test::word_of(done), "contended");
    return taken;
  }

  test::Bare bare;
  const Shape one_gpu{.name = "one",
                      .gpus = 1,
                      .gpu_model = "H100",
                      .cpu_millicores = 1000,
                      .memory = 1LL << 30,
                      .meter = "m",
                      .simulated = true};
};
INSTANTIATE_TEST_SUITE_P(On, InventoryTest, test::engines(), test::engine_name);

TEST_P(InventoryTest, ManyWhoAskAtOnceNeverHoldAGpuTwice) {
  const auto node = join(machine(64, 64, 5));
  std::set<std::int32_t> held;
  int takers = 0;
  for (const Taken& each : race(now(node), one_gpu, 16)) {
    if (!each) continue;
    ++takers;
    ASSERT_EQ(each->size(), 1U);
    EXPECT_TRUE(held.insert(each->front()).second) << "GPU " << each->front() << " is held twice";
  }
  EXPECT_EQ(takers, 5);
  EXPECT_EQ(now(node).gpus_used, 5);
  EXPECT_EQ(now(node).cpu_used, 5000);  // who found no GPU holds no CPU either
  EXPECT_EQ(now(node).memory_used, 5LL << 30);
}

TEST_P(InventoryTest, WhatIsHeldNeverPassesWhatTheNodeHas) {
  for (const auto& [cores, gigabytes] : {std::pair{3, 64}, std::pair{64, 3}}) {
    const auto node = join(machine(cores, gigabytes, 16));
    std::int64_t takers = 0;
    for (const Taken& each : race(now(node), one_gpu, 8)) takers += each ? 1 : 0;
    EXPECT_EQ(takers, 3);
    EXPECT_EQ(now(node).cpu_used, 3000);
    EXPECT_EQ(now(node).memory_used, 3LL << 30);
    EXPECT_EQ(now(node).gpus_used, 3);
    EXPECT_EQ(fits(now(node), one_gpu), 0);
    ASSERT_TRUE(bare.change([&](db::Tx& tx, const Env&) -> base::Result<void> {
      for (int i = 0; i < 8; ++i) tx.run({"test.free", "UPDATE gpuaas_gpu_slots SET instance_id = NULL"}, {});
      return {};
    }));
  }
}

TEST_P(InventoryTest, GivingBackMoreThanWasTakenIsRefusedByTheDatabase) {
  const auto node = join(machine(4, 4, 4));
  const auto seen = now(node);
  const auto give = [&] {
    return bare.change([&](db::Tx& tx, const Env&) -> base::Result<void> {
      give_back(tx, node, one_gpu, instance(1));
      return {};
    });
  };
  ASSERT_TRUE(race(seen, one_gpu, 1).front());
  EXPECT_TRUE(bare.change([&](db::Tx& tx, const Env&) -> base::Result<void> {
    give_back(tx, node, one_gpu, instance(0));
    return {};
  }));
  EXPECT_EQ(now(node).cpu_used, 0);
  EXPECT_EQ(now(node).memory_used, 0);
  EXPECT_EQ(now(node).gpus_used, 0);
  EXPECT_EQ(test::word_of(give()), "internal");
}

TEST_P(InventoryTest, AGpuThatANodeNoLongerHasIsGivenToNobody) {
  const auto node = join(machine(8, 8, 4));
  ASSERT_TRUE(bare.change([&](db::Tx& tx, const Env& env) -> base::Result<void> {
    report(tx, node, "rack-1", machine(8, 8, 2), env.now);
    return {};
  }));
  int takers = 0;
  for (const Taken& each : race(now(node), one_gpu, 4)) {
    if (!each) continue;
    ++takers;
    EXPECT_LT(each->front(), 2);
  }
  EXPECT_EQ(takers, 2);
}

TEST_P(InventoryTest, ANodeThatReportsAgainKeepsWhatIsHeldOnIt) {
  const auto node = join(machine(4, 4, 2));
  ASSERT_TRUE(race(now(node), one_gpu, 1).front());
  ASSERT_TRUE(bare.change([&](db::Tx& tx, const Env& env) -> base::Result<void> {
    report(tx, node, "rack-1", machine(4, 4, 3), env.now);
    return {};
  }));
  EXPECT_EQ(now(node).cpu_used, 1000);
  EXPECT_EQ(now(node).gpus_used, 1);
  EXPECT_EQ(fits(now(node), one_gpu), 2);
}

TEST(Fits, ASimulatedShapeLiesOnSimulatedGpusAndARealOneOnRealOnes) {
  auto registry = registry::Registry::read(std::string{HOUSE_SOURCE_DIR} + "/products");
  ASSERT_TRUE(registry);
  const auto catalogue = Catalogue::read(*registry);
  ASSERT_TRUE(catalogue);
  int simulated = 0, real = 0;
  for (const bool of_simulated : {true, false}) {
    const Node node{.capacity = {.cpu_millicores = 1'000'000,
                                 .memory = 1LL << 42,
                                 .gpus = 16,
                                 .gpu_model = "NVIDIA H100 80GB",
                                 .gpu_memory = 80LL << 30,
                                 .simulated = of_simulated}};
    for (const Shape& shape : catalogue->shapes()) {
      if (shape.gpus == 0) continue;
      EXPECT_EQ(fits(node, shape) > 0, shape.simulated == of_simulated) << shape.name;
      ++(shape.simulated ? simulated : real);
    }
  }
  EXPECT_GT(simulated, 0);
  EXPECT_GT(real, 0);
}

TEST(Fits, AnotherModelOfGpuIsNoRoom) {
  const Node node{.capacity = {.cpu_millicores = 8000, .memory = 8LL << 30, .gpus = 8, .gpu_model = "NVIDIA A100"}};
  EXPECT_EQ(fits(node, {.name = "one", .gpus = 1, .gpu_model = "H100", .cpu_millicores = 1, .memory = 1}), 0);
}

}  // namespace
}  // namespace inventory
