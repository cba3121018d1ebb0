// Further processes in a workload: input, output, codes, and what happens when an end goes away.
#include <sys/stat.h>

#include "products/gpuaas/node/runtime/fixture.hpp"

namespace runtime {
namespace {

using namespace std::chrono_literals;

class Exec : public test::RuntimeTest {
 protected:
  void SetUp() override {
    test::RuntimeTest::SetUp();
    if (!runtime_) return;
    Spec spec = shell("a", "sleep 1000");
    spec.env = {{"FROM", "spec"}, {"BOTH", "spec"}};
    start(spec);
  }
};

TEST_F(Exec, ExitCodeOutputAndErrorAreApart) {
  const auto ran = exec("a", {.command = {"sh", "-c", "echo out; echo err >&2; exit 9"}});
  EXPECT_EQ(ran.output, "out\n");
  EXPECT_EQ(ran.error, "err\n");
  EXPECT_EQ(ran.end.exit_code, 9);
  EXPECT_EQ(ran.end.signal, 0);
  EXPECT_EQ(ran.end.failure, "");
}

TEST_F(Exec, SignalIs128MoreAndNamed) {
  const auto ran = exec("a", {.command = {"sh", "-c", "kill -15 $$"}});
  EXPECT_EQ(ran.end.exit_code, 143);
  EXPECT_EQ(ran.end.signal, 15);
}

TEST_F(Exec, AbsentCommandIsTold) {
  const auto ran = exec("a", {.command = {"no-such-command"}});
  EXPECT_EQ(ran.end.failure, "command_not_found");
  EXPECT_EQ(ran.end.exit_code, 127);
  EXPECT_EQ(ran.end.detail, "no-such-command: No such file or directory");
  EXPECT_EQ(ran.output + ran.error, "");
  EXPECT_EQ(exec("a", {.command = {"true"}, .directory = "/nowhere"}).end.failure, "directory_missing");
}

TEST_F(Exec, EnvironmentIsTheWorkloadsWithTheCallsOver) {
  const auto ran = exec(
      "a", {.command = {"sh", "-c", "echo $FROM $BOTH $HOME; pwd"}, .env = {{"BOTH", "call"}}, .directory = "/tmp"});
  EXPECT_EQ(ran.output, "spec call /home/user\n/tmp\n");
}

TEST_F(Exec, LargeInputAndOutputPassWholeWithHoldOnTheWay) {
  std::string bytes;
  for (int i = 0; bytes.size() < 700'000; ++i) bytes += std::to_string(i * 7919) + "\n";
  const auto ran = exec("a", {.command = {"cat"}}, bytes);
  EXPECT_EQ(ran.end.exit_code, 0);
  EXPECT_EQ(ran.output.size(), bytes.size());
  EXPECT_TRUE(ran.output == bytes);
}

TEST_F(Exec, HeldOutputMakesTheProcessWaitAndLosesNothing) {
  test::Screen over;
  std::size_t bytes = 0;
  auto process = runtime_->exec("a", {.command = {"sh", "-c", "head -c 20000000 /dev/zero; echo written >&2"}},
                                {.output = [&](std::string piece) { bytes += piece.size(); },
                                 .error = [&](std::string piece) { over.add(piece); },
                                 .ended = [&](ExecEnd) { over.end(); }});
  ASSERT_TRUE(process);
  (*process)->hold(true);
  std::this_thread::sleep_for(100ms);
  EXPECT_EQ(over.text(), "");  // 20 MB fit in no buffer on the way
  (*process)->hold(false);
  EXPECT_TRUE(over.wait_end());
  EXPECT_EQ(bytes, 20'000'000u);
}

TEST_F(Exec, WithATerminalItHasOneOfItsOwn) {
  const auto ran = exec("a", {.command = {"sh", "-c", "tty; stty size; echo $TERM; exit 4"},
                              .tty = true,
                              .terminal = {.rows = 12, .cols = 34}});
  EXPECT_NE(ran.output.find("/dev/pts/1\r\n12 34\r\nxterm-256color\r\n"), std::string::npos) << ran.output;
  EXPECT_EQ(ran.end.exit_code, 4);
}

TEST_F(Exec, ShellOnATerminalTakesKeysAndSizes) {
  test::Screen screen;
  auto process = runtime_->exec(
      "a", {.command = {"bash", "--norc", "--noediting", "-i"}, .env = {{"PS1", "$ "}}, .tty = true},
      {.output = [&](std::string bytes) { screen.add(bytes); }, .ended = [&](ExecEnd) { screen.end(); }});
  ASSERT_TRUE(process);
  (*process)->resize({.rows = 21, .cols = 43});
  ASSERT_TRUE((*process)->write("echo $((40+2)); stty size\n"));
  screen.with("21 43");
  ASSERT_TRUE((*process)->write("exit\n"));
  EXPECT_TRUE(screen.wait_end());
  EXPECT_NE(screen.text().find("42\r\n21 43"), std::string::npos) << screen.text();
}

TEST_F(Exec, BackgroundChildrenDoNotHoldUpTheEnd) {
  const auto ran = exec("a", {.command = {"sh", "-c", "sleep 1000 & echo done"}});
  EXPECT_EQ(ran.output, "done\n");
  EXPECT_EQ(ran.end.exit_code, 0);
}

TEST_F(Exec, SignalReachesIt) {
  test::Screen over;
  ExecEnd how;
  auto process =
      runtime_->exec("a", {.command = {"sh", "-c", "trap 'exit 6' USR1; echo ready; while :; do sleep 0.02; done"}},
                     {.output = [&](std::string bytes) { over.add(bytes); },
                      .ended =
                          [&](ExecEnd end) {
                            how = end;
                            over.end();
                          }});
  ASSERT_TRUE(process);
  over.with("ready");
  (*process)->signal(SIGUSR1);
  EXPECT_TRUE(over.wait_end());
  EXPECT_EQ(how.exit_code, 6);
}

TEST_F(Exec, GivingUpTheHandleHangsUp) {
  test::Screen ready;
  {
    auto process = runtime_->exec("a", {.command = {"sh", "-c", "echo ready; exec sleep 7777"}},
                                  {.output = [&](std::string bytes) { ready.add(bytes); }});
    ASSERT_TRUE(process);
    ready.with("ready");
  }
  const auto until = std::chrono::steady_clock::now() + test::patience;
  std::string left = "7777";
  while (left.find("7777") != std::string::npos && std::chrono::steady_clock::now() < until)
    left = exec("a", {.command = {"sh", "-c", "cat /proc/[0-9]*/cmdline 2>/dev/null | grep -a -o '777[7]'"}}).output;
  EXPECT_EQ(left, "");
}

TEST_F(Exec, ItEndsWithTheWorkload) {
  test::Screen over;
  ExecEnd how;
  auto process = runtime_->exec("a", {.command = {"sh", "-c", "echo ready; sleep 1000"}},
                                {.output = [&](std::string bytes) { over.add(bytes); },
                                 .ended =
                                     [&](ExecEnd end) {
                                       how = end;
                                       over.end();
                                     }});
  ASSERT_TRUE(process);
  over.with("ready");
  ASSERT_TRUE(runtime_->kill("a"));
  EXPECT_TRUE(over.wait_end());
  EXPECT_EQ(how.signal, 9);
  EXPECT_EQ(wait_exited("a").state, State::exited);
  EXPECT_EQ(runtime_->exec("a", {.command = {"true"}}, {}).error().reason, workload_ended);
}

TEST_F(Exec, ManyAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int i = 0; i < 16; ++i)
    threads.emplace_back([this, i, &right] {
      const auto ran = exec("a", {.command = {"sh", "-c", "cat; exit " + std::to_string(i)}}, "in" + std::to_string(i));
      if (ran.end.exit_code == i && ran.output == "in" + std::to_string(i)) ++right;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(right, 16);
}

}  // namespace
}  // namespace runtime
