// v1 is tested on the machine's own hierarchies, where it has them; v2 on a directory laid out as cgroupfs (kernel
// Documentation/admin-guide/cgroup-v2): it shows which files get which text, not what a kernel then does.
#include "products/gpuaas/node/cgroup/cgroup.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "products/gpuaas/node/cgroup/files.hpp"

namespace cgroup {
namespace {

namespace fs = std::filesystem;

constexpr Limits limits{.cpu_millicores = 1500, .memory_bytes = 64 << 20, .pids = 8};

std::string here() { return read_file("/proc/self/mountinfo").value_or(""); }

TEST(Mounts, HybridMachineHasV1ByControllerAndAV2Beside) {
  const Mounts mounts = mounts_of(
      "30 23 0:26 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct\n"
      "31 23 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"
      "32 23 0:28 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd\n"
      "33 23 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate\n");
  EXPECT_EQ(mounts.v1, (std::map<std::string, std::string>{{"cpu", "/sys/fs/cgroup/cpu,cpuacct"},
                                                           {"cpuacct", "/sys/fs/cgroup/cpu,cpuacct"},
                                                           {"memory", "/sys/fs/cgroup/memory"}}));
  EXPECT_EQ(mounts.v2, "/sys/fs/cgroup/unified");
}

TEST(Mounts, MissingV1ControllerIsRefusedByItsName) {
  for (const std::string missing : {"cpu", "cpuacct", "pids"}) {
    const auto place = fs::temp_directory_path() / ("gpuaas-cgroup-v1-" + std::to_string(::getpid()));
    Mounts mounts;
    for (const std::string controller : {"memory", "cpu", "cpuacct", "pids"}) {
      fs::create_directories(place / controller);
      if (controller != missing) mounts.v1[controller] = place / controller;
    }
    const auto groups = open(mounts, "gpuaas");
    ASSERT_FALSE(groups);
    EXPECT_EQ(groups.error().reason, controller_missing);
    EXPECT_EQ(groups.error().detail, missing + " (cgroup v1)");
    fs::remove_all(place);
  }
  EXPECT_EQ(open({}, "gpuaas").error().reason, controller_missing);
}

class V1 : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "control groups need root";
    if (!mounts_of(here()).v1.contains("memory")) GTEST_SKIP() << "this machine has no cgroup v1";
    auto opened = open_here(parent_);
    ASSERT_TRUE(opened) << opened.error().detail;
    groups_ = std::move(*opened);
    ASSERT_EQ(groups_->version(), 1);
  }
  void TearDown() override {
    if (!groups_) return;
    EXPECT_TRUE(groups_->remove("one"));
    for (const auto& [controller, place] : mounts_of(here()).v1) fs::remove(place + "/" + parent_);
  }
  /// A child in the group; it then does `what`.
  pid_t child(const std::function<void()>& what) {
    const pid_t pid = ::fork();
    if (pid != 0) return pid;
    for (const auto& file : groups_->procs_files("one"))
      if (!write_file(file, "0")) ::_exit(99);
    what();
    ::_exit(0);
  }
  const std::string parent_ = "gpuaas-test-" + std::to_string(::getpid());
  std::unique_ptr<Groups> groups_;
};

TEST_F(V1, LimitsAreInForceAfterMake) {
  ASSERT_TRUE(groups_->make("one", limits));
  const auto place = mounts_of(here()).v1;
  EXPECT_EQ(number_in(place.at("memory") + "/" + parent_ + "/one/memory.limit_in_bytes"), limits.memory_bytes);
  EXPECT_EQ(number_in(place.at("memory") + "/" + parent_ + "/one/memory.memsw.limit_in_bytes"), limits.memory_bytes);
  EXPECT_EQ(number_in(place.at("cpu") + "/" + parent_ + "/one/cpu.cfs_quota_us"), 150'000);
  EXPECT_EQ(number_in(place.at("pids") + "/" + parent_ + "/one/pids.max"), limits.pids + ours_in_group);
}

TEST_F(V1, OomKillIsCounted) {
  ASSERT_TRUE(groups_->make("one", limits));
  const pid_t pid = child([] {
    std::string much;
    much.resize(256 << 20, 'x');
    ::_exit(much[1 << 20] == 'x' ? 1 : 2);
  });
  int status = 0;
  ASSERT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
  const auto use = groups_->use("one");
  ASSERT_TRUE(use);
  EXPECT_EQ(use->oom_kills, 1);
  EXPECT_GT(use->cpu_us, 0);
  EXPECT_GT(use->memory_peak_bytes, 32 << 20);
}

TEST_F(V1, RemoveTakesDetachedProcessesAlong) {
  ASSERT_TRUE(groups_->make("one", limits));
  const pid_t pid = child([] {
    ::setsid();
    if (::fork() == 0) ::setsid();
    for (;;) ::pause();
  });
  const auto members = mounts_of(here()).v1.at("pids") + "/" + parent_ + "/one/pids.current";
  while (number_in(members) < 2) ::usleep(1000);  // use() leaves two out as ours
  std::thread reaper{[pid] { ::waitpid(pid, nullptr, 0); }};
  EXPECT_TRUE(groups_->remove("one"));
  reaper.join();
  EXPECT_EQ(groups_->use("one").error().reason, base::not_found);
  EXPECT_TRUE(groups_->remove("one"));  // again is fine
}

TEST_F(V1, RemoveTakesWhoJoinsMeanwhile) {
  for (int round = 0; round < 20; ++round) {
    ASSERT_TRUE(groups_->make("one", limits));
    const pid_t pid = child([] {
      for (;;) ::pause();
    });
    EXPECT_TRUE(groups_->remove("one"));  // the child is before, in the middle of, or after joining
    (void)::kill(pid, SIGKILL);           // it may have come too late to join
    EXPECT_EQ(::waitpid(pid, nullptr, 0), pid);
  }
}

TEST_F(V1, RefusedLimitLeavesNoGroup) {
  const auto made = groups_->make("one", {.cpu_millicores = 1, .memory_bytes = 64 << 20, .pids = 8});
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().detail.find("cpu.cfs_quota_us"), std::string::npos) << made.error().detail;
  EXPECT_FALSE(groups_->use("one"));
}

class V2 : public ::testing::Test {
 protected:
  void SetUp() override {
    char place[] = "/tmp/gpuaas-cgroup2-XXXXXX";
    root_ = ::mkdtemp(place);
    lay_out(root_, "cpuset cpu io memory hugetlb pids rdma\n");
    lay_out(root_ + "/gpuaas", "cpuset cpu io memory pids\n");
  }
  void TearDown() override { fs::remove_all(root_); }

  static void write(const std::string& path, std::string_view text) {
    fs::create_directories(fs::path{path}.parent_path());
    FILE* file = ::fopen(path.c_str(), "w");
    ::fwrite(text.data(), 1, text.size(), file);
    ::fclose(file);
  }
  /// The files that a kernel would show in a group.
  static void lay_out(const std::string& group, std::string_view controllers) {
    write(group + "/cgroup.controllers", controllers);
    for (const std::string file : {"cgroup.subtree_control", "cgroup.procs", "cgroup.kill", "memory.max",
                                   "memory.swap.max", "cpu.max", "pids.max"})
      write(group + "/" + file, "");
  }
  std::unique_ptr<Groups> opened() {
    auto groups = open({.v2 = root_}, "gpuaas");
    EXPECT_TRUE(groups) << groups.error().detail;
    return groups ? std::move(*groups) : nullptr;
  }
  std::string text(const std::string& file) { return read_file(root_ + "/gpuaas/one/" + file).value_or("absent"); }

  std::string root_;
};

TEST_F(V2, LimitsAreWrittenInTheKernelsForm) {
  const auto groups = opened();
  lay_out(root_ + "/gpuaas/one", "");
  ASSERT_TRUE(groups->make("one", limits));
  EXPECT_EQ(groups->version(), 2);
  EXPECT_EQ(text("memory.max"), "67108864");
  EXPECT_EQ(text("memory.swap.max"), "0");
  EXPECT_EQ(text("cpu.max"), "150000 100000");
  EXPECT_EQ(text("pids.max"), "10");
  EXPECT_EQ(groups->procs_files("one"), std::vector{root_ + "/gpuaas/one/cgroup.procs"});
}

TEST_F(V2, UseIsReadFromTheKernelsFiles) {
  const auto groups = opened();
  const std::string one = root_ + "/gpuaas/one/";
  lay_out(root_ + "/gpuaas/one", "");
  write(one + "cpu.stat", "usage_usec 1234567\nuser_usec 1000000\nsystem_usec 234567\n");
  write(one + "memory.current", "4096\n");
  write(one + "memory.peak", "8192\n");
  write(one + "pids.current", "5\n");
  write(one + "memory.events", "low 0\nhigh 0\nmax 7\noom 2\noom_kill 3\noom_group_kill 0\n");
  write(one + "pids.events", "max 4\n");
  const auto use = groups->use("one");
  ASSERT_TRUE(use);
  EXPECT_EQ(use->cpu_us, 1234567);
  EXPECT_EQ(use->memory_bytes, 4096);
  EXPECT_EQ(use->memory_peak_bytes, 8192);
  EXPECT_EQ(use->pids, 3);
  EXPECT_EQ(use->oom_kills, 3);
  EXPECT_EQ(use->pids_refused, 4);
}

TEST_F(V2, KillIsOneWriteForTheWholeTree) {
  const auto groups = opened();
  lay_out(root_ + "/gpuaas/one", "");
  groups->kill("one");
  EXPECT_EQ(text("cgroup.kill"), "1");
}

TEST_F(V2, MissingControllerIsRefusedByItsName) {
  for (const std::string missing : {"memory", "cpu", "pids"}) {
    std::string others = "cpuset io";  // cpuset is not cpu
    for (const std::string controller : {"memory", "cpu", "pids"})
      if (controller != missing) others += " " + controller;
    write(root_ + "/cgroup.controllers", others + "\n");
    const auto groups = open({.v2 = root_}, "gpuaas");
    ASSERT_FALSE(groups);
    EXPECT_EQ(groups.error().reason, controller_missing);
    EXPECT_EQ(groups.error().detail, missing + " (cgroup v2)");
  }
}

TEST_F(V2, RefusedLimitIsToldByItsFile) {
  const auto groups = opened();
  lay_out(root_ + "/gpuaas/one", "");
  fs::remove(root_ + "/gpuaas/one/cpu.max");
  const auto made = groups->make("one", limits);
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().detail.find("cpu.max"), std::string::npos);
}

TEST_F(V2, ControllersAreHandedOnToTheChildren) {
  opened();
  EXPECT_EQ(read_file(root_ + "/cgroup.subtree_control"), "+pids");  // the last of three writes
  EXPECT_EQ(read_file(root_ + "/gpuaas/cgroup.subtree_control"), "+pids");
}

TEST_F(V2, NothingOutsideTheParentIsWrittenButWhatHandsControllersOn) {
  lay_out(root_ + "/neighbour", "cpu memory pids\n");
  lay_out(root_ + "/neighbour/one", "cpu memory pids\n");
  const auto outside = [&] {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator{root_}) {
      const std::string path = entry.path().string().substr(root_.size());
      if (path.starts_with("/gpuaas") || path == "/cgroup.subtree_control") continue;
      files[path] = entry.is_directory() ? "directory" : read_file(entry.path()).value_or("unreadable");
    }
    return files;
  };
  const auto before = outside();
  const auto groups = opened();
  lay_out(root_ + "/gpuaas/one", "");
  ASSERT_TRUE(groups->make("one", limits));
  (void)groups->use("one");
  groups->kill("one");
  (void)groups->remove("one");
  EXPECT_EQ(outside(), before);
}

}  // namespace
}  // namespace cgroup
