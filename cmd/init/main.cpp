// gpuaas-init: what runs first inside a sandbox. As process 1 (`first`) it opens a terminal in the sandbox's own
// devpts, sends the master to the shim, starts the command on the slave, reaps orphans, and reports the command's true
// wait status; when it ends, the kernel ends everything in the sandbox. As `more` it becomes a further command in that
// sandbox.
//
// It runs with the workload's uid and trusts nobody: it is not dumpable, so the workload can neither trace it nor open
// its descriptors, and the command inherits none of them.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <vector>

#include "products/gpuaas/node/shim/init_wire.hpp"

namespace {

struct Plan {
  winsize size{};
  bool tty = false;
  char* directory = nullptr;
  std::vector<char*> env;
  std::vector<char*> argv;
};

void send(init::Message message, int descriptor = -1) {
  iovec part{&message, sizeof message};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr packet{};
  packet.msg_iov = &part;
  packet.msg_iovlen = 1;
  if (descriptor >= 0) {
    packet.msg_control = control;
    packet.msg_controllen = sizeof control;
    cmsghdr* head = CMSG_FIRSTHDR(&packet);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(head), &descriptor, sizeof descriptor);
  }
  while (sendmsg(init::socket_fd, &packet, MSG_NOSIGNAL) < 0 && errno == EINTR) {
  }
}

[[noreturn]] void fail(init::Stage stage, int error) {
  send({init::failed, stage, 0, error});
  _exit(127);
}

/// The plan's bytes stay allocated: argv and env point into them, up to the exec.
Plan read_plan() {
  struct stat about{};
  if (fstat(init::plan_fd, &about) != 0) fail(init::at_exec, errno);
  const auto length = static_cast<size_t>(about.st_size);
  char* bytes = static_cast<char*>(malloc(length + 1));
  if (bytes == nullptr || pread(init::plan_fd, bytes, length, 0) != about.st_size) fail(init::at_exec, EIO);
  bytes[length] = 0;
  std::vector<char*> words;
  for (char* at = bytes; at < bytes + length; at += strlen(at) + 1) words.push_back(at);
  if (words.size() < 6) fail(init::at_exec, EINVAL);
  Plan plan;
  plan.size.ws_row = static_cast<unsigned short>(atoi(words[0]));
  plan.size.ws_col = static_cast<unsigned short>(atoi(words[1]));
  plan.tty = words[2][0] == '1';
  plan.directory = words[3];
  const size_t variables = strtoul(words[4], nullptr, 10);
  if (words.size() < 6 + variables) fail(init::at_exec, EINVAL);
  plan.env.assign(words.begin() + 5, words.begin() + 5 + static_cast<long>(variables));
  plan.argv.assign(words.begin() + 5 + static_cast<long>(variables), words.end());
  plan.env.push_back(nullptr);
  plan.argv.push_back(nullptr);
  return plan;
}

/// A terminal of the sandbox's own devpts, so that its name (`tty`) is true inside. Returns the slave; the master is
/// sent.
int open_terminal(const Plan& plan) {
  const int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (master < 0) fail(init::at_terminal, errno);
  int locked = 0;
  if (ioctl(master, TIOCSPTLCK, &locked) != 0) fail(init::at_terminal, errno);
  ioctl(master, TIOCSWINSZ, &plan.size);
  const int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (slave < 0) fail(init::at_terminal, errno);
  send({init::terminal, 0, 0, 0}, master);
  close(master);
  return slave;
}

/// Becomes the command; comes back only with the errno and stage of what failed.
init::Message become(Plan& plan, int slave) {
  sigset_t none;
  sigemptyset(&none);
  for (int number = 1; number < NSIG; ++number) signal(number, SIG_DFL);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  setsid();
  if (slave >= 0) {
    for (int fd = 0; fd < 3; ++fd) dup2(slave, fd);
    ioctl(0, TIOCSCTTY, 0);
  }
  if (chdir(plan.directory) != 0) return {init::failed, init::at_directory, 0, errno};
  send({init::about, 0, 0, 0});
  environ = plan.env.data();
  execvp(plan.argv[0], plan.argv.data());
  return {init::failed, init::at_exec, 0, errno};
}

[[noreturn]] void reap_until(pid_t command) {
  for (;;) {
    int status = 0;
    const pid_t gone = waitpid(-1, &status, 0);
    if (gone == command) {
      send({init::ended, 0, 0, status});
      _exit(0);
    }
    if (gone < 0 && errno != EINTR) _exit(1);
  }
}

[[noreturn]] void first(Plan& plan) {
  const int slave = open_terminal(plan);
  int seen[2];
  if (pipe2(seen, O_CLOEXEC) != 0) fail(init::at_fork, errno);
  const pid_t command = fork();
  if (command < 0) fail(init::at_fork, errno);
  if (command == 0) {
    const init::Message failure = become(plan, slave);
    if (write(seen[1], &failure, sizeof failure) < 0) _exit(126);
    _exit(127);
  }
  close(seen[1]);
  close(slave);
  const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = 0; null >= 0 && fd < 3; ++fd) dup2(null, fd);
  init::Message failure{};
  ssize_t got = 0;
  while ((got = read(seen[0], &failure, sizeof failure)) < 0 && errno == EINTR) {
  }
  if (got == sizeof failure) {
    send(failure);
    _exit(127);
  }
  close(seen[0]);
  send({init::running, 0, 0, 0});
  reap_until(command);
}

}  // namespace

int main(int argc, char** argv) {
  prctl(PR_SET_DUMPABLE, 0);
  if (argc != 2 || fcntl(init::socket_fd, F_SETFD, FD_CLOEXEC) != 0) {
    fprintf(stderr, "gpuaas-init is started by gpuaas-shim only\n");
    return 2;
  }
  Plan plan = read_plan();
  syscall(SYS_close_range, 4u, ~0u, 0u);
  if (strcmp(argv[1], "first") == 0) first(plan);
  const int slave = plan.tty ? open_terminal(plan) : -1;
  const init::Message failure = become(plan, slave);
  send(failure);
  return 127;
}
