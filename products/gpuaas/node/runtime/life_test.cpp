// How workloads start and end, and that what is told of it is true.
#include <fcntl.h>
#include <sys/stat.h>

#include "products/gpuaas/node/runtime/fixture.hpp"

namespace runtime {
namespace {

using namespace std::chrono_literals;

class Life : public test::RuntimeTest {
 protected:
  static bool holds_a_terminal(std::int64_t pid) {
    std::error_code error;
    for (const auto& fd : std::filesystem::directory_iterator{"/proc/" + std::to_string(pid) + "/fd", error})
      if (std::filesystem::read_symlink(fd.path(), error).string().ends_with("ptmx")) return true;
    return false;
  }
  bool in_log(const std::string& id, std::string_view word) {
    const auto until = std::chrono::steady_clock::now() + test::patience;
    while (std::chrono::steady_clock::now() < until) {
      if (whole_log(id).find(word) != std::string::npos) return true;
      std::this_thread::sleep_for(2ms);
    }
    return false;
  }
};

TEST_F(Life, ExitCodeIsTheCommandsOwn) {
  const Status status = run(shell("a", "echo hello; exit 7"));
  EXPECT_EQ(status.end, End::exit) << status.failure << " " << status.detail;
  EXPECT_EQ(status.exit_code, 7);
  EXPECT_EQ(whole_log("a"), "hello\r\n");
  EXPECT_GT(status.started_at_us, 0);
  EXPECT_GE(status.exited_at_us, status.started_at_us);
}

TEST_F(Life, SignalIsToldAsASignalAndNotAs128More) {
  const Status killed = run(shell("a", "kill -9 $$"));
  EXPECT_EQ(killed.end, End::signal);
  EXPECT_EQ(killed.signal, 9);
  const Status exited = run(shell("b", "exit 137"));
  EXPECT_EQ(exited.end, End::exit);
  EXPECT_EQ(exited.exit_code, 137);
  EXPECT_EQ(exited.signal, 0);
}

TEST_F(Life, MemoryBeyondTheLimitIsToldAsOomKilled) {
  Spec spec = shell("a", "exec perl -e '$x = chr(65) x (200 << 20); print length $x'");
  spec.memory_bytes = 64 << 20;
  const Status status = run(spec);
  EXPECT_EQ(status.end, End::oom_killed);
  EXPECT_EQ(status.signal, 9);
  EXPECT_GE(status.oom_kills, 1);
  EXPECT_LE(status.memory_peak_bytes, spec.memory_bytes);
}

TEST_F(Life, ChildKilledForMemoryIsCountedThoughTheCommandGoesOn) {
  Spec spec = shell("a", "perl -e '$x = chr(65) x (200 << 20)'; exit 3");
  spec.memory_bytes = 64 << 20;
  const Status status = run(spec);
  EXPECT_EQ(status.end, End::exit);
  EXPECT_EQ(status.exit_code, 3);
  EXPECT_GE(status.oom_kills, 1);
}

TEST_F(Life, AbsentCommandIsAStartFailureAndACommandsOwn127IsNot) {
  Spec absent = shell("a", "");
  absent.command = {"no-such-command", "x"};
  const Status failed = run(absent);
  EXPECT_EQ(failed.end, End::start_failure);
  EXPECT_EQ(failed.failure, "command_not_found");
  EXPECT_EQ(failed.detail, "no-such-command: No such file or directory");
  EXPECT_EQ(failed.started_at_us, 0);
  EXPECT_EQ(whole_log("a"), "");

  const Status own = run(shell("b", "exit 127"));
  EXPECT_EQ(own.end, End::exit);
  EXPECT_EQ(own.exit_code, 127);
}

TEST_F(Life, UnexecutableCommandAndMissingDirectoryHaveTheirOwnWords) {
  Spec unexecutable = shell("a", "");
  unexecutable.command = {"/etc/passwd"};
  EXPECT_EQ(run(unexecutable).failure, "command_not_executable");
  Spec nowhere = shell("b", "true");
  nowhere.directory = "/nowhere";
  const Status status = run(nowhere);
  EXPECT_EQ(status.failure, "directory_missing");
  EXPECT_EQ(status.detail, "/nowhere: No such file or directory");
}

TEST_F(Life, StartAnswersWithARunningCommandsHostPid) {
  const Status status = start(shell("a", "echo ready; sleep 1000"));
  EXPECT_EQ(status.state, State::running);
  EXPECT_TRUE(std::filesystem::exists("/proc/" + std::to_string(status.pid)));
  EXPECT_TRUE(in_log("a", "ready"));
  struct stat about{};
  ASSERT_EQ(::stat(("/proc/" + std::to_string(status.pid)).c_str(), &about), 0);
  EXPECT_EQ(about.st_uid, status.host_uid);
}

TEST_F(Life, StopAsksByTermAndTheCommandMayFinish) {
  start(shell("a", "trap 'echo bye; exit 5' TERM; echo ready; while :; do sleep 0.05; done"));
  ASSERT_TRUE(in_log("a", "ready"));
  ASSERT_TRUE(runtime_->stop("a", 30s));
  const Status status = wait_exited("a");
  EXPECT_EQ(status.end, End::exit);
  EXPECT_EQ(status.exit_code, 5);
  EXPECT_GT(status.stop_asked_at_us, 0);
  EXPECT_NE(whole_log("a").find("bye"), std::string::npos);
}

TEST_F(Life, StopKillsWhenTheGraceIsOver) {
  start(shell("a", "trap '' TERM HUP; echo ready; while :; do sleep 1; done"));
  ASSERT_TRUE(in_log("a", "ready"));
  ASSERT_TRUE(runtime_->stop("a", 50ms));
  const Status status = wait_exited("a");
  EXPECT_EQ(status.end, End::signal);
  EXPECT_EQ(status.signal, 9);
}

TEST_F(Life, InteractiveShellIsStoppedByHangUpLongBeforeItsGrace) {
  Spec spec = shell("a", "");
  spec.command = {"bash", "--norc", "-i"};
  start(spec);
  auto terminal = attach("a");
  ASSERT_TRUE(terminal.attachment->write("echo up; trap 'exit 4' EXIT\n"));
  terminal.screen->with("\rup");
  ASSERT_TRUE(runtime_->stop("a", 1h));
  EXPECT_EQ(wait_exited("a").state, State::exited);
}

TEST_F(Life, KillTakesDetachedChildrenToo) {
  start(shell("a", "setsid sleep 1000 & setsid sleep 1000 & echo ready; wait"));
  ASSERT_TRUE(in_log("a", "ready"));
  ASSERT_TRUE(runtime_->kill("a"));
  EXPECT_EQ(wait_exited("a").signal, 9);
  EXPECT_FALSE(std::filesystem::exists("/proc/" + std::to_string(runtime_->status("a")->pid)));
}

TEST_F(Life, EndedCommandsBackgroundChildrenEndWithIt) {
  EXPECT_EQ(run(shell("a", "setsid sleep 1000 & exit 0")).end, End::exit);
}

TEST_F(Life, AnIdIsStartedOnceUntilItIsRemoved) {
  run(shell("a", "true"));
  const auto again = runtime_->start(shell("a", "true"));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().reason, workload_exists);
  ASSERT_TRUE(runtime_->remove("a"));
  EXPECT_FALSE(std::filesystem::exists(directory_ + "/a"));
  EXPECT_EQ(runtime_->status("a").error().reason, base::not_found);
  EXPECT_EQ(run(shell("a", "exit 2")).exit_code, 2);
}

TEST_F(Life, RunningOneIsNotRemoved) {
  start(shell("a", "sleep 1000"));
  EXPECT_EQ(runtime_->remove("a").error().reason, workload_running);
}

TEST_F(Life, EachChangeIsToldInOrder) {
  std::mutex mutex;
  std::vector<State> told;
  runtime_->on_status([&](const std::string&, const Status& status) {
    const std::lock_guard lock{mutex};
    told.push_back(status.state);
  });
  run(shell("a", "sleep 0.1"));
  ASSERT_TRUE(runtime_->remove("a"));
  runtime_.reset();  // its thread is done: nothing is told any more
  EXPECT_EQ(told, (std::vector{State::running, State::exited}));
}

TEST_F(Life, UsageIsTheWorkloadsOwnAndStaysAfterItsEnd) {
  start(shell("a", "i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done; sleep 1000 & echo spun; wait"));
  ASSERT_TRUE(in_log("a", "spun"));
  const auto usage = runtime_->usage("a");
  ASSERT_TRUE(usage);
  EXPECT_GT(usage->cpu_us, 1000);
  EXPECT_GT(usage->memory_bytes, 0);
  EXPECT_EQ(usage->pids, 2);  // sh and sleep
  ASSERT_TRUE(runtime_->kill("a"));
  EXPECT_GE(wait_exited("a").cpu_us, usage->cpu_us);
  EXPECT_EQ(runtime_->usage("a")->memory_bytes, 0);
  EXPECT_GE(runtime_->usage("a")->cpu_us, usage->cpu_us);
}

TEST_F(Life, BadSpecsAreRefusedByTheirMember) {
  const auto pointer = [&](auto change) {
    Spec spec = shell("a", "true");
    change(spec);
    const auto started = runtime_->start(spec);
    return started ? "started" : started.error().pointer;
  };
  EXPECT_EQ(pointer([](Spec& s) { s.id = "../up"; }), "/id");
  EXPECT_EQ(pointer([](Spec& s) { s.name = "a.b"; }), "/name");
  EXPECT_EQ(pointer([](Spec& s) { s.command = {}; }), "/command");
  EXPECT_EQ(pointer([](Spec& s) { s.command = {std::string("a\0b", 3)}; }), "/command");
  EXPECT_EQ(pointer([](Spec& s) { s.env = {{"A=B", "c"}}; }), "/env");
  EXPECT_EQ(pointer([](Spec& s) { s.env = {{"A", std::string(140'000, 'x')}}; }), "/env");
  EXPECT_EQ(pointer([](Spec& s) { s.directory = "relative"; }), "/directory");
  EXPECT_EQ(pointer([](Spec& s) { s.cpu_millicores = 1; }), "/cpu_millicores");
  EXPECT_EQ(pointer([](Spec& s) { s.memory_bytes = 1; }), "/memory_bytes");
  EXPECT_EQ(pointer([](Spec& s) { s.pids = 0; }), "/pids");
  EXPECT_EQ(pointer([](Spec& s) { s.gpus = {0}; }), "/gpus");
  EXPECT_TRUE(runtime_->list().empty());
}

TEST_F(Life, GroupsAreGoneAfterTheEnd) {
  start(shell("a", "sleep 1000"));
  EXPECT_FALSE(groups_of("a").empty());
  ASSERT_TRUE(runtime_->kill("a"));
  wait_exited("a");
  ASSERT_TRUE(runtime_->remove("a"));
  EXPECT_TRUE(groups_of("a").empty());
}

TEST_F(Life, EnvironmentIsTheSpecsOverTheHousesAndNothingOfTheNodes) {
  ::setenv("NODE_SECRET", "s3cret", 1);
  Spec spec = shell("a", "env | sort");
  spec.env = {{"TERM", "dumb"}, {"MINE", "two words"}};
  run(spec);
  const std::string log = whole_log("a");
  EXPECT_NE(log.find("MINE=two words\r\n"), std::string::npos) << log;
  EXPECT_NE(log.find("TERM=dumb\r\n"), std::string::npos);
  EXPECT_NE(log.find("HOME=/home/user\r\n"), std::string::npos);
  EXPECT_EQ(log.find("NODE_SECRET"), std::string::npos);
}

TEST_F(Life, AssignedSimulatedGpusAreSeenAsSimulated) {
  gpus_ = std::move(*gpu::open_simulated({}));
  reopen();
  Spec spec = shell("a", "env | grep -E 'CUDA|GPUAAS' | sort; ls /dev | grep -c nvidia");
  spec.gpus = {3, 5};
  spec.env = {{"CUDA_VISIBLE_DEVICES", "0,1,2,3,4,5,6,7"}};
  run(spec);
  EXPECT_EQ(whole_log("a"), "CUDA_VISIBLE_DEVICES=3,5\r\nGPUAAS_GPU_SIMULATED=1\r\n0\r\n");
  spec.id = "b";
  spec.gpus = {8};
  EXPECT_EQ(runtime_->start(spec).error().reason, gpu::gpu_unknown);
}

TEST_F(Life, EndOnAFullDiskIsToldOnceItIsWrittenWithItsTrueTime) {
  runtime_.reset();
  ASSERT_EQ(std::system(("mount -t tmpfs -o size=1m none " + directory_).c_str()), 0);
  reopen();
  start(shell("a", "read line; exit 6"));
  const int filler = ::open((directory_ + "/filler").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  const std::string much(2 << 20, 'x');
  (void)!::write(filler, much.data(), much.size());
  auto terminal = attach("a");
  ASSERT_TRUE(terminal.attachment->write("go\n"));
  while (holds_a_terminal(runtime_->status("a")->shim_pid)) std::this_thread::sleep_for(2ms);  // then it knows the end
  EXPECT_EQ(runtime_->status("a")->state, State::running);
  const auto freed_at = base::WallClock{}.now();
  ::close(filler);
  std::filesystem::remove(directory_ + "/filler");
  const Status status = wait_exited("a");
  EXPECT_EQ(status.exit_code, 6);
  EXPECT_LT(status.exited_at_us, base::micros(freed_at));
  ASSERT_TRUE(runtime_->remove("a"));
  runtime_.reset();
  ASSERT_EQ(std::system(("umount " + directory_).c_str()), 0);
}

TEST_F(Life, StartOnAFullDiskIsRefusedAndLeavesNothing) {
  runtime_.reset();
  ASSERT_EQ(std::system(("mount -t tmpfs -o size=64k none " + directory_).c_str()), 0);
  reopen();
  const std::string much(64 << 10, 'x');
  const int filler = ::open((directory_ + "/filler").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  (void)!::write(filler, much.data(), much.size());
  ::close(filler);
  EXPECT_FALSE(runtime_->start(shell("a", "true")));
  EXPECT_TRUE(runtime_->list().empty());
  EXPECT_FALSE(std::filesystem::exists(directory_ + "/a"));
  EXPECT_TRUE(groups_of("a").empty());
  runtime_.reset();
  ASSERT_EQ(std::system(("umount " + directory_).c_str()), 0);
}

/// A driver whose device nodes are there on any machine.
class NodesOfThisMachine final : public gpu::GpuDriver {
 public:
  bool simulated() const override { return false; }
  const std::vector<gpu::Gpu>& list() const override { return none_; }
  base::Result<std::vector<gpu::Sample>> sample(base::Instant, std::span<const std::int32_t>) const override {
    return std::vector<gpu::Sample>{};
  }
  base::Result<gpu::Assignment> assign(std::span<const std::int32_t>) const override {
    return gpu::Assignment{.environment = {{"CUDA_VISIBLE_DEVICES", "GPU-1"}}, .device_nodes = {"/dev/net/tun"}};
  }

 private:
  std::vector<gpu::Gpu> none_;
};

TEST_F(Life, DeviceNodesOfTheAssignmentAreBoundAndNoOther) {
  if (!std::filesystem::exists("/dev/net/tun")) GTEST_SKIP() << "no /dev/net/tun here to bind";
  gpus_ = std::make_unique<NodesOfThisMachine>();
  reopen();
  Spec with = shell("a", "test -c /dev/net/tun && echo there");
  with.gpus = {0};
  run(with);
  EXPECT_EQ(whole_log("a"), "there\r\n");
  run(shell("b", "test -e /dev/net/tun || echo absent"));
  EXPECT_EQ(whole_log("b"), "absent\r\n");
}

TEST_F(Life, MissingDeviceNodeIsAStartFailureThatNamesIt) {
  class Gone final : public gpu::GpuDriver {
   public:
    bool simulated() const override { return false; }
    const std::vector<gpu::Gpu>& list() const override { return none_; }
    base::Result<std::vector<gpu::Sample>> sample(base::Instant, std::span<const std::int32_t>) const override {
      return std::vector<gpu::Sample>{};
    }
    base::Result<gpu::Assignment> assign(std::span<const std::int32_t>) const override {
      return gpu::Assignment{.device_nodes = {"/dev/nvidia77"}};
    }
    std::vector<gpu::Gpu> none_;
  };
  gpus_ = std::make_unique<Gone>();
  reopen();
  Spec spec = shell("a", "true");
  spec.gpus = {0};
  const Status status = run(spec);
  EXPECT_EQ(status.failure, "sandbox_failed");
  EXPECT_NE(status.detail.find("/dev/nvidia77"), std::string::npos) << status.detail;
  EXPECT_EQ(whole_log("a"), "");
}

}  // namespace
}  // namespace runtime
