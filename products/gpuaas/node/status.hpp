// What is known of a workload, in words that the runtime, its shims and the node's reports share. Values only.
#pragma once

#include <boost/describe.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace runtime {

inline constexpr std::size_t scrollback_bytes = 256 << 10;
inline constexpr std::int64_t log_file_bytes = 16 << 20;  // one file; two are kept, so 16 to 32 MiB of log

struct TerminalSize {
  std::int32_t rows = 24;
  std::int32_t cols = 80;
  bool operator==(const TerminalSize&) const = default;
};
BOOST_DESCRIBE_STRUCT(TerminalSize, (), (rows, cols))

enum class State { starting, running, exited };
BOOST_DESCRIBE_ENUM(State, starting, running, exited)

/// How it ended. `exit`: exit_code. `signal`: signal. `oom_killed`: the kernel killed it for its memory limit.
/// `start_failure`: the command never ran, see failure and detail. `lost`: its shim was killed, so its own end is not
/// known; exited_at is when that was noticed.
enum class End { none, exit, signal, oom_killed, start_failure, lost };
BOOST_DESCRIBE_ENUM(End, none, exit, signal, oom_killed, start_failure, lost)

struct Status {
  State state = State::starting;
  std::int64_t pid = 0;  // of the command, on the host
  std::int64_t shim_pid = 0;
  std::int64_t host_uid = 0;
  std::int64_t started_at_us = 0;  // wall clock, when the command's exec was seen; 0: never ran
  std::int64_t exited_at_us = 0;   // 0: not yet
  End end = End::none;
  std::int32_t exit_code = 0;
  std::int32_t signal = 0;
  std::string failure =
      {};  // command_not_found, command_not_executable, directory_missing, sandbox_failed, start_interrupted
  std::string detail = {};            // for a person
  std::int64_t stop_asked_at_us = 0;  // 0: nobody asked
  std::int64_t oom_kills = 0;         // processes of it that the kernel killed for memory, the command or another
  std::int64_t pids_refused = 0;      // forks refused by its pids limit
  std::int64_t cpu_us = 0;            // final figures, once exited
  std::int64_t memory_peak_bytes = 0;

  bool operator==(const Status&) const = default;
};
BOOST_DESCRIBE_STRUCT(Status, (),
                      (state, pid, shim_pid, host_uid, started_at_us, exited_at_us, end, exit_code, signal, failure,
                       detail, stop_asked_at_us, oom_kills, pids_refused, cpu_us, memory_peak_bytes))

struct ExecSpec {
  std::vector<std::string> command;
  std::map<std::string, std::string> env = {};  // over the workload's own
  std::string directory = {};                   // empty: the workload's
  bool tty = false;
  TerminalSize terminal = {};
};
BOOST_DESCRIBE_STRUCT(ExecSpec, (), (command, env, directory, tty, terminal))

struct ExecEnd {
  std::int32_t exit_code = 0;  // 128 + signal when a signal ended it
  std::int32_t signal = 0;
  std::string failure =
      {};  // command_not_found, command_not_executable, directory_missing, exec_failed, lost; else empty
  std::string detail = {};
};
BOOST_DESCRIBE_STRUCT(ExecEnd, (), (exit_code, signal, failure, detail))

}  // namespace runtime
