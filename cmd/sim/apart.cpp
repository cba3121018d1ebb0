#include "cmd/sim/apart.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <sstream>

#include "shared/base/check.hpp"

namespace sim {
namespace {

struct Child {
  pid_t pid = 0;
  int results = -1;  // its verdict, as text
  int said = -1;     // its stderr
};

std::string text(const Verdict& verdict) {
  std::ostringstream out;
  out << verdict.crashes << ' ' << verdict.crashes_shared << ' ' << verdict.together_most << ' ' << verdict.requests
      << ' ' << verdict.acknowledged << ' ' << verdict.usage << ' ' << verdict.bytes_lost << '\n'
      << verdict.failure;
  return out.str();
}

std::string read_all(int file) {
  std::string text;
  std::array<char, 4096> part{};
  ::lseek(file, 0, SEEK_SET);
  for (ssize_t got = 0; (got = ::read(file, part.data(), part.size())) > 0;)
    text.append(part.data(), static_cast<std::size_t>(got));
  return text;
}

// The last thing that it said, which is what a CHECK says.
std::string last_line(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text.substr(text.rfind('\n') + 1);
}

Child begin(const Plan& plan, bool trace) {
  Child child{.results = ::memfd_create("verdict", MFD_CLOEXEC), .said = ::memfd_create("stderr", MFD_CLOEXEC)};
  CHECK(child.results >= 0 && child.said >= 0);
  child.pid = ::fork();
  CHECK(child.pid >= 0);
  if (child.pid > 0) return child;
  if (!trace) ::dup2(child.said, STDERR_FILENO);
  const std::string verdict = text(play(plan, trace));
  const bool written = ::write(child.results, verdict.data(), verdict.size()) == static_cast<ssize_t>(verdict.size());
  ::_exit(written ? 0 : 1);  // no teardown of what may be broken
}

Verdict end(const Child& child) {
  int status = 0;
  CHECK(::waitpid(child.pid, &status, 0) == child.pid);
  Verdict verdict;
  std::istringstream in{read_all(child.results)};
  in >> verdict.crashes >> verdict.crashes_shared >> verdict.together_most >> verdict.requests >>
      verdict.acknowledged >> verdict.usage >> verdict.bytes_lost;
  const bool whole = static_cast<bool>(in);
  in.get();
  verdict.failure.assign(std::istreambuf_iterator<char>{in}, {});
  if (!whole)
    verdict.failure = "the house ended by " +
                      (WIFSIGNALED(status) ? std::string{::strsignal(WTERMSIG(status))}
                                           : "exit " + std::to_string(WEXITSTATUS(status))) +
                      ": " + last_line(read_all(child.said));
  ::close(child.results);
  ::close(child.said);
  return verdict;
}

}  // namespace

std::vector<Verdict> play_apart(const std::vector<Plan>& plans, bool trace) {
  std::vector<Child> children;
  for (const Plan& plan : plans) children.push_back(begin(plan, trace));
  std::vector<Verdict> verdicts;
  for (const Child& child : children) verdicts.push_back(end(child));
  return verdicts;
}

}  // namespace sim
