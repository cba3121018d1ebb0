// Sandbox: the one workload of a shim, from bubblewrap's start to its last byte. It owns the terminal's master, the
// scrollback, the log and the status, and ends the workload when asked.
//
// Always true
//   - the status goes starting -> running -> exited, or starting -> exited; the end is on disk before `changed` is
//   called;
//   - once it is exited no process of the workload is alive, and its terminal's last byte is in the log; on a full disk
//   the
//     end is told later, when it could be written, and with its true time.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "products/gpuaas/node/cgroup/cgroup.hpp"
#include "products/gpuaas/node/shim/children.hpp"
#include "products/gpuaas/node/shim/log_files.hpp"
#include "products/gpuaas/node/shim/poll.hpp"
#include "products/gpuaas/node/shim/tty.hpp"
#include "shared/base/time.hpp"

namespace shim {

/// Children that waitpid returned, until their owner takes them: a pid may be known here before its owner knows it.
using Reaped = std::map<pid_t, int>;

class Sandbox final {
 public:
  Sandbox(std::string folder, Plan, std::string seccomp, const cgroup::Groups&, const base::Clock&,
          std::function<void()> changed);

  void start();
  void add_to(Poll&);
  /// After each round: takes its child, keeps its deadlines.
  void look(Reaped&, Steady now);

  void stop(std::chrono::milliseconds grace, Steady now);
  Tty& tty() { return tty_; }  // the command's own terminal
  const runtime::Status& status() const { return status_; }
  bool exited() const { return status_.state == runtime::State::exited; }
  std::int64_t log_end() const { return log_.end(); }
  const Plan& plan() const { return plan_; }
  const std::string& seccomp() const { return seccomp_; }
  const Descriptor& init() const { return init_; }
  std::vector<std::string> procs_files() const { return groups_.procs_files(plan_.group); }
  pid_t first() const { return first_; }
  /// Takes away the group; after the last use of this.
  void clear_away();

 private:
  void hear();  // all control messages that wait
  void hear(Control&);
  void send_signal(int number);
  void ask_to_end(Steady now);
  void kill_all();
  void finish(int bubblewrap_status, Steady now);
  void conclude(int bubblewrap_status);
  void fail(std::string word, std::string detail);
  void record();
  void record_end(Steady now);
  std::int64_t wall_us() const { return base::micros(clock_.now()); }

  const std::string folder_;
  const Plan plan_;
  const std::string seccomp_;
  const cgroup::Groups& groups_;
  const base::Clock& clock_;
  const std::function<void()> changed_;

  Descriptor init_;
  FirstChild child_;
  Descriptor command_;  // pidfd
  pid_t first_ = 0;     // the sandbox's process 1, on the host
  LogFiles log_;
  Tty tty_{[this](std::string_view bytes) { log_.append(bytes); }};
  runtime::Status status_;
  std::string complaints_;
  std::optional<init::Message> failed_;
  std::optional<int> wait_status_;
  std::optional<Steady> kill_at_;      // the stop's grace ends
  std::optional<Steady> ask_at_;       // asked to end, and looked at again
  std::optional<Steady> kill_all_at_;  // the command was killed, and still there
  bool killed_ = false;
  bool concluded_ = false;           // all is known of the end, but perhaps not on disk yet
  std::optional<Steady> record_at_;  // the end is written again: the disk refused it
};

}  // namespace shim
