#include "products/gpuaas/node/runtime/launch.hpp"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace runtime {
namespace {

constexpr int told_fd = 3;
constexpr int high_fd = 16;

/// In the child of a process with threads: nothing here takes memory or a lock.
[[noreturn]] void become_shim(int null, int log, int told, char* const* argv) {
  ::setsid();
  const pid_t shim = ::fork();
  if (shim != 0) ::_exit(shim < 0 ? 1 : 0);
  const int wanted[] = {::fcntl(null, F_DUPFD, high_fd), ::fcntl(null, F_DUPFD, high_fd),
                        ::fcntl(log, F_DUPFD, high_fd), ::fcntl(told, F_DUPFD, high_fd)};
  for (int fd = 0; fd <= told_fd; ++fd) ::dup2(wanted[fd], fd);
  ::syscall(SYS_close_range, told_fd + 1u, ~0u, 0u);
  sigset_t none;
  ::sigemptyset(&none);
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::umask(077);
  if (::chdir("/") != 0) ::_exit(1);
  char* const environment[] = {nullptr};
  ::execve(argv[0], argv, environment);
  ::_exit(127);
}

}  // namespace

shim::Descriptor launch(const std::string& shim_program, const std::string& folder) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return {};
  shim::Descriptor near{ends[0]};
  const shim::Descriptor far{ends[1]};
  const shim::Descriptor null{::open("/dev/null", O_RDWR | O_CLOEXEC)};
  const shim::Descriptor log{::open((folder + "/shim.log").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)};
  if (!null || !log) return {};
  char* const argv[] = {const_cast<char*>(shim_program.c_str()), const_cast<char*>(folder.c_str()), nullptr};
  const pid_t between = ::fork();
  if (between == 0) become_shim(null.get(), log.get(), far.get(), argv);
  if (between < 0) return {};
  int status = 0;
  while (::waitpid(between, &status, 0) < 0 && errno == EINTR) {
  }
  return status == 0 ? std::move(near) : shim::Descriptor{};
}

}  // namespace runtime
