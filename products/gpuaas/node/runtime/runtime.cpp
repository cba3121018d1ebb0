#include <poll.h>
#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "products/gpuaas/node/cgroup/cgroup.hpp"
#include "products/gpuaas/node/runtime.hpp"
#include "products/gpuaas/node/runtime/handles.hpp"
#include "products/gpuaas/node/runtime/launch.hpp"
#include "products/gpuaas/node/runtime/seccomp.hpp"
#include "products/gpuaas/node/runtime/view.hpp"
#include "products/gpuaas/node/shim/folder.hpp"
#include "products/gpuaas/node/shim/log_files.hpp"
#include "products/gpuaas/node/shim/scrollback.hpp"
#include "products/gpuaas/node/wire.hpp"
#include "shared/json/json.hpp"

namespace runtime {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

constexpr auto settle_again_after = 500ms;
constexpr auto shim_end_max = 3s;     // a shim that told the end still has to flush slow peers
constexpr auto shim_listen_max = 1s;  // from its lock to its socket

const base::WallClock wall;

base::Error no_such(const std::string& id) { return {base::not_found, "no workload " + id}; }

/// Two nodes on one machine may have workloads of one id, but not one directory.
std::string prefix_of(const std::string& directory) {
  struct stat about{};
  (void)::stat(directory.c_str(), &about);
  return std::to_string(about.st_dev) + "-" + std::to_string(about.st_ino) + "-";
}

/// Asks `is` again and again, without a signal to wait for; false when the time is over.
bool within(std::chrono::milliseconds time, const std::function<bool()>& is) {
  const auto until = std::chrono::steady_clock::now() + time;
  while (!is()) {
    if (std::chrono::steady_clock::now() >= until) return false;
    std::this_thread::sleep_for(2ms);
  }
  return true;
}

class Local final : public Runtime {
 public:
  Local(Options options, Programs programs, std::string seccomp, std::unique_ptr<cgroup::Groups> groups,
        shim::Descriptor lock)
      : options_(std::move(options)),
        programs_(std::move(programs)),
        seccomp_(std::move(seccomp)),
        groups_(std::move(groups)),
        lock_(std::move(lock)),
        clock_(options_.clock != nullptr ? *options_.clock : wall) {}
  ~Local() override { loop_->stop(); }

  void adopt_all();

  void on_status(std::function<void(const std::string&, const Status&)> told) override;
  base::Result<Status> start(const Spec&) override;
  std::vector<Workload> list() const override;
  base::Result<Workload> get(const std::string& id) const override;
  base::Result<Status> status(const std::string& id) const override;
  base::Result<void> stop(const std::string& id, std::chrono::milliseconds grace) override {
    return ask(id, shim::Kind::stop, std::to_string(std::max<std::int64_t>(0, grace.count())));
  }
  base::Result<void> kill(const std::string& id) override { return ask(id, shim::Kind::kill, ""); }
  base::Result<void> remove(const std::string& id) override;
  base::Result<Usage> usage(const std::string& id) const override;
  base::Result<LogPiece> log(const std::string& id, std::int64_t offset, std::size_t max) const override;
  base::Result<std::shared_ptr<void>> watch_log(const std::string& id, std::function<void()> more) override;
  base::Result<std::shared_ptr<Attachment>> attach(const std::string& id, TerminalSize, TerminalEvents,
                                                   TerminalOf) override;
  base::Result<std::shared_ptr<Process>> exec(const std::string& id, const ExecSpec&, ExecEvents) override;

 private:
  std::string folder(const std::string& id) const { return options_.directory + "/" + id; }
  std::string group(const std::string& id) const { return group_prefix_ + id; }
  std::string shim_lock(const std::string& id) const { return folder(id) + "/lock"; }
  EndKnown end_known(const std::string& id) const {
    return [this, id] { return ended(id); };
  }
  bool ended(const std::string& id) const {
    const auto known = status(id);
    return !known || known->state == State::exited;
  }

  base::Result<gpu::Assignment> assignment(const Spec&) const;
  base::Result<std::int32_t> take_place(const Spec&);
  base::Result<shim::Descriptor> bring_up(const Spec&, std::int32_t uid, const gpu::Assignment&);
  base::Result<Status> first_status(const std::string& id, int told);
  void forget(const std::string& id);

  void adopt(const std::string& id);
  void watch(const std::string& id, shim::Descriptor);
  void settle(const std::string& id);
  void settle_later(const std::string& id);  // the disk is full, or the shim is just going
  Status lost(const std::string& id, Status last) const;
  void change(const std::string& id, const Status&);
  base::Result<void> ask(const std::string& id, shim::Kind, std::string body);

  const Options options_;
  const Programs programs_;
  const std::string seccomp_;
  const std::unique_ptr<cgroup::Groups> groups_;
  const std::string group_prefix_ = prefix_of(options_.directory);
  const shim::Descriptor lock_;
  const base::Clock& clock_;
  mutable std::mutex mutex_;
  std::map<std::string, Workload> workloads_;
  std::function<void(const std::string&, const Status&)> told_;
  const std::shared_ptr<Loop> loop_ = std::make_shared<Loop>();
};

// ---- what is known ----

std::vector<Workload> Local::list() const {
  const std::lock_guard lock{mutex_};
  std::vector<Workload> all;
  for (const auto& [id, workload] : workloads_) all.push_back(workload);
  return all;
}

base::Result<Workload> Local::get(const std::string& id) const {
  const std::lock_guard lock{mutex_};
  const auto found = workloads_.find(id);
  if (found == workloads_.end()) return no_such(id);
  return found->second;
}

base::Result<Status> Local::status(const std::string& id) const {
  auto workload = get(id);
  if (!workload) return workload.error();
  return workload->status;
}

void Local::on_status(std::function<void(const std::string&, const Status&)> told) {
  std::vector<std::string> adopted;
  {
    const std::lock_guard lock{mutex_};
    told_ = told;
    for (const auto& [id, workload] : workloads_) adopted.push_back(id);
  }
  loop_->post([this, adopted, told = std::move(told)] {
    for (const auto& id : adopted)
      if (const auto now = status(id); now && told) told(id, *now);
  });
}

/// On the loop's thread only, so that changes are told in order.
void Local::change(const std::string& id, const Status& status) {
  std::function<void(const std::string&, const Status&)> told;
  {
    const std::lock_guard lock{mutex_};
    const auto found = workloads_.find(id);
    if (found == workloads_.end() || found->second.status.state == State::exited || found->second.status == status)
      return;
    found->second.status = status;
    told = told_;
  }
  if (told) told(id, status);
}

base::Result<Usage> Local::usage(const std::string& id) const {
  const auto known = status(id);
  if (!known) return known.error();
  if (known->state != State::exited) {
    if (const auto use = groups_->use(group(id)))
      return Usage{use->cpu_us, use->memory_bytes, use->memory_peak_bytes, use->pids, use->oom_kills};
  }
  return Usage{.cpu_us = known->cpu_us, .memory_peak_bytes = known->memory_peak_bytes, .oom_kills = known->oom_kills};
}

base::Result<LogPiece> Local::log(const std::string& id, std::int64_t offset, std::size_t max) const {
  const auto known = status(id);  // before the files are read: an ended workload's log is complete
  if (!known) return known.error();
  auto read = shim::read_log(folder(id), offset, max);
  const auto reaches = [&] { return read.offset + static_cast<std::int64_t>(read.bytes.size()) >= read.end; };
  const bool ended = known->state == State::exited && reaches();
  if (!ended) read.bytes.resize(shim::whole_characters(read.bytes).size());
  return LogPiece{read.offset, std::move(read.bytes), read.end, ended};
}

// ---- starting ----

base::Result<gpu::Assignment> Local::assignment(const Spec& spec) const {
  if (spec.gpus.empty()) return gpu::Assignment{.environment = {{"CUDA_VISIBLE_DEVICES", ""}}};
  if (options_.gpus == nullptr) return base::Error{gpu::gpu_unknown, "the node has no GPU driver", "/gpus"};
  return options_.gpus->assign(spec.gpus);
}

/// The id's place in the table and a host uid that no other workload with a folder has.
base::Result<std::int32_t> Local::take_place(const Spec& spec) {
  const std::lock_guard lock{mutex_};
  if (workloads_.contains(spec.id)) return base::Error{workload_exists, spec.id};
  std::set<std::int64_t> taken;
  for (const auto& [id, workload] : workloads_) taken.insert(workload.status.host_uid);
  for (std::int32_t uid = options_.uid_first; uid < options_.uid_first + options_.uid_count; ++uid) {
    if (taken.contains(uid)) continue;
    workloads_[spec.id] = {spec, {.host_uid = uid}};
    return uid;
  }
  return base::Error{uids_exhausted, std::to_string(options_.uid_count) + " uids"};
}

void Local::forget(const std::string& id) {
  (void)groups_->remove(group(id));
  std::error_code error;
  fs::remove_all(folder(id), error);
  const std::lock_guard lock{mutex_};
  workloads_.erase(id);
}

/// Folder, limits, shim. The spec is written last: a folder without it never had a shim.
base::Result<shim::Descriptor> Local::bring_up(const Spec& spec, std::int32_t uid, const gpu::Assignment& gpus) {
  const std::string place = folder(spec.id);
  if (::mkdir(place.c_str(), 0700) != 0) return base::Error{shim::folder_failed, place};
  const cgroup::Limits limits{spec.cpu_millicores, spec.memory_bytes, spec.pids};
  if (auto made = groups_->make(group(spec.id), limits); !made) return made.error();
  const auto orders = plan(spec, group(spec.id), uid, gpus, options_, programs_);
  if (auto ok = shim::write_whole(place + "/seccomp.bpf", seccomp_); !ok) return ok.error();
  if (auto ok = shim::write_whole(place + "/plan.json", json::encode(orders)); !ok) return ok.error();
  if (auto ok = shim::write_whole(place + "/spec.json", json::encode(spec)); !ok) return ok.error();
  auto told = launch(options_.shim, place);
  if (!told) return base::Error{sandbox_unavailable, "no process for gpuaas-shim"};
  return told;
}

/// What the shim tells first, past `starting`.
base::Result<Status> Local::first_status(const std::string& id, int told) {
  const auto until = std::chrono::steady_clock::now() + start_time_max;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    pollfd wanted{told, POLLIN, 0};
    if (left <= 0ms || ::poll(&wanted, 1, static_cast<int>(left.count())) == 0) break;
    shim::Packet packet;
    const auto got = shim::receive_packet(told, packet);
    if (got == shim::Got::nothing) continue;
    if (got == shim::Got::gone)
      return base::Error{sandbox_unavailable, shim::read_whole(folder(id) + "/shim.log").value_or("")};
    auto status = json::decode<Status>(packet.body);
    if (!status) return status.error();
    if (status->state != State::starting) return status;
  }
  (void)ask(id, shim::Kind::kill, "");
  return base::Error{sandbox_unavailable, "no start within 10 s"};
}

base::Result<Status> Local::start(const Spec& spec) {
  if (auto ok = check(spec); !ok) return ok.error();
  const auto gpus = assignment(spec);
  if (!gpus) return gpus.error();
  const auto uid = take_place(spec);
  if (!uid) return uid.error();
  auto told = bring_up(spec, *uid, *gpus);
  auto status = told ? first_status(spec.id, told->get()) : base::Result<Status>{told.error()};
  if (!status) {
    (void)within(shim_end_max, [&] { return !shim::is_locked(shim_lock(spec.id)); });
    forget(spec.id);
    return status;
  }
  std::function<void(const std::string&, const Status&)> callback;
  {
    const std::lock_guard lock{mutex_};
    workloads_[spec.id].status = *status;
    callback = told_;
  }
  if (callback) loop_->post([callback, id = spec.id, now = *status] { callback(id, now); });
  watch(spec.id, std::move(*told));
  return status;
}

// ---- following and adopting ----

void Local::watch(const std::string& id, shim::Descriptor fd) {
  Heard heard;
  heard.packet = [this, id](shim::Packet& packet) {
    if (packet.kind != shim::Kind::status) return;
    if (const auto status = json::decode<Status>(packet.body)) change(id, *status);
  };
  heard.ended = [this, id] { settle(id); };
  heard.end_known = [this, id] { return ended(id) || !shim::is_locked(shim_lock(id)); };
  loop_->add(std::make_shared<Connection>(loop_, std::move(fd), std::move(heard)));
}

/// The shim's word ended: takes the end from its folder, or, where it was killed, ends what it left and says so.
void Local::settle(const std::string& id) {
  if (ended(id)) return;
  const auto last = shim::read_status(folder(id));
  if (last && last->state == State::exited) return change(id, *last);
  const auto lock = shim::try_lock(shim_lock(id));
  if (!lock) {  // it lives, only this connection broke
    auto again = connect_to(folder(id));
    if (!again || shim::send_packet(again.get(), shim::Kind::watch, "") != shim::Sent::sent) return settle_later(id);
    return watch(id, std::move(again));
  }
  const auto known = status(id);
  const Status now = lost(id, last ? *last : known ? *known : Status{});
  if (auto written = shim::write_status(folder(id), now); !written) return settle_later(id);
  change(id, now);
}

void Local::settle_later(const std::string& id) {
  loop_->after(settle_again_after, [this, id] { settle(id); });
}

Status Local::lost(const std::string& id, Status last) const {
  if (const auto use = groups_->use(group(id))) {
    last.cpu_us = use->cpu_us;
    last.memory_peak_bytes = use->memory_peak_bytes;
    last.oom_kills = use->oom_kills;
  }
  (void)groups_->remove(group(id));
  const bool ran = last.state == State::running;
  last.state = State::exited;
  last.exited_at_us = base::micros(clock_.now());
  last.end = ran ? End::lost : End::start_failure;
  last.failure = ran ? "" : "start_interrupted";
  last.detail = ran ? "gpuaas-shim " + std::to_string(last.shim_pid) +
                          " was killed, and the workload with it; its own end is not known"
                    : "the node or its shim was killed during the start";
  return last;
}

void Local::adopt(const std::string& id) {
  const auto text = shim::read_whole(folder(id) + "/spec.json");
  auto spec = text ? json::decode<Spec>(*text) : base::Result<Spec>{no_such(id)};
  if (!spec || spec->id != id) return forget(id);
  Status known = shim::read_status(folder(id)).value_or(Status{});
  if (known.host_uid == 0) {
    if (const auto orders = json::decode<shim::Plan>(shim::read_whole(folder(id) + "/plan.json").value_or("")))
      known.host_uid = orders->host_uid;
  }
  {
    const std::lock_guard lock{mutex_};
    workloads_[id] = {std::move(*spec), known};
  }
  if (known.state == State::exited) return;
  shim::Descriptor fd;
  (void)within(shim_listen_max, [&] {
    fd = connect_to(folder(id));
    return static_cast<bool>(fd) || !shim::is_locked(shim_lock(id));
  });
  if (!fd) return settle(id);
  (void)shim::send_packet(fd.get(), shim::Kind::watch, "");
  watch(id, std::move(fd));
}

void Local::adopt_all() {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator{options_.directory, error})
    if (entry.is_directory(error)) adopt(entry.path().filename().string());
}

// ---- asking the shim ----

base::Result<void> Local::ask(const std::string& id, shim::Kind kind, std::string body) {
  const auto known = status(id);
  if (!known) return known.error();
  if (known->state == State::exited) return {};
  const auto fd = connect_to(folder(id));
  if (fd && shim::send_packet(fd.get(), kind, body) == shim::Sent::sent) return {};
  if (shim::is_locked(shim_lock(id))) return base::Error{base::unavailable, "the shim of " + id + " does not answer"};
  loop_->post([this, id] { settle(id); });
  return {};
}

base::Result<void> Local::remove(const std::string& id) {
  const auto known = status(id);
  if (!known) return known.error();
  if (known->state != State::exited) return base::Error{workload_running, id};
  if (!within(shim_end_max, [&] { return !shim::is_locked(shim_lock(id)); }))
    return base::Error{workload_running, "its shim still ends"};
  forget(id);
  return {};
}

base::Result<std::shared_ptr<void>> Local::watch_log(const std::string& id, std::function<void()> more) {
  const auto known = status(id);
  if (!known) return known.error();
  if (known->state != State::exited) {
    if (auto fd = connect_to(folder(id))) return open_log_watch(loop_, std::move(fd), std::move(more), end_known(id));
  }
  auto wanted = std::make_shared<std::atomic<bool>>(true);
  loop_->post([more = std::move(more), wanted] {
    if (*wanted) more();
  });
  return std::shared_ptr<void>{nullptr, [wanted](void*) { *wanted = false; }};
}

base::Result<std::shared_ptr<Attachment>> Local::attach(const std::string& id, TerminalSize size, TerminalEvents events,
                                                        TerminalOf of) {
  const auto known = status(id);
  if (!known) return known.error();
  if (known->state != State::exited) {
    if (auto fd = connect_to(folder(id)))
      return open_terminal(loop_, std::move(fd), of, size, std::move(events), end_known(id));
    if (shim::is_locked(shim_lock(id)) && !within(shim_end_max, [&] { return ended(id); }))
      return base::Error{base::unavailable, "the shim of " + id + " does not answer"};
  }
  if (of == TerminalOf::shell) return show_ended(loop_, "", std::move(events));  // what it showed went with it
  auto last = shim::read_log(folder(id), -static_cast<std::int64_t>(scrollback_bytes), scrollback_bytes);
  if (last.offset > 0) last.bytes.erase(0, shim::clean_start(last.bytes));
  return show_ended(loop_, std::move(last.bytes), std::move(events));
}

base::Result<std::shared_ptr<Process>> Local::exec(const std::string& id, const ExecSpec& spec, ExecEvents events) {
  if (auto ok = check(spec); !ok) return ok.error();
  const auto known = status(id);
  if (!known) return known.error();
  if (known->state == State::exited) return base::Error{workload_ended, id};
  std::string text = json::encode(spec);
  if (text.size() > shim::packet_max)
    return base::Error{node::command_invalid, "longer than 160 KiB as JSON", "/command"};
  auto fd = connect_to(folder(id));
  if (!fd) return base::Error{base::unavailable, "the shim of " + id + " does not answer"};
  return open_process(loop_, std::move(fd), std::move(text), std::move(events), end_known(id));
}

base::Result<void> runnable(const std::string& path) {
  if (::access(path.c_str(), X_OK) == 0) return {};
  return base::Error{sandbox_unavailable, path + " is not there or not executable"};
}

}  // namespace

base::Result<std::unique_ptr<Runtime>> open(Options options) {
  if (::geteuid() != 0) return base::Error{sandbox_unavailable, "not root: each workload gets a uid of its own"};
  std::error_code error;
  if (options.shim.empty()) options.shim = fs::read_symlink("/proc/self/exe", error).parent_path() / "gpuaas-shim";
  const Programs programs{.bwrap = "/usr/bin/bwrap", .init = fs::path{options.shim}.parent_path() / "gpuaas-init"};
  for (const auto& path : {programs.bwrap, options.shim, programs.init})
    if (auto ok = runnable(path); !ok) return ok.error();
  fs::create_directories(options.directory, error);
  options.directory = fs::absolute(options.directory, error);
  if (::chmod(options.directory.c_str(), 0700) != 0) return base::Error{shim::folder_failed, options.directory};
  auto lock = shim::try_lock(options.directory + "/lock");
  if (!lock) return base::Error{directory_in_use, options.directory};
  auto seccomp = seccomp_program();
  if (!seccomp) return seccomp.error();
  auto groups = cgroup::open_here(options.cgroup_parent);
  if (!groups) return groups.error();
  auto local =
      std::make_unique<Local>(std::move(options), programs, std::move(*seccomp), std::move(*groups), std::move(lock));
  local->adopt_all();
  return local;
}

}  // namespace runtime
