// One suite for every driver, then what is each driver's own.
#include "products/gpuaas/node/gpu/gpu.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <set>

namespace gpu {
namespace {

const base::Instant noon = base::from_micros(1'900'000'000'000'000);

std::string fake_nvml(const std::string& version) {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path() / "fake_nvml" / version / "libnvidia-ml.so.1";
}

std::unique_ptr<GpuDriver> opened(const std::string& name) {
  auto driver = name == "simulated" ? open_simulated({}) : open_nvml(fake_nvml("current"));
  if (!driver) ADD_FAILURE() << driver.error().detail;
  return driver ? std::move(*driver) : nullptr;
}

class EveryDriver : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { ASSERT_NE(driver_, nullptr); }
  std::unique_ptr<GpuDriver> driver_ = opened(GetParam());
};
INSTANTIATE_TEST_SUITE_P(On, EveryDriver, ::testing::Values("simulated", "nvml"),
                         [](const auto& name) { return name.param; });

TEST_P(EveryDriver, IndicesAreDenseAndUuidsDiffer) {
  std::set<std::string> uuids;
  std::int32_t next = 0;
  for (const auto& gpu : driver_->list()) {
    EXPECT_EQ(gpu.index, next++);
    EXPECT_TRUE(gpu.uuid.starts_with("GPU-"));
    EXPECT_EQ(gpu.uuid.size(), 40u) << gpu.uuid;
    EXPECT_GT(gpu.memory_bytes, 0);
    EXPECT_FALSE(gpu.model.empty());
    uuids.insert(gpu.uuid);
  }
  EXPECT_EQ(uuids.size(), driver_->list().size());
  EXPECT_GE(next, 2);
}

TEST_P(EveryDriver, SaysWhetherItIsSimulatedInEveryAnswer) {
  for (const auto& gpu : driver_->list()) EXPECT_EQ(gpu.simulated, driver_->simulated());
  for (const auto& sample : *driver_->sample(noon, {})) EXPECT_EQ(sample.simulated, driver_->simulated());
  const std::int32_t first[] = {0};
  EXPECT_EQ(driver_->assign(first)->environment.contains("GPUAAS_GPU_SIMULATED"), driver_->simulated());
}

TEST_P(EveryDriver, SamplesAreOneAGpuAndWithinBounds) {
  const std::int32_t busy[] = {0};
  const auto samples = driver_->sample(noon, busy);
  ASSERT_TRUE(samples);
  ASSERT_EQ(samples->size(), driver_->list().size());
  for (std::size_t i = 0; i < samples->size(); ++i) {
    const Sample& sample = (*samples)[i];
    EXPECT_EQ(sample.index, static_cast<std::int32_t>(i));
    EXPECT_GE(sample.utilisation_percent, 0);
    EXPECT_LE(sample.utilisation_percent, 100);
    EXPECT_GE(sample.memory_used_bytes, 0);
    EXPECT_LE(sample.memory_used_bytes, driver_->list()[i].memory_bytes);
  }
}

TEST_P(EveryDriver, AssignmentNamesTheAskedGpusInTheirOrderAndNoOther) {
  const std::int32_t both[] = {1, 0};
  const auto assignment = driver_->assign(both);
  ASSERT_TRUE(assignment);
  const auto& all = driver_->list();
  const std::string expected = driver_->simulated() ? "1,0" : all[1].uuid + "," + all[0].uuid;
  EXPECT_EQ(assignment->environment.at("CUDA_VISIBLE_DEVICES"), expected);
  const auto none = driver_->assign({});
  EXPECT_EQ(none->environment.at("CUDA_VISIBLE_DEVICES"), "");
  EXPECT_TRUE(none->device_nodes.empty());
}

TEST_P(EveryDriver, UnknownAndDoubleIndicesAreRefused) {
  const auto count = static_cast<std::int32_t>(driver_->list().size());
  for (const auto& indices : std::vector<std::vector<std::int32_t>>{{-1}, {count}, {0, 0}, {1, 0, 1}}) {
    const auto assignment = driver_->assign(indices);
    ASSERT_FALSE(assignment);
    EXPECT_EQ(assignment.error().reason, gpu_unknown);
  }
}

TEST(Simulated, UtilisationDependsOnGpuSecondAndHolderOnly) {
  const auto one = opened("simulated");
  const auto two = opened("simulated");
  const std::int32_t busy[] = {2};
  std::set<int> seen;
  for (int second = 0; second < 300; ++second) {
    const auto at = noon + std::chrono::seconds{second};
    const auto samples = *one->sample(at, busy);
    EXPECT_EQ(samples, *two->sample(at + std::chrono::milliseconds{900}, busy));
    EXPECT_EQ(samples[1].utilisation_percent, 0);
    EXPECT_EQ(samples[1].memory_used_bytes, 0);
    EXPECT_GE(samples[2].utilisation_percent, 50);
    EXPECT_GT(samples[2].memory_used_bytes, 0);
    seen.insert(samples[2].utilisation_percent);
  }
  EXPECT_GT(seen.size(), 20u);  // a graph of it moves
}

TEST(Simulated, NodesGpusDifferAndStayTheSame) {
  const auto uuid = [](const std::string& node) { return (*open_simulated({.node = node}))->list()[3].uuid; };
  EXPECT_EQ(uuid("one"), uuid("one"));
  EXPECT_NE(uuid("one"), uuid("two"));
}

TEST(Simulated, CountIsBounded) {
  EXPECT_TRUE((*open_simulated({.count = 0}))->list().empty());
  EXPECT_FALSE(open_simulated({.count = gpus_max + 1}));
  EXPECT_FALSE(open_simulated({.count = -1}));
}

TEST(Nvml, TellsWhatTheLibraryTells) {
  const auto driver = opened("nvml");
  EXPECT_EQ(driver->list()[1],
            (Gpu{1, "GPU-fa4e0000-0000-0000-0000-000000000001", "NVIDIA H100 80GB HBM3", 85899345920, false}));
  const auto samples = *driver->sample(noon, {});
  EXPECT_EQ(samples[0], (Sample{0, 37, 1073741824, 123, false}));
  EXPECT_EQ(samples[1].utilisation_percent, 100);
  EXPECT_FALSE(samples[1].power_watts);
}

TEST(Nvml, DeviceNodesAreThoseOfTheMinorNumberAndTheTwoSharedOnes) {
  const std::int32_t second[] = {1};
  EXPECT_EQ(opened("nvml")->assign(second)->device_nodes,
            (std::vector<std::string>{"/dev/nvidia5", "/dev/nvidiactl", "/dev/nvidia-uvm"}));
}

TEST(Nvml, AbsentLibraryIsAbsentAndThenGpusAreSimulated) {
  EXPECT_EQ(open_nvml("/nowhere/libnvidia-ml.so.1").error().reason, driver_absent);
  EXPECT_TRUE((*open_any({}, "/nowhere/libnvidia-ml.so.1"))->simulated());
  EXPECT_FALSE((*open_any({}, fake_nvml("current")))->simulated());
}

TEST(Nvml, MissingFunctionIsNamedAndNeverASimulation) {
  const auto driver = open_any({}, fake_nvml("old"));
  ASSERT_FALSE(driver);
  EXPECT_EQ(driver.error().reason, driver_failed);
  EXPECT_NE(driver.error().detail.find("lacks nvmlDeviceGetUUID"), std::string::npos) << driver.error().detail;
}

TEST(Nvml, FailingCallIsNamedWithTheLibrarysWords) {
  const auto fails = [](const char* call) {
    ::setenv("FAKE_NVML", call, 1);
    const auto driver = open_any({}, fake_nvml("current"));
    ::unsetenv("FAKE_NVML");
    return driver ? "opened" : driver.error().detail;
  };
  EXPECT_EQ(fails("init"), "nvmlInit_v2: Driver Not Loaded");
  EXPECT_EQ(fails("count"), "nvmlDeviceGetCount_v2: Driver Not Loaded");
  const auto driver = opened("nvml");
  ::setenv("FAKE_NVML", "utilization", 1);
  const auto samples = driver->sample(noon, {});
  ::unsetenv("FAKE_NVML");
  ASSERT_FALSE(samples);
  EXPECT_EQ(samples.error().detail, "nvmlDeviceGetUtilizationRates: Driver Not Loaded");
}

}  // namespace
}  // namespace gpu
