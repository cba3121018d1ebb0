#include "products/gpuaas/node/shim/children.hpp"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "products/gpuaas/node/shim/folder.hpp"

namespace shim {
namespace {

constexpr int placed_from = 256;  // descriptors wait above here until each has its number

base::Error failed(std::string_view what) { return {child_failed, std::string{what} + ": " + ::strerror(errno)}; }

Descriptor in_memory(std::string_view bytes) {
  Descriptor file{static_cast<int>(::syscall(SYS_memfd_create, "plan", 1u /* MFD_CLOEXEC */))};
  if (!file || ::write(file.get(), bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) return {};
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

std::string nul_ended(const std::vector<std::string>& words) {
  std::string all;
  for (const auto& word : words) (all += word) += '\0';
  return all;
}

std::string init_plan(const runtime::TerminalSize& size, bool tty, const std::string& directory,
                      const std::vector<std::string>& environment, const std::vector<std::string>& command) {
  return nul_ended({std::to_string(size.rows), std::to_string(size.cols), tty ? "1" : "0", directory,
                    std::to_string(environment.size())}) +
         nul_ended(environment) + nul_ended(command);
}

/// A pair of packet sockets; what the near end receives names its sender.
bool control_pair(Descriptor& near, Descriptor& far) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return false;
  near.reset(ends[0]);
  far.reset(ends[1]);
  const int on = 1;
  return ::setsockopt(near.get(), SOL_SOCKET, SO_PASSCRED, &on, sizeof on) == 0;
}

bool pipe_pair(Descriptor& read, Descriptor& write) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return false;
  read.reset(ends[0]);
  write.reset(ends[1]);
  return true;
}

void unblock(const Descriptor& fd) { ::fcntl(fd.get(), F_SETFL, ::fcntl(fd.get(), F_GETFL) | O_NONBLOCK); }

// ---- in a child, between fork and exec ----

/// Gives descriptor i the number i, and lets no other live past the exec.
void place(const std::vector<int>& wanted) {
  std::vector<int> high;
  for (const int fd : wanted) high.push_back(::fcntl(fd, F_DUPFD, placed_from));
  for (std::size_t i = 0; i < high.size(); ++i) ::dup2(high[i], static_cast<int>(i));
  ::syscall(SYS_close_range, static_cast<unsigned>(wanted.size()), ~0u, 4u /* CLOSE_RANGE_CLOEXEC */);
}

bool join(const std::vector<std::string>& procs_files) {
  for (const auto& path : procs_files) {
    const Descriptor file{::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
    if (!file || ::write(file.get(), "0", 1) != 1) return false;
  }
  return true;
}

void plain_process() {
  sigset_t none;
  ::sigemptyset(&none);
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::umask(022);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
}

bool drop_capabilities() {
  for (int capability = 0; capability <= CAP_LAST_CAP; ++capability) ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
  ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  __user_cap_header_struct head{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct none[2] = {};
  return ::syscall(SYS_capset, &head, none) == 0;
}

bool load_seccomp(const std::string& program) {
  sock_fprog filter{static_cast<unsigned short>(program.size() / sizeof(sock_filter)),
                    reinterpret_cast<sock_filter*>(const_cast<char*>(program.data()))};
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0) == 0;
}

[[noreturn]] void tell_failure(int control, char stage) {
  const init::Message message{init::failed, stage, 0, errno};
  ::send(control, &message, sizeof message, MSG_NOSIGNAL);
  ::_exit(127);
}

struct First {
  const Plan& plan;
  const std::vector<std::string>& procs_files;
  pid_t parent;
  std::vector<int> descriptors;
  std::vector<std::string> argv;
};

[[noreturn]] void become_bubblewrap(const First& first) {
  plain_process();
  const auto uid = static_cast<uid_t>(first.plan.host_uid);
  const bool ready = join(first.procs_files) && ::setgroups(0, nullptr) == 0 && ::setresgid(uid, uid, uid) == 0 &&
                     ::setresuid(uid, uid, uid) == 0;
  if (!ready) tell_failure(first.descriptors[init::socket_fd], init::at_fork);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // bubblewrap sets it again by --die-with-parent
  if (::getppid() != first.parent) ::_exit(127);
  place(first.descriptors);
  std::vector<char*> argv;
  for (const auto& word : first.argv) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  char* const environment[] = {nullptr};
  ::execve(first.plan.bwrap.c_str(), argv.data(), environment);
  tell_failure(init::socket_fd, init::at_exec);
}

struct More {
  const Plan& plan;
  const std::vector<std::string>& procs_files;
  const std::string& seccomp;
  int sandbox;  // pidfd of its process 1
  std::vector<int> descriptors;
};

[[noreturn]] void become_init(const More& more) {
  const auto uid = static_cast<uid_t>(more.plan.inner_uid);
  const bool ready = ::setresgid(uid, uid, uid) == 0 && ::setresuid(uid, uid, uid) == 0 && drop_capabilities() &&
                     ::prctl(PR_SET_DUMPABLE, 0) == 0 && ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
                     load_seccomp(more.seccomp);
  if (!ready) tell_failure(init::socket_fd, init::at_fork);
  char name[] = "gpuaas-init";
  char mode[] = "more";
  char* const argv[] = {name, mode, nullptr};
  char* const environment[] = {nullptr};
  ::syscall(SYS_execveat, init::self_fd, "", argv, environment, AT_EMPTY_PATH);
  tell_failure(init::socket_fd, init::at_exec);
}

/// The namespace of processes takes effect on a child only; CLONE_PARENT makes that child the shim's own, to wait for.
[[noreturn]] void enter_and_fork(const More& more) {
  plain_process();
  ::prctl(PR_SET_DUMPABLE, 0);
  const int namespaces =
      CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
  const int control = more.descriptors[init::socket_fd];
  if (!join(more.procs_files) || ::setgroups(0, nullptr) != 0 || ::setns(more.sandbox, namespaces) != 0)
    tell_failure(control, init::at_fork);
  place(more.descriptors);
  const long command = ::syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
  if (command < 0) tell_failure(init::socket_fd, init::at_fork);
  if (command == 0) become_init(more);
  const init::Message message{entered, 0, 0, static_cast<std::int32_t>(command)};
  ::send(init::socket_fd, &message, sizeof message, MSG_NOSIGNAL);
  ::_exit(0);
}

std::vector<std::string> merged(const std::vector<std::string>& base, const std::map<std::string, std::string>& over) {
  std::vector<std::string> all;
  for (const auto& pair : base)
    if (!over.contains(pair.substr(0, pair.find('=')))) all.push_back(pair);
  for (const auto& [name, value] : over) all.push_back(name + "=" + value);
  return all;
}

}  // namespace

Got receive_control(int fd, Control& into) {
  iovec part{&into.message, sizeof into.message};
  alignas(cmsghdr) char space[CMSG_SPACE(sizeof(int)) + CMSG_SPACE(sizeof(ucred))];
  msghdr packet{};
  packet.msg_iov = &part;
  packet.msg_iovlen = 1;
  packet.msg_control = space;
  packet.msg_controllen = sizeof space;
  const ssize_t got = ::recvmsg(fd, &packet, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return Got::nothing;
  if (got != sizeof into.message) return Got::gone;
  for (cmsghdr* head = CMSG_FIRSTHDR(&packet); head != nullptr; head = CMSG_NXTHDR(&packet, head)) {
    if (head->cmsg_level != SOL_SOCKET) continue;
    if (head->cmsg_type == SCM_RIGHTS) {
      int passed = -1;
      ::memcpy(&passed, CMSG_DATA(head), sizeof passed);
      into.passed.reset(passed);
    } else if (head->cmsg_type == SCM_CREDENTIALS) {
      ucred sender{};
      ::memcpy(&sender, CMSG_DATA(head), sizeof sender);
      into.sender = sender.pid;
    }
  }
  return Got::packet;
}

base::Result<Descriptor> init_copy(const std::string& path) {
  const auto program = read_whole(path);
  if (!program) return failed(path);
  Descriptor copy = in_memory(*program);
  if (!copy || ::fchmod(copy.get(), 0711) != 0) return failed("a copy of gpuaas-init");
  // Opened anew for reading: a file that is open for writing is not executed (ETXTBSY).
  Descriptor again{::open(("/proc/self/fd/" + std::to_string(copy.get())).c_str(), O_RDONLY | O_CLOEXEC)};
  if (!again) return failed("a copy of gpuaas-init");
  return again;
}

base::Result<FirstChild> start_first(const Plan& plan, const Descriptor& init, const std::string& seccomp,
                                     const std::vector<std::string>& procs_files) {
  FirstChild child;
  Descriptor control, complaints;
  const Descriptor null{::open("/dev/null", O_RDWR | O_CLOEXEC)};
  if (!control_pair(child.control, control) || !pipe_pair(child.complaints, complaints)) return failed("descriptors");
  const Descriptor orders = in_memory(init_plan(plan.terminal, true, plan.directory, plan.environment, plan.command));
  const Descriptor filter = in_memory(seccomp);

  std::vector<std::string> arguments = plan.arguments;
  std::vector<Descriptor> files;
  First first{plan,
              procs_files,
              ::getpid(),
              {null.get(), null.get(), complaints.get(), control.get(), orders.get(), init.get(), -1, filter.get()},
              {}};
  const std::size_t arguments_fd = 6;
  for (const auto& file : plan.files) {
    files.push_back(in_memory(file.text));
    arguments.insert(arguments.end(),
                     {"--perms", "0444", "--ro-bind-data", std::to_string(first.descriptors.size()), file.path});
    first.descriptors.push_back(files.back().get());
  }
  arguments.insert(arguments.end(), plan.last_arguments.begin(), plan.last_arguments.end());
  arguments.insert(arguments.end(), {"--seccomp", "7", "--as-pid-1", "--die-with-parent"});
  const Descriptor words = in_memory(nul_ended(arguments));
  first.descriptors[arguments_fd] = words.get();
  first.argv = {"bwrap", "--args", std::to_string(arguments_fd), "/proc/self/fd/" + std::to_string(init::self_fd),
                "first"};

  child.pid = ::fork();
  if (child.pid < 0) return failed("fork");
  if (child.pid == 0) become_bubblewrap(first);
  unblock(child.complaints);
  return child;
}

base::Result<MoreChild> start_more(const Plan& plan, const runtime::ExecSpec& spec, pid_t first, const Descriptor& init,
                                   const std::string& seccomp, const std::vector<std::string>& procs_files) {
  MoreChild child;
  Descriptor control, input, output, error;
  const Descriptor null{::open("/dev/null", O_RDWR | O_CLOEXEC)};
  const Descriptor sandbox{static_cast<int>(::syscall(SYS_pidfd_open, first, 0u))};
  if (!sandbox) return failed("the sandbox");
  if (!control_pair(child.control, control)) return failed("descriptors");
  if (!spec.tty) {
    if (!pipe_pair(input, child.input) || !pipe_pair(child.output, output) || !pipe_pair(child.error, error))
      return failed("pipes");
    unblock(child.input);
    unblock(child.output);
    unblock(child.error);
  }
  const Descriptor orders =
      in_memory(init_plan(spec.terminal, spec.tty, spec.directory.empty() ? plan.directory : spec.directory,
                          merged(plan.environment, spec.env), spec.command));
  const auto or_null = [&](const Descriptor& fd) { return fd ? fd.get() : null.get(); };
  const More more{plan,
                  procs_files,
                  seccomp,
                  sandbox.get(),
                  {or_null(input), or_null(output), or_null(error), control.get(), orders.get(), init.get()}};
  child.helper = ::fork();
  if (child.helper < 0) return failed("fork");
  if (child.helper == 0) enter_and_fork(more);
  return child;
}

}  // namespace shim
