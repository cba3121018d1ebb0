// Adoption: the process that uses the runtime is killed with -9 and its workloads go on; a shim is killed and its does
// not.
#include <signal.h>
#include <sys/wait.h>

#include "products/gpuaas/node/runtime/fixture.hpp"
#include "products/gpuaas/node/shim/folder.hpp"

namespace runtime {
namespace {

using namespace std::chrono_literals;

class Adoption : public test::RuntimeTest {
 protected:
  /// A process of its own opens the runtime, starts the spec, and is killed by SIGKILL once that runs.
  void start_in_a_process_that_is_killed(const Spec& spec) {
    runtime_.reset();
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t node = ::fork();
    if (node == 0) {
      auto opened = open(options());
      const bool ran = opened && (*opened)->start(spec);
      (void)!::write(ready[1], ran ? "y" : "n", 1);
      for (;;) ::pause();
    }
    char answer = 'n';
    ASSERT_EQ(::read(ready[0], &answer, 1), 1);
    ::close(ready[0]);
    ::close(ready[1]);
    ASSERT_EQ(answer, 'y');
    ASSERT_EQ(::kill(node, SIGKILL), 0);
    ASSERT_EQ(::waitpid(node, nullptr, 0), node);
  }
};

TEST_F(Adoption, KilledNodesWorkloadRunsOnWithPidTerminalAndScrollback) {
  start_in_a_process_that_is_killed(
      shell("a", "echo before; while read line; do echo got $line; [ \"$line\" = end ] && exit 3; done"));
  const auto before = shim::read_status(directory_ + "/a");
  ASSERT_TRUE(before);
  reopen();
  const auto all = runtime_->list();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].spec.id, "a");
  EXPECT_EQ(all[0].status.state, State::running);
  EXPECT_EQ(all[0].status.pid, before->pid);
  auto terminal = attach("a");
  EXPECT_NE(terminal.screen->with("before").find("before"), std::string::npos);
  ASSERT_TRUE(terminal.attachment->write("end\n"));
  EXPECT_NE(terminal.screen->with("got end").find("got end"), std::string::npos);
  EXPECT_EQ(wait_exited("a").exit_code, 3);
}

TEST_F(Adoption, EndThatNobodyWatchedIsFoundAsItWas) {
  start_in_a_process_that_is_killed(shell("a", "exit 41"));
  const auto until = std::chrono::steady_clock::now() + test::patience;
  while (std::chrono::steady_clock::now() < until) {
    const auto status = shim::read_status(directory_ + "/a");
    if (status && status->state == State::exited) break;
    std::this_thread::sleep_for(2ms);
  }
  reopen();
  EXPECT_EQ(runtime_->status("a")->end, End::exit);
  EXPECT_EQ(runtime_->status("a")->exit_code, 41);
}

TEST_F(Adoption, AdoptedOnesAreToldAtFirstAndThenTheirChanges) {
  start_in_a_process_that_is_killed(shell("a", "sleep 1000"));
  reopen();
  test::Screen told;
  runtime_->on_status([&](const std::string& id, const Status& status) {
    told.add(id + " " + (status.state == State::running ? "runs" : "ended") +
             (status.stop_asked_at_us != 0 ? ", asked;" : ";"));
  });
  told.with("a runs;");
  ASSERT_TRUE(runtime_->kill("a"));
  EXPECT_EQ(told.with("a ended, asked;"), "a runs;a runs, asked;a ended, asked;");
  runtime_->on_status({});
}

TEST_F(Adoption, ReopenedInTheSameProcess) {
  const Status before = start(shell("a", "echo hello; sleep 1000"));
  reopen();
  EXPECT_EQ(runtime_->status("a")->pid, before.pid);
  EXPECT_NE(attach("a").screen->with("hello").find("hello"), std::string::npos);
}

TEST_F(Adoption, SecondRuntimeOnTheDirectoryIsRefused) {
  const auto second = open(options());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, directory_in_use);
}

TEST_F(Adoption, KilledShimTakesItsWorkloadAndIsToldAsLost) {
  const Status status = start(shell("a", "setsid sleep 1000 & trap '' HUP; sleep 1000"));
  auto terminal = attach("a");
  ASSERT_EQ(::kill(static_cast<pid_t>(status.shim_pid), SIGKILL), 0);
  const Status now = wait_exited("a");
  EXPECT_EQ(now.end, End::lost);
  EXPECT_EQ(now.pid, status.pid);
  EXPECT_GT(now.exited_at_us, now.started_at_us);
  EXPECT_NE(now.detail.find("killed"), std::string::npos);
  EXPECT_TRUE(terminal.screen->wait_end());
  EXPECT_TRUE(groups_of("a").empty());
  reopen();
  EXPECT_EQ(*runtime_->status("a"), now);
}

TEST_F(Adoption, ShimEndsByItselfOnceAllWhoWereConnectedWereTold) {
  const Status status = start(shell("a", "read line; echo last words; exit 3"));
  auto one = attach("a");
  auto other = attach("a");
  EXPECT_TRUE(shim::is_locked(directory_ + "/a/lock"));
  ASSERT_TRUE(one.attachment->write("go\n"));
  for (auto* each : {&one, &other}) {
    EXPECT_TRUE(each->screen->wait_end());
    EXPECT_NE(each->screen->text().find("last words"), std::string::npos);
  }
  EXPECT_EQ(wait_exited("a").exit_code, 3);
  const auto until = std::chrono::steady_clock::now() + test::patience;
  while (shim::is_locked(directory_ + "/a/lock") && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(2ms);
  EXPECT_FALSE(shim::is_locked(directory_ + "/a/lock"));
  while (::kill(static_cast<pid_t>(status.shim_pid), 0) == 0 && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(2ms);
  EXPECT_NE(::kill(static_cast<pid_t>(status.shim_pid), 0), 0);
}

TEST_F(Adoption, ShimKilledWhileNobodyWatchedIsFoundAsLost) {
  start_in_a_process_that_is_killed(shell("a", "sleep 1000"));
  const auto status = shim::read_status(directory_ + "/a");
  ASSERT_EQ(::kill(static_cast<pid_t>(status->shim_pid), SIGKILL), 0);
  while (shim::is_locked(directory_ + "/a/lock")) std::this_thread::sleep_for(1ms);
  reopen();
  EXPECT_EQ(runtime_->status("a")->end, End::lost);
}

TEST_F(Adoption, HalfMadeFoldersAreToldOrForgotten) {
  runtime_.reset();
  std::filesystem::create_directory(directory_ + "/no-spec");
  std::filesystem::create_directory(directory_ + "/no-status");
  ASSERT_TRUE(
      shim::write_whole(directory_ + "/no-status/spec.json",
                        R"({"id":"no-status","name":"train","command":["true"],"env":{},"directory":"/home/user",)"
                        R"("cpu_millicores":1000,"memory_bytes":268435456,"pids":64,"home_bytes":0,"gpus":[],)"
                        R"("terminal":{"rows":24,"cols":80}})"));
  reopen();
  EXPECT_EQ(runtime_->list().size(), 1u);
  EXPECT_EQ(runtime_->status("no-status")->failure, "start_interrupted");
  EXPECT_FALSE(std::filesystem::exists(directory_ + "/no-spec"));
}

TEST_F(Adoption, GraceGoesOnWithoutTheNode) {
  start_in_a_process_that_is_killed(shell("a", "trap '' TERM HUP; while :; do sleep 1; done"));
  reopen();
  ASSERT_TRUE(runtime_->stop("a", 300ms));
  std::this_thread::sleep_for(10ms);
  runtime_.reset();
  while (shim::is_locked(directory_ + "/a/lock")) std::this_thread::sleep_for(1ms);
  reopen();
  EXPECT_EQ(runtime_->status("a")->end, End::signal);
}

TEST_F(Adoption, ManyStartAtOnceWithUidsOfTheirOwn) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([this, i] { start(shell("many-" + std::to_string(i), "sleep 1000")); });
  for (auto& thread : threads) thread.join();
  std::set<std::int64_t> uids;
  for (const auto& each : runtime_->list()) uids.insert(each.status.host_uid);
  EXPECT_EQ(uids.size(), 8u);
}

}  // namespace
}  // namespace runtime
