// Runtime: the workloads of one machine. Starts each in a sandbox of its own (bubblewrap, own host uid, own root view,
// namespaces, seccomp, cgroup), and gives its terminal, log, processes and truth about its end. Knows no server.
//
// A workload is a folder below the runtime's directory (spec.json, status.json, log.*, sock, lock) and a shim process
// that owns its terminal and writes its status. The shim outlives whoever uses this library: `open` adopts what it
// finds.
//
// Always true
//   - an id is started at most once; its folder stays until `remove`, which is refused while it runs;
//   - two workloads with a folder never share a host uid, and none has root's, capabilities, or a way to get them;
//   - a limit that cannot be set refuses the start by the missing controller's name;
//   - a status once `exited` never changes, is on disk before anyone hears of it, and says how it ended;
//   - no process of a workload runs on after its shim's death.
//
// Calls are thread-safe. Callbacks come one at a time on the runtime's own thread: do not block in them; calling the
// runtime from them is fine. After `~Runtime` (not from a callback) none comes, and handles are dead; workloads go on.
#pragma once

#include <boost/describe.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "products/gpuaas/node/gpu/gpu.hpp"
#include "products/gpuaas/node/status.hpp"
#include "shared/base/result.hpp"
#include "shared/base/time.hpp"

namespace runtime {

inline constexpr base::Reason spec_invalid{"spec_invalid", base::Kind::invalid, "Correct the named member."};
inline constexpr base::Reason workload_exists{"workload_exists", base::Kind::conflict,
                                              "Choose another id; an ended one is removed first."};
inline constexpr base::Reason workload_running{"workload_running", base::Kind::conflict, "Stop it first."};
inline constexpr base::Reason workload_ended{"workload_ended", base::Kind::conflict,
                                             "It ended; see its status and log."};
inline constexpr base::Reason controller_missing{"controller_missing", base::Kind::unavailable,
                                                 "Give the node the named cgroup controller."};
inline constexpr base::Reason sandbox_unavailable{"sandbox_unavailable", base::Kind::unavailable,
                                                  "Run the node as root with bubblewrap installed."};
inline constexpr base::Reason uids_exhausted{"uids_exhausted", base::Kind::limited, "Remove ended workloads."};
inline constexpr base::Reason directory_in_use{"directory_in_use", base::Kind::conflict,
                                               "Another node process has this directory; stop it first."};

inline constexpr std::size_t write_queue_max = 1 << 20;  // bytes that may wait in one attachment or process
inline constexpr std::chrono::seconds start_time_max{10};
inline constexpr std::int32_t inner_uid = 1000;  // who the workload is in its own eyes: `user`
inline constexpr std::string_view inner_home = "/home/user";

struct Spec {
  std::string id;                               // [a-z0-9_-]{1,64}: the instance id's text
  std::string name;                             // host name inside: [a-z0-9-]{1,63}
  std::vector<std::string> command;             // argv; the first is looked up in PATH
  std::map<std::string, std::string> env = {};  // over HOME, USER, PATH, TERM, LANG, and under the GPUs' own variables
  std::string directory = std::string{inner_home};  // working directory inside
  std::int64_t cpu_millicores = 1000;               // 10..
  std::int64_t memory_bytes = 1 << 30;              // 16 MiB..; swap is not added; /tmp, /dev/shm and home count in it
  std::int64_t pids = 512;                          // 2..; processes and threads
  std::int64_t home_bytes = 0;          // size of home, a tmpfs that ends with the workload; 0: half of the memory
  std::vector<std::int32_t> gpus = {};  // indices of the node's driver
  TerminalSize terminal = {};

  bool operator==(const Spec&) const = default;
};
BOOST_DESCRIBE_STRUCT(Spec, (),
                      (id, name, command, env, directory, cpu_millicores, memory_bytes, pids, home_bytes, gpus,
                       terminal))

struct Workload {
  Spec spec;
  Status status;
};

struct Usage {
  std::int64_t cpu_us = 0;  // since its start
  std::int64_t memory_bytes = 0;
  std::int64_t memory_peak_bytes = 0;
  std::int64_t pids = 0;
  std::int64_t oom_kills = 0;
  bool operator==(const Usage&) const = default;
};
BOOST_DESCRIBE_STRUCT(Usage, (), (cpu_us, memory_bytes, memory_peak_bytes, pids, oom_kills))

/// A piece of a log. Offsets count bytes since the workload's start and never shift; what was rotated away is skipped,
/// so `offset` may be later than asked. Ends at a whole UTF-8 character where one is whole.
struct LogPiece {
  std::int64_t offset = 0;  // of bytes[0]
  std::string bytes;
  std::int64_t end = 0;  // bytes written so far
  bool ended = false;    // the workload has exited and offset + bytes.size() == end
};

/// Two terminals lead into a workload: its command's own, and that of a shell beside it.
enum class TerminalOf { command, shell };

struct TerminalEvents {
  /// Scrollback first (from a line's start where it was cut), then what comes. Raw bytes; a character may be split over
  /// two calls.
  std::function<void(std::string bytes)> output;
  /// The reader was too slow by this many bytes; the next output starts at a line's start.
  std::function<void(std::int64_t bytes)> skipped;
  /// Once, last: the workload exited (its status says so by then), its shim is gone, or the shell ended. Not after
  /// one's own detach.
  std::function<void()> ended;
  /// Just before `ended`, where the shell ended by itself or could not be started (`failure`): not with the workload.
  std::function<void(ExecEnd)> shell_ended = {};
};

/// One way into the terminal; several may be open at once, all see the same, all may type. Destroying it detaches.
class Attachment {
 public:
  virtual ~Attachment() = default;
  /// Queues keys. `done` is called when they were handed on (flow control). False: detached, ended or `write_queue_max`
  /// reached.
  virtual bool write(std::string bytes, std::function<void()> done = {}) = 0;
  virtual void resize(TerminalSize) = 0;  // the last one who resizes decides for all
  virtual void hold(bool) = 0;  // true: no output until false; too long a hold skips, the workload never waits
  virtual void detach() = 0;
};

struct ExecEvents {
  std::function<void(std::string bytes)> output;  // with a tty: its output
  std::function<void(std::string bytes)> error;   // stderr, without a tty only
  std::function<void(ExecEnd)> ended;             // once, last, after all output
};

/// A further process in a workload: its namespaces, cgroup, uid and seccomp. Destroying it hangs up: SIGHUP, then
/// SIGKILL.
class Process {
 public:
  virtual ~Process() = default;
  virtual bool write(std::string bytes, std::function<void()> done = {}) = 0;  // stdin; as Attachment::write
  virtual void close_input() = 0;                                              // end of file after what was written
  virtual void resize(TerminalSize) = 0;
  virtual void signal(int number) = 0;
  virtual void hold(bool) = 0;  // true: no output until false; the process then blocks in its write
};

struct Options {
  std::string directory;  // made if absent, mode 0700
  std::string shim = {};  // path of gpuaas-shim; empty: beside the running program. gpuaas-init beside it
  std::int32_t uid_first = 100'000;
  std::int32_t uid_count = 10'000;
  std::string cgroup_parent = "gpuaas";  // group below each hierarchy's root
  bool host_local = false;               // show the host's /usr/local and /opt
  const gpu::GpuDriver* gpus = nullptr;  // outlives the runtime; null: a spec with GPUs is refused
  const base::Clock* clock = nullptr;    // outlives the runtime; null: the wall
};

class Runtime {
 public:
  virtual ~Runtime() = default;

  /// Called at every change of a workload's status, with the new one, and first once for each adopted with its present
  /// one (ended ones too: what was told before the restart is the caller's to know). Set once, before anything is
  /// started.
  virtual void on_status(std::function<void(const std::string& id, const Status&)>) = 0;

  /// Starts it and waits until the command runs or is known not to (some 20 ms). A command that cannot run is no error
  /// here but a status: exited, `start_failure`.
  /// Errors: `command_invalid`, `env_invalid` (wire.hpp) and `spec_invalid` (pointer: the spec's member),
  /// `workload_exists`, `controller_missing`, `sandbox_unavailable`, `uids_exhausted`, `gpu_unknown`; nothing is left
  /// on disk then.
  virtual base::Result<Status> start(const Spec&) = 0;

  /// All that have a folder, by id: running or ended.
  virtual std::vector<Workload> list() const = 0;
  virtual base::Result<Workload> get(const std::string& id) const = 0;   // Errors: `not_found`.
  virtual base::Result<Status> status(const std::string& id) const = 0;  // Errors: `not_found`.

  /// SIGTERM to the command (SIGHUP where it ignores that, as shells do), after `grace` SIGKILL to all of it. Returns
  /// at once; the shim keeps the time, so that it also happens when the node dies. Safe to repeat: the earliest end
  /// counts; on an ended one it does nothing. Errors: `not_found`.
  virtual base::Result<void> stop(const std::string& id, std::chrono::milliseconds grace) = 0;
  virtual base::Result<void> kill(const std::string& id) = 0;
  /// Forgets it and deletes its folder. Errors: `not_found`, `workload_running`.
  virtual base::Result<void> remove(const std::string& id) = 0;

  /// Of a running one as the cgroup says; of an ended one its final figures. Errors: `not_found`.
  virtual base::Result<Usage> usage(const std::string& id) const = 0;

  /// At most `max` bytes from `offset` on (negative: that many before the end). Errors: `not_found`.
  virtual base::Result<LogPiece> log(const std::string& id, std::int64_t offset, std::size_t max) const = 0;
  /// Calls `more` whenever log() may have more, at least once at first and once at the end, until the handle goes.
  /// Errors: `not_found`.
  virtual base::Result<std::shared_ptr<void>> watch_log(const std::string& id, std::function<void()> more) = 0;

  /// An ended workload's terminal gives its last bytes, then ends. The shell is one for all who attach to it: the first
  /// attach starts it in the sandbox (bash, else sh; in HOME), as exec would; it lives on without them, outlives the
  /// node process, and ends with the workload; the attach after its end starts another. Errors: `not_found`,
  /// `unavailable`.
  virtual base::Result<std::shared_ptr<Attachment>> attach(const std::string& id, TerminalSize, TerminalEvents,
                                                           TerminalOf = TerminalOf::command) = 0;
  /// Errors: `not_found`, `command_invalid`, `spec_invalid`, `workload_ended`, `unavailable`. That the command is
  /// absent is told by `ended`.
  virtual base::Result<std::shared_ptr<Process>> exec(const std::string& id, const ExecSpec&, ExecEvents) = 0;
};

/// Takes the directory for this process and adopts every workload in it. Errors: `directory_in_use`,
/// `sandbox_unavailable` (not root, no bwrap, no shim: the detail says which), `controller_missing`.
base::Result<std::unique_ptr<Runtime>> open(Options);

}  // namespace runtime
