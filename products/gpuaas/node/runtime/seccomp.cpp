#include "products/gpuaas/node/runtime/seccomp.hpp"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "products/gpuaas/node/runtime.hpp"

namespace runtime {
namespace {

constexpr const char* refused[] = {
    // mounts and roots
    "mount",
    "umount",
    "umount2",
    "pivot_root",
    "chroot",
    "move_mount",
    "open_tree",
    "fsopen",
    "fsconfig",
    "fsmount",
    "fspick",
    "mount_setattr",
    "swapon",
    "swapoff",
    "quotactl",
    "quotactl_fd",
    "open_by_handle_at",
    // namespaces
    "setns",
    // the kernel itself
    "init_module",
    "finit_module",
    "delete_module",
    "kexec_load",
    "kexec_file_load",
    "bpf",
    "perf_event_open",
    "userfaultfd",
    "keyctl",
    "add_key",
    "request_key",
    "syslog",
    "acct",
    "reboot",
    "iopl",
    "ioperm",
    "lookup_dcookie",
    "nfsservctl",
    "vhangup",
    // clocks and names of the machine
    "settimeofday",
    "clock_settime",
    "clock_adjtime",
    "adjtimex",
    "sethostname",
    "setdomainname",
};

// Their arguments lie in memory, where a filter cannot look: callers fall back to the older calls, which it can judge.
constexpr const char* absent[] = {"clone3", "io_uring_setup", "io_uring_enter", "io_uring_register"};

constexpr std::uint32_t namespace_flags[] = {CLONE_NEWUSER, CLONE_NEWNS,  CLONE_NEWPID,   CLONE_NEWNET,
                                             CLONE_NEWIPC,  CLONE_NEWUTS, CLONE_NEWCGROUP};

bool add_by_name(scmp_filter_ctx filter, const char* name, int error) {
  const int number = ::seccomp_syscall_resolve_name(name);
  if (number == __NR_SCMP_ERROR || number < 0) return true;  // not of this machine
  return ::seccomp_rule_add(filter, SCMP_ACT_ERRNO(static_cast<unsigned>(error)), number, 0) == 0;
}

bool add_flags(scmp_filter_ctx filter, int call) {
  for (const std::uint64_t flag : namespace_flags) {
    const scmp_arg_cmp has{0, SCMP_CMP_MASKED_EQ, flag, flag};
    if (::seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), call, 1, &has) != 0) return false;
  }
  return true;
}

/// The kernel compares 32 bits of a request or a family, so does the filter: the upper half must not hide one.
bool add_value(scmp_filter_ctx filter, int call, unsigned argument, std::uint64_t value, int error) {
  const scmp_arg_cmp is{argument, SCMP_CMP_MASKED_EQ, 0xFFFFFFFFu, value};
  return ::seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(static_cast<unsigned>(error)), call, 1, &is) == 0;
}

bool add_rules(scmp_filter_ctx filter) {
  for (const char* name : refused)
    if (!add_by_name(filter, name, EPERM)) return false;
  for (const char* name : absent)
    if (!add_by_name(filter, name, ENOSYS)) return false;
  if (!add_flags(filter, SCMP_SYS(clone)) || !add_flags(filter, SCMP_SYS(unshare))) return false;
  for (const std::uint64_t request : {TIOCSTI, TIOCLINUX})
    if (!add_value(filter, SCMP_SYS(ioctl), 1, request, EPERM)) return false;
  for (const std::uint64_t family : {AF_VSOCK, AF_ALG})
    if (!add_value(filter, SCMP_SYS(socket), 0, family, EAFNOSUPPORT)) return false;
  return true;
}

std::string exported(scmp_filter_ctx filter) {
  const int fd = ::memfd_create("seccomp", MFD_CLOEXEC);
  std::string program;
  if (fd >= 0 && ::seccomp_export_bpf(filter, fd) == 0) {
    program.resize(static_cast<std::size_t>(::lseek(fd, 0, SEEK_END)));
    const ssize_t got = ::pread(fd, program.data(), program.size(), 0);
    if (got != static_cast<ssize_t>(program.size())) program.clear();
  }
  if (fd >= 0) ::close(fd);
  return program;
}

}  // namespace

base::Result<std::string> seccomp_program() {
  scmp_filter_ctx filter = ::seccomp_init(SCMP_ACT_ALLOW);
  if (filter == nullptr) return base::Error{sandbox_unavailable, "seccomp_init failed"};
  ::seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS));
  const bool ok = add_rules(filter);
  const std::string program = ok ? exported(filter) : std::string{};
  ::seccomp_release(filter);
  if (program.empty()) return base::Error{sandbox_unavailable, "libseccomp cannot make the filter"};
  return program;
}

}  // namespace runtime
