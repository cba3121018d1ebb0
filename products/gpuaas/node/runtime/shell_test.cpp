// The shell beside a workload's command: there for every workload, one for all who attach, there again after the node
// process's death, gone with the workload.
#include <signal.h>
#include <sys/wait.h>

#include "products/gpuaas/node/runtime/fixture.hpp"

namespace runtime {
namespace {

using namespace std::chrono_literals;

const std::string clockwork = "while :; do date; sleep 0.2; done";  // reads nothing, asks nothing

class Shell : public test::RuntimeTest {
 protected:
  Viewer shell_of(const std::string& id, TerminalSize size = {}) { return attach(id, size, TerminalOf::shell); }

  /// All that is shown once the typed line's answer is there: what is typed must not itself hold the answer.
  static std::string answer(const Viewer& to, const std::string& typed, const std::string& expected) {
    EXPECT_TRUE(to.attachment->write(typed + "\n"));
    const std::string text = to.screen->with(expected);
    EXPECT_NE(text.find(expected), std::string::npos) << text;
    return text;
  }
};

TEST_F(Shell, AnswersBesideACommandThatReadsNothing) {
  start(shell("a", clockwork));
  answer(shell_of("a"), "echo mark-$((40+2))", "mark-42");
  EXPECT_EQ(whole_log("a").find("mark-42"), std::string::npos);
}

TEST_F(Shell, IsInTheSandboxAsItsCommandIs) {
  start(shell("a", clockwork));
  const auto terminal = shell_of("a", {.rows = 31, .cols = 101});
  answer(terminal, "echo \"id-$(id -u) at-$PWD as-$TERM on-$(uname -n)\"",
         "id-1000 at-/home/user as-xterm-256color on-train");
  answer(terminal, "stty size", "31 101");
  answer(terminal, "grep -h Seccomp: /proc/self/status /proc/1/status | sort -u", "Seccomp:\t2");
  answer(terminal, "shopt -q login_shell && echo log-$((1+1))in", "log-2in");
  answer(terminal, "sleep 1000 & jobs | sed s/Running/still-there/", "still-there");
}

TEST_F(Shell, CountsInTheWorkloadsGroup) {
  auto spec = shell("a", "sleep 1000");
  spec.pids = 8;
  start(spec);
  const auto before = runtime_->usage("a")->pids;
  answer(shell_of("a"), "echo up-$((1+1))", "up-2");
  EXPECT_EQ(runtime_->usage("a")->pids, before + 1);
}

TEST_F(Shell, IsOneForAllWhoAttachAndLastResizeDecides) {
  start(shell("a", clockwork));
  const auto first = shell_of("a");
  answer(first, "kept=one; echo here-$((1+1))", "here-2");
  const auto second = shell_of("a", {.rows = 40, .cols = 120});
  EXPECT_NE(second.screen->with("here-2").find("here-2"), std::string::npos);
  answer(second, "echo \"is-$kept\" $(stty size)", "is-one 40 120");
  EXPECT_NE(first.screen->with("is-one 40 120").find("is-one 40 120"), std::string::npos);
  first.attachment->resize({.rows = 50, .cols = 132});
  answer(first, "stty size", "50 132");
}

TEST_F(Shell, StaysWhenNobodyIsAttached) {
  start(shell("a", clockwork));
  {
    const auto first = shell_of("a");
    answer(first, "kept=$((6*7)); echo set-$kept", "set-42");
  }
  answer(shell_of("a"), "echo again-$kept", "again-42");
}

TEST_F(Shell, EndEndsItsAttachmentsAndTheNextIsFresh) {
  start(shell("a", clockwork));
  const auto first = shell_of("a"), second = shell_of("a");
  answer(first, "kept=$((6*7)); echo set-$kept", "set-42");
  ASSERT_TRUE(first.attachment->write("exit 3\n"));
  EXPECT_TRUE(first.screen->wait_end());
  EXPECT_TRUE(second.screen->wait_end());
  ASSERT_TRUE(*second.shell_end);
  EXPECT_EQ((*second.shell_end)->exit_code, 3);
  const auto fresh = shell_of("a");
  const std::string text = answer(fresh, "echo \"after-$kept.\"", "after-.");
  EXPECT_EQ(text.find("set-42"), std::string::npos);
  EXPECT_EQ(runtime_->status("a")->state, State::running);
}

TEST_F(Shell, KilledOneIsToldAsKilled) {
  start(shell("a", clockwork));
  const auto terminal = shell_of("a");
  ASSERT_TRUE(terminal.attachment->write("kill -9 $$\n"));
  EXPECT_TRUE(terminal.screen->wait_end());
  ASSERT_TRUE(*terminal.shell_end);
  EXPECT_EQ((*terminal.shell_end)->signal, SIGKILL);
}

TEST_F(Shell, EndsWithTheWorkloadAndSaysNothingOfItsOwn) {
  start(shell("a", clockwork));
  const auto terminal = shell_of("a");
  answer(terminal, "trap '' HUP TERM; echo deaf-$((1+1))", "deaf-2");
  ASSERT_TRUE(runtime_->kill("a"));
  EXPECT_TRUE(terminal.screen->wait_end());
  EXPECT_FALSE(*terminal.shell_end);
  EXPECT_EQ(runtime_->status("a")->state, State::exited);
  EXPECT_TRUE(groups_of("a").empty());
  const auto late = shell_of("a");
  EXPECT_TRUE(late.screen->wait_end());
  EXPECT_EQ(late.screen->text(), "");
}

TEST_F(Shell, ThatCannotStartSaysWhy) {
  auto spec = shell("a", "sleep 1000");
  spec.env = {{"HOME", "/not/there"}};
  start(spec);
  const auto terminal = shell_of("a");
  EXPECT_TRUE(terminal.screen->wait_end());
  ASSERT_TRUE(*terminal.shell_end);
  EXPECT_EQ((*terminal.shell_end)->failure, "directory_missing");
  EXPECT_EQ(runtime_->status("a")->state, State::running);
}

TEST_F(Shell, IsShWhereBashIsNotAndSaysSoWhereNeitherIs) {
  Spec spec{.id = "a", .name = "train"};
  spec.command = {"/bin/sh", "-c",
                  "read go; /bin/mkdir /tmp/only; /bin/ln -s /bin/sh /tmp/only/sh; echo made; /bin/sleep 1000"};
  spec.env = {{"PATH", "/tmp/only"}};
  start(spec);
  const auto none = shell_of("a");
  EXPECT_TRUE(none.screen->wait_end());
  ASSERT_TRUE(*none.shell_end);
  EXPECT_EQ((*none.shell_end)->failure, "command_not_found");
  const auto own = attach("a");
  ASSERT_TRUE(own.attachment->write("go\n"));
  own.screen->with("made\r");
  answer(shell_of("a"), "echo \"plain-$0${BASH_VERSION}\"", "plain-sh\r");
}

TEST_F(Shell, OutlivesTheKilledNodeWithItsVariablesAndScrollback) {
  runtime_.reset();
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t node = ::fork();
  if (node == 0) {
    auto opened = open(options());
    bool told = opened && (*opened)->start(shell("a", clockwork));
    test::Screen screen;
    std::shared_ptr<Attachment> terminal;
    if (told)
      terminal = (*opened)
                     ->attach("a", {}, {.output = [&](std::string bytes) { screen.add(bytes); }}, TerminalOf::shell)
                     .value_or(nullptr);
    told = terminal && terminal->write("kept=$((6*7)); echo set-$kept\n") &&
           screen.with("set-42").find("set-42") != std::string::npos;
    (void)!::write(ready[1], told ? "y" : "n", 1);
    for (;;) ::pause();
  }
  char answered = 'n';
  ASSERT_EQ(::read(ready[0], &answered, 1), 1);
  ::close(ready[0]);
  ::close(ready[1]);
  ASSERT_EQ(::kill(node, SIGKILL), 0);
  ASSERT_EQ(::waitpid(node, nullptr, 0), node);
  ASSERT_EQ(answered, 'y');
  reopen();
  const auto terminal = shell_of("a");
  EXPECT_NE(terminal.screen->with("set-42").find("set-42"), std::string::npos);
  answer(terminal, "echo still-$kept", "still-42");
}

TEST_F(Shell, ScrollbackIsBoundedAndAFloodHoldsUpNobody) {
  start(shell("a", clockwork));
  const auto first = shell_of("a");
  answer(first, "seq 1 100000; printf fin-$((1+1)); exec sleep 1000", "fin-2");  // no prompt comes after it
  first.attachment->detach();
  const auto late = shell_of("a");
  const std::string text = late.screen->with("fin-2");
  EXPECT_LE(text.size(), scrollback_bytes);
  EXPECT_GT(text.size(), scrollback_bytes - 4096);
}

}  // namespace
}  // namespace runtime
