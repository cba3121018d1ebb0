#include "products/gpuaas/node/shim/sandbox.hpp"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <charconv>

#include "products/gpuaas/node/shim/folder.hpp"

namespace shim {
namespace {

using namespace std::chrono_literals;

constexpr auto kill_all_after = 500ms;
constexpr auto ask_again_after = 200ms;
constexpr auto record_again_after = 500ms;
constexpr std::size_t complaints_max = 4096;
constexpr int killed_exit = 128 + SIGKILL;  // as a shell reports a child's SIGKILL

/// SigIgn of proc(5): whether the process ignores the signal.
bool ignores(std::int64_t pid, int number) {
  const auto text = read_whole("/proc/" + std::to_string(pid) + "/status").value_or("");
  const auto at = text.find("SigIgn:");
  if (at == std::string::npos) return false;
  const auto digits = text.find_first_of("0123456789abcdef", at + 7);
  std::uint64_t mask = 0;
  std::from_chars(text.data() + digits, text.data() + text.size(), mask, 16);
  return (mask >> (number - 1) & 1) != 0;
}

std::string failure_word(const init::Message& failure) {
  if (failure.stage == init::at_directory) return "directory_missing";
  if (failure.stage != init::at_exec) return "sandbox_failed";
  return failure.number == ENOENT ? "command_not_found" : "command_not_executable";
}

}  // namespace

Sandbox::Sandbox(std::string folder, Plan plan, std::string seccomp, const cgroup::Groups& groups,
                 const base::Clock& clock, std::function<void()> changed)
    : folder_(std::move(folder)),
      plan_(std::move(plan)),
      seccomp_(std::move(seccomp)),
      groups_(groups),
      clock_(clock),
      changed_(std::move(changed)),
      log_(folder_, runtime::log_file_bytes) {
  status_.shim_pid = ::getpid();
  status_.host_uid = plan_.host_uid;
}

void Sandbox::start() {
  auto init = init_copy(plan_.init);
  if (init) init_ = std::move(*init);
  auto child = init ? start_first(plan_, init_, seccomp_, procs_files()) : base::Result<FirstChild>{init.error()};
  if (child) {
    child_ = std::move(*child);
    return record();
  }
  fail("sandbox_failed", child.error().detail);
  status_.exited_at_us = wall_us();
  concluded_ = true;
  record_end(std::chrono::steady_clock::now());
}

void Sandbox::record() {
  // One on the way that cannot be written (a full disk) is told all the same: the next is written whole.
  if (auto written = write_status(folder_, status_); !written) ::dprintf(2, "%s\n", written.error().detail.c_str());
  changed_();
}

void Sandbox::record_end(Steady now) {
  record_at_.reset();
  const auto before = std::exchange(status_.state, runtime::State::exited);
  if (auto written = write_status(folder_, status_)) return changed_();
  status_.state = before;
  record_at_ = now + record_again_after;
}

void Sandbox::add_to(Poll& poll) {
  if (record_at_) poll.wake_at(*record_at_);
  if (child_.control) poll.on(child_.control.get(), POLLIN, [this](short) { hear(); });
  if (child_.complaints) {
    poll.on(child_.complaints.get(), POLLIN, [this](short) {
      char piece[1024];
      const ssize_t got = ::read(child_.complaints.get(), piece, sizeof piece);
      if (got > 0 && complaints_.size() < complaints_max) complaints_.append(piece, static_cast<std::size_t>(got));
      if (got == 0) child_.complaints.reset();
    });
  }
  tty_.add_to(poll);
  if (kill_at_) poll.wake_at(*kill_at_);
  if (ask_at_) poll.wake_at(*ask_at_);
  if (kill_all_at_) poll.wake_at(*kill_all_at_);
}

void Sandbox::hear() {
  Control control;
  for (;;) {
    const Got got = child_.control ? receive_control(child_.control.get(), control) : Got::nothing;
    if (got == Got::gone) child_.control.reset();
    if (got != Got::packet) return;
    hear(control);
  }
}

void Sandbox::hear(Control& control) {
  switch (control.message.kind) {
    case init::terminal:
      first_ = control.sender;
      tty_.open(std::move(control.passed));
      break;
    case init::about:
      status_.pid = control.sender;
      command_.reset(static_cast<int>(::syscall(SYS_pidfd_open, control.sender, 0u)));
      break;
    case init::running:
      status_.started_at_us = wall_us();
      status_.state = runtime::State::running;
      record();
      break;
    case init::failed:
      failed_ = control.message;
      break;
    case init::ended:
      wait_status_ = control.message.number;
      status_.exited_at_us = wall_us();
      break;
    default:
      break;
  }
}

void Sandbox::send_signal(int number) {
  if (command_) ::syscall(SYS_pidfd_send_signal, command_.get(), number, nullptr, 0u);
}

void Sandbox::stop(std::chrono::milliseconds grace, Steady now) {
  if (concluded_) return;
  const bool first_time = status_.stop_asked_at_us == 0;
  const Steady at = now + grace;
  if (!kill_at_ || at < *kill_at_) kill_at_ = at;
  if (first_time) status_.stop_asked_at_us = wall_us();
  if (grace > 0ms) ask_to_end(now);
  if (first_time) record();
}

/// An interactive shell ignores SIGTERM, but while it reads or starts something it may catch it and go on: so it is
/// looked at again. What the closing of its terminal would send, it obeys.
void Sandbox::ask_to_end(Steady now) {
  ask_at_.reset();
  const bool hang_up = ignores(status_.pid, SIGTERM) && !ignores(status_.pid, SIGHUP);
  send_signal(hang_up ? SIGHUP : SIGTERM);
  send_signal(SIGCONT);
  if (!hang_up) ask_at_ = now + ask_again_after;
}

void Sandbox::kill_all() {
  if (first_ > 0) ::kill(first_, SIGKILL);
  if (child_.pid > 0) ::kill(child_.pid, SIGKILL);
  groups_.kill(plan_.group);
}

void Sandbox::look(Reaped& reaped, Steady now) {
  if (record_at_ && now >= *record_at_) record_end(now);
  if (concluded_) return;
  if (ask_at_ && now >= *ask_at_) {
    ask_at_.reset();
    if (ignores(status_.pid, SIGTERM))
      ask_to_end(now);
    else
      ask_at_ = now + ask_again_after;
  }
  if (kill_at_ && now >= *kill_at_ && !killed_) {
    ask_at_.reset();
    killed_ = true;
    kill_at_.reset();
    send_signal(SIGKILL);
    kill_all_at_ = command_ ? now + kill_all_after : now;
  }
  if (kill_all_at_ && now >= *kill_all_at_) {
    kill_all_at_.reset();
    kill_all();
  }
  const auto gone = reaped.find(child_.pid);
  if (gone == reaped.end()) return;
  const int status = gone->second;
  reaped.erase(gone);
  child_.pid = 0;
  finish(status, now);
}

void Sandbox::finish(int bubblewrap_status, Steady now) {
  hear();
  groups_.kill(plan_.group);  // bubblewrap may have been killed before its sandbox
  first_ = 0;
  if (child_.complaints) {
    char piece[complaints_max];
    const ssize_t got = ::read(child_.complaints.get(), piece, sizeof piece);
    if (got > 0) complaints_.append(piece, static_cast<std::size_t>(got));
  }
  tty_.close();
  conclude(bubblewrap_status);
  concluded_ = true;
  record_end(now);
}

void Sandbox::fail(std::string word, std::string detail) {
  status_.end = runtime::End::start_failure;
  status_.failure = std::move(word);
  status_.detail = std::move(detail);
}

/// How it ended, from what gpuaas-init said, what the kernel counted, and what bubblewrap's end adds where init was
/// silent.
void Sandbox::conclude(int bubblewrap_status) {
  if (status_.exited_at_us == 0) status_.exited_at_us = wall_us();
  if (const auto use = groups_.use(plan_.group)) {
    status_.cpu_us = use->cpu_us;
    status_.memory_peak_bytes = use->memory_peak_bytes;
    status_.oom_kills = use->oom_kills;
    status_.pids_refused = use->pids_refused;
  }
  if (failed_) {
    const auto& what = failed_->stage == init::at_directory ? plan_.directory : plan_.command.front();
    return fail(failure_word(*failed_), what + ": " + ::strerror(failed_->number));
  }
  if (status_.started_at_us == 0) {
    std::string detail = complaints_;
    while (!detail.empty() && detail.back() == '\n') detail.pop_back();
    if (detail.empty() && status_.oom_kills > 0) detail = "the memory limit is too small for the sandbox itself";
    if (detail.empty() && status_.stop_asked_at_us != 0) detail = "stopped before it started";
    if (detail.empty()) detail = "bubblewrap ended with wait status " + std::to_string(bubblewrap_status);
    return fail("sandbox_failed", detail);
  }
  const int status = wait_status_.value_or(SIGKILL);  // no word from init: it was killed, and all with it
  if (WIFSIGNALED(status)) {
    status_.end = runtime::End::signal;
    status_.signal = WTERMSIG(status);
  } else {
    status_.end = runtime::End::exit;
    status_.exit_code = WEXITSTATUS(status);
  }
  const bool by_kill = status_.signal == SIGKILL || status_.exit_code == killed_exit;
  if (status_.oom_kills > 0 && by_kill && !killed_) status_.end = runtime::End::oom_killed;
}

void Sandbox::clear_away() {
  if (auto gone = groups_.remove(plan_.group); !gone) ::dprintf(2, "%s\n", gone.error().detail.c_str());
}

}  // namespace shim
