// Terminals: what is typed arrives, what is shown is shown to all, and who comes late or is slow is told so.
#include "products/gpuaas/node/runtime/fixture.hpp"

namespace runtime {
namespace {

using namespace std::chrono_literals;
using Terminal = test::RuntimeTest;

Spec shell_on_terminal(const std::string& id) {
  Spec spec{.id = id, .name = "train", .command = {"bash", "--norc", "--noediting", "-i"}};
  spec.env = {{"PS1", "$ "}};
  return spec;
}

TEST_F(Terminal, KeysReachTheShellAndItsNameIsTrueInside) {
  start(shell_on_terminal("a"));
  auto terminal = attach("a");
  ASSERT_TRUE(terminal.attachment->write("tty; echo $((6*7)) done\n"));
  const std::string text = terminal.screen->with("42 done");
  EXPECT_NE(text.find("/dev/pts/0\r\n"), std::string::npos) << text;
  EXPECT_NE(text.find("42 done"), std::string::npos) << text;
}

TEST_F(Terminal, LateComerGetsScrollbackFirstAndAllSeeTheSame) {
  start(shell_on_terminal("a"));
  auto first = attach("a");
  ASSERT_TRUE(first.attachment->write("echo one-$((1+1))\n"));
  first.screen->with("one-2");
  auto second = attach("a");
  EXPECT_NE(second.screen->with("one-2").find("one-2"), std::string::npos);
  ASSERT_TRUE(second.attachment->write("echo two-$((1+1))\n"));
  EXPECT_NE(first.screen->with("two-2").find("two-2"), std::string::npos);
  EXPECT_NE(second.screen->with("two-2").find("two-2"), std::string::npos);
}

TEST_F(Terminal, LastResizeDecides) {
  start(shell_on_terminal("a"));
  auto first = attach("a", {.rows = 30, .cols = 100});
  ASSERT_TRUE(first.attachment->write("stty size\n"));
  EXPECT_NE(first.screen->with("30 100\r").find("30 100\r"), std::string::npos);
  auto second = attach("a", {.rows = 40, .cols = 120});
  second.attachment->resize({.rows = 50, .cols = 132});
  ASSERT_TRUE(second.attachment->write("stty size\n"));
  EXPECT_NE(second.screen->with("50 132\r").find("50 132\r"), std::string::npos) << second.screen->text();
}

TEST_F(Terminal, ResizeIsToldToTheCommandByASignal) {
  start(shell("a", "trap 'stty size' WINCH; echo ready; while :; do sleep 0.05; done"));
  auto terminal = attach("a");
  terminal.screen->with("ready");
  terminal.attachment->resize({.rows = 11, .cols = 22});
  EXPECT_NE(terminal.screen->with("11 22").find("11 22"), std::string::npos);
}

TEST_F(Terminal, InterruptKeyInterrupts) {
  start(shell("a", "trap 'echo caught; c=1' INT; echo ready; while [ -z \"$c\" ]; do sleep 0.05; done; echo after"));
  auto terminal = attach("a");
  terminal.screen->with("ready");
  ASSERT_TRUE(terminal.attachment->write("\x03"));
  EXPECT_NE(terminal.screen->with("after").find("caught"), std::string::npos);
}

TEST_F(Terminal, ScrollbackIsBoundedAndBeginsAtALine) {
  start(shell("a", "seq 1 100000; echo fin; sleep 1000"));
  attach("a").screen->with("fin\r\n");
  auto late = attach("a");
  const std::string text = late.screen->with("fin\r\n");
  EXPECT_LE(text.size(), scrollback_bytes);
  EXPECT_GT(text.size(), scrollback_bytes - 100);
  const std::string first = text.substr(0, text.find('\r'));
  EXPECT_EQ(first.size(), std::to_string(std::stoi(first)).size());
  EXPECT_NE(text.find("\r\n" + std::to_string(std::stoi(first) + 1) + "\r\n"), std::string::npos);
}

TEST_F(Terminal, ManyByteCharactersSurviveWhereverTheyAreCut) {
  start(shell("a",
              "i=0; while [ $i -lt 300 ]; do printf 'zażółć gęślą jaźń 漢字 🙂'; i=$((i+1)); done; echo; echo fin; "
              "sleep 1000"));
  auto terminal = attach("a");
  const std::string text = terminal.screen->with("fin");
  std::size_t found = 0;
  for (std::size_t at = text.find("漢字 🙂"); at != std::string::npos; at = text.find("漢字 🙂", at + 1)) ++found;
  EXPECT_EQ(found, 300u);
}

TEST_F(Terminal, LongPasteArrivesWhole) {
  start(shell("a", "stty raw -echo; echo ready; head -c 300000 | sha256sum; echo fin; sleep 1000"));
  auto terminal = attach("a");
  terminal.screen->with("ready");
  std::string paste;
  for (int i = 0; paste.size() < 300000; ++i) paste += std::to_string(i) + " ";
  paste.resize(300000);
  ASSERT_TRUE(terminal.attachment->write(paste));
  const std::string text = terminal.screen->with("fin");
  const test::Ran expected = exec("a", {.command = {"sha256sum"}}, paste);
  EXPECT_NE(text.find(expected.output.substr(0, 64)), std::string::npos) << text;
}

TEST_F(Terminal, WriteSaysWhenItsBytesWereHandedOn) {
  start(shell("a", "stty -echo; echo ready; read line; echo got $line"));
  auto terminal = attach("a");
  terminal.screen->with("ready");
  test::Screen handed;
  ASSERT_TRUE(terminal.attachment->write("x\n", [&] { handed.end(); }));
  EXPECT_TRUE(handed.wait_end());
  EXPECT_FALSE(terminal.attachment->write(std::string(write_queue_max + 1, 'x')));
}

TEST_F(Terminal, SlowReaderIsToldWhatItMissedAndHoldsUpNobody) {
  start(shell("a", "read go; seq 1 400000; echo fin; sleep 1000"));
  std::mutex mutex;
  std::int64_t skipped = 0;
  std::string seen;
  test::Screen over;
  auto slow = runtime_->attach("a", {},
                               {.output =
                                    [&](std::string bytes) {
                                      const std::lock_guard lock{mutex};
                                      seen += bytes;
                                      over.add(bytes);
                                    },
                                .skipped =
                                    [&](std::int64_t bytes) {
                                      const std::lock_guard lock{mutex};
                                      skipped += bytes;
                                      seen.clear();
                                    }});
  ASSERT_TRUE(slow);
  (*slow)->hold(true);
  auto fast = attach("a");
  ASSERT_TRUE(fast.attachment->write("go\n"));
  fast.screen->with("fin\r\n");
  (*slow)->hold(false);
  over.with("fin\r\n");
  const std::lock_guard lock{mutex};
  EXPECT_GT(skipped, 1 << 20);
  const std::string first = seen.substr(0, seen.find('\r'));
  EXPECT_EQ(first, std::to_string(std::stoi(first)));
  (*slow)->detach();
}

TEST_F(Terminal, EndIsToldAndAnEndedTerminalShowsItsLastBytes) {
  start(shell("a", "read go; echo last words; exit 3"));
  auto terminal = attach("a");
  ASSERT_TRUE(terminal.attachment->write("go\n"));
  EXPECT_TRUE(terminal.screen->wait_end());
  EXPECT_EQ(runtime_->status("a")->exit_code, 3);
  auto late = attach("a");
  EXPECT_TRUE(late.screen->wait_end());
  EXPECT_NE(late.screen->text().find("last words\r\n"), std::string::npos);
  EXPECT_FALSE(late.attachment->write("x"));
}

TEST_F(Terminal, LogIsWhatTheTerminalShowedByteForByte) {
  start(shell("a", "seq 1 20000; printf 'no newline at end'"));
  wait_exited("a");
  std::string log;
  for (;;) {
    const auto piece = runtime_->log("a", static_cast<std::int64_t>(log.size()), 10'000);
    ASSERT_TRUE(piece);
    ASSERT_EQ(piece->offset, static_cast<std::int64_t>(log.size()));
    ASSERT_FALSE(piece->bytes.empty());  // the last says itself that it is
    log += piece->bytes;
    if (piece->ended) break;
  }
  std::string expected;
  for (int i = 1; i <= 20000; ++i) expected += std::to_string(i) + "\r\n";
  EXPECT_EQ(log, expected + "no newline at end");
}

TEST_F(Terminal, FollowedLogComesPieceByPieceToItsEnd) {
  start(shell("a", "for i in 1 2 3 4 5; do echo line $i; sleep 0.02; done; exit 0"));
  test::Screen log;
  std::int64_t offset = 0;
  auto watch = runtime_->watch_log("a", [&] {
    for (;;) {
      const auto piece = runtime_->log("a", offset, 7);
      ASSERT_TRUE(piece);
      log.add(piece->bytes);
      offset = piece->offset + static_cast<std::int64_t>(piece->bytes.size());
      if (piece->ended) return log.end();
      if (piece->bytes.empty()) return;
    }
  });
  ASSERT_TRUE(watch);
  EXPECT_TRUE(log.wait_end());
  EXPECT_EQ(log.text(), "line 1\r\nline 2\r\nline 3\r\nline 4\r\nline 5\r\n");
}

}  // namespace
}  // namespace runtime
