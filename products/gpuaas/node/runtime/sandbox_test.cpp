// The sandbox, tried from inside: every line of sandbox.cases is a workload of its own.
#include <arpa/inet.h>
#include <sys/socket.h>

#include <fstream>

#include "products/gpuaas/node/runtime/fixture.hpp"
#include "products/gpuaas/node/shim/descriptor.hpp"

namespace runtime {
namespace {

// The kernel's answer to any call, without a compiler inside: perl's syscall(), whose failures are -1 and $!.
constexpr std::string_view call_program =
    R"(my @a = map { $_ + 0 } @ARGV; my $r = syscall(shift(@a), @a); print $r < 0 ? "refused: $!\n" : "answer $r\n";)";

struct Attempt {
  std::string story;
  std::string script;
  std::string ending;  // "exit 1"
  std::string says;    // may be empty
  int line = 0;
};

std::string trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return std::string{text.substr(first, text.find_last_not_of(' ') - first + 1)};
}

std::vector<Attempt> attempts(const std::string& path) {
  std::ifstream file{path};
  std::vector<Attempt> all;
  std::string line, story;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.empty() || line.front() == '#') continue;
    if (line.starts_with("case ")) {
      story = line.substr(5);
      continue;
    }
    const auto arrow = line.rfind("=>");
    if (arrow == std::string::npos) continue;
    const std::string outcome = line.substr(arrow + 2);
    const auto says = outcome.find(" says ");
    all.push_back({story, trimmed(line.substr(0, arrow)), trimmed(outcome.substr(0, says)),
                   says == std::string::npos ? "" : trimmed(outcome.substr(says + 6)), number});
  }
  return all;
}

std::string ending(const Status& status) {
  switch (status.end) {
    case End::exit:
      return "exit " + std::to_string(status.exit_code);
    case End::signal:
      return "signal " + std::to_string(status.signal);
    case End::oom_killed:
      return "oom_killed";
    default:
      return status.failure + " " + status.detail;
  }
}

class Sandbox : public test::RuntimeTest {
 protected:
  /// A listening socket on the host's loopback: the server's, as far as a workload can tell.
  std::string listen_on_loopback() {
    server_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof address;
    EXPECT_EQ(::bind(server_.get(), reinterpret_cast<sockaddr*>(&address), length), 0);
    EXPECT_EQ(::listen(server_.get(), 4), 0);
    EXPECT_EQ(::getsockname(server_.get(), reinterpret_cast<sockaddr*>(&address), &length), 0);
    return std::to_string(ntohs(address.sin_port));
  }

  shim::Descriptor server_;
};

TEST_F(Sandbox, Cases) {
  const std::string port = listen_on_loopback();
  const auto all = attempts("products/gpuaas/node/runtime/sandbox.cases");
  ASSERT_GT(all.size(), 50u);
  for (const auto& attempt : all) {
    Spec spec = shell("try-" + std::to_string(attempt.line), attempt.script);
    spec.memory_bytes = 128 << 20;
    spec.home_bytes = 8 << 20;
    spec.pids = 32;
    spec.env = {{"HOST_PID", std::to_string(::getpid())},
                {"HOST_PORT", port},
                {"NODE_DIR", directory_},
                {"CALL", std::string{call_program}}};
    const Status status = run(spec);
    const std::string shown = whole_log(spec.id);
    SCOPED_TRACE("sandbox.cases:" + std::to_string(attempt.line) + " " + attempt.story + ": " + attempt.script);
    if (attempt.ending == "forks refused") {
      EXPECT_GT(status.pids_refused, 0) << shown;
    } else {
      EXPECT_EQ(ending(status), attempt.ending) << shown;
    }
    EXPECT_NE(shown.find(attempt.says), std::string::npos) << "says " << attempt.says << ", not: " << shown;
    EXPECT_TRUE(runtime_->remove(spec.id));
  }
}

TEST_F(Sandbox, TwoWorkloadsHaveTheirOwnUidsAndDoNotSeeEachOther) {
  const Status one = start(shell("one", "echo secret > ~/mine; echo secret > /tmp/mine; exec sleep 1001"));
  const Status two = start(shell("two", "sleep 1002"));
  EXPECT_NE(one.host_uid, two.host_uid);
  const test::Ran seen =
      exec("two", {.command = {"sh", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' '; cat ~/mine /tmp/mine"}});
  EXPECT_EQ(seen.output.find("1001"), std::string::npos) << seen.output;
  EXPECT_NE(seen.output.find("1002"), std::string::npos);
  EXPECT_EQ(seen.error.find("secret"), std::string::npos);
}

TEST_F(Sandbox, FurtherProcessIsHeldAsTheFirstOneIs) {
  start(shell("a", "sleep 1000"));
  const test::Ran ran =
      exec("a", {.command = {"sh", "-c",
                             "grep -E 'Uid|Cap|NoNewPrivs|Seccomp:|Groups' /proc/self/status; hostname; readlink "
                             "/proc/self/ns/*; cat /proc/self/cgroup; ls /proc/self/fd; unshare -U true"}});
  const test::Ran first = exec("a", {.command = {"sh", "-c", "grep -E 'Cap' /proc/2/status; readlink /proc/2/ns/*"}});
  for (const auto* word : {"Uid:\t1000\t1000\t1000\t1000", "CapEff:\t0000000000000000", "CapBnd:\t0000000000000000",
                           "CapPrm:\t0000000000000000", "CapInh:\t0000000000000000", "CapAmb:\t0000000000000000",
                           "NoNewPrivs:\t1", "Seccomp:\t2", "train\n"})
    EXPECT_NE(ran.output.find(word), std::string::npos) << word << " not in " << ran.output;
  std::istringstream namespaces{first.output};
  for (std::string line; std::getline(namespaces, line);)
    if (line.find(":[") != std::string::npos)
      EXPECT_NE(ran.output.find(line), std::string::npos) << line << "\n" << ran.output;
  EXPECT_NE(ran.error.find("Operation not permitted"), std::string::npos) << ran.error;
  EXPECT_NE(ran.output.find("0\n1\n2\n"), std::string::npos) << ran.output;
  EXPECT_EQ(ran.output.find("\n4\n5\n"), std::string::npos) << "a descriptor of the shim's came in: " << ran.output;
}

TEST_F(Sandbox, FurtherProcessCountsInTheWorkloadsLimits) {
  Spec spec = shell("a", "sleep 1000");
  spec.memory_bytes = 64 << 20;
  start(spec);
  const test::Ran ran = exec("a", {.command = {"perl", "-e", "$x = chr(65) x (200 << 20)"}});
  EXPECT_EQ(ran.end.signal, 9);
  EXPECT_GE(runtime_->usage("a")->oom_kills, 1);
  EXPECT_EQ(runtime_->status("a")->state, State::running);
}

}  // namespace
}  // namespace runtime
