#include "products/gpuaas/node/shim/shim.hpp"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "products/gpuaas/node/shim/folder.hpp"
#include "products/gpuaas/node/shim/peers.hpp"
#include "shared/json/json.hpp"

namespace shim {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t peers_max = 256;
constexpr auto flush_time_max = 2s;  // for slow peers, after the workload's end

int refuse(std::string_view why) {
  ::dprintf(2, "gpuaas-shim: %.*s\n", static_cast<int>(why.size()), why.data());
  return 1;
}

Descriptor child_signals() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGCHLD);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  for (const int number : {SIGPIPE, SIGHUP, SIGINT, SIGTERM}) ::signal(number, SIG_IGN);
  return Descriptor{::signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC)};
}

/// The path may be longer than a socket's address; the way through the open folder is not.
Descriptor listen_in(const std::string& folder) {
  const Descriptor directory{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  Descriptor socket{::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!directory || !socket) return {};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  ::snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/sock", directory.get());
  ::unlink(address.sun_path);
  ::umask(0177);
  const bool bound = ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::umask(077);
  if (!bound || ::listen(socket.get(), 64) != 0) return {};
  return socket;
}

bool from_root(int fd) {
  ucred peer{};
  socklen_t length = sizeof peer;
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 && peer.uid == ::geteuid();
}

class Shim final {
 public:
  Shim(std::string folder, Plan plan, std::string seccomp, const cgroup::Groups& groups, const base::Clock& clock)
      : folder_(std::move(folder)),
        sandbox_(folder_, std::move(plan), std::move(seccomp), groups, clock, [this] { tell_status(); }) {}

  bool open(int first_watcher) {
    signals_ = child_signals();
    listener_ = listen_in(folder_);
    if (!signals_ || !listener_) return false;
    if (first_watcher >= 0) peers_.push_back(make_watcher(Descriptor{first_watcher}, sandbox_));
    return true;
  }

  void run() {
    sandbox_.start();
    while (!sandbox_.exited()) round();
    ::unlink((folder_ + "/sock").c_str());
    listener_.reset();
    sandbox_.clear_away();
    const Steady until = std::chrono::steady_clock::now() + flush_time_max;
    while (!all_flushed() && std::chrono::steady_clock::now() < until) round(until);
  }

 private:
  void tell_status() {
    for (const auto& peer : peers_) peer->status_changed();
  }

  bool all_flushed() const {
    return std::ranges::all_of(peers_, [](const auto& peer) { return peer->flushed(); });
  }

  void round(std::optional<Steady> until = {}) {
    Poll poll{std::chrono::steady_clock::now()};
    if (until) poll.wake_at(*until);
    poll.on(signals_.get(), POLLIN, [this](short) { reap(); });
    if (listener_) poll.on(listener_.get(), POLLIN, [this](short) { accept(); });
    for (const auto& fresh : strangers_)
      poll.on(fresh->get(), POLLIN, [this, &fresh = *fresh](short) { greet_one(fresh); });
    sandbox_.add_to(poll);
    shells_.add_to(poll);
    for (const auto& peer : peers_) peer->add_to(poll);
    poll.run();

    const Steady now = std::chrono::steady_clock::now();
    for (auto& peer : greeted_) peers_.push_back(std::move(peer));
    greeted_.clear();
    for (auto& fresh : arrived_) strangers_.push_back(std::move(fresh));
    arrived_.clear();
    sandbox_.look(reaped_, now);
    shells_.look(reaped_, now);
    for (const auto& peer : peers_) peer->look(reaped_, now);
    std::erase_if(peers_, [](const auto& peer) { return peer->done(); });
    std::erase_if(strangers_, [](const auto& fresh) { return !*fresh; });
  }

  void reap() {
    signalfd_siginfo told;
    while (::read(signals_.get(), &told, sizeof told) > 0) {
    }
    int status = 0;
    pid_t gone = 0;
    while ((gone = ::waitpid(-1, &status, WNOHANG)) > 0) reaped_[gone] = status;
  }

  void accept() {
    Descriptor fresh{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
    if (!fresh || !from_root(fresh.get()) || peers_.size() + strangers_.size() >= peers_max) return;
    arrived_.push_back(std::make_unique<Descriptor>(std::move(fresh)));
  }

  /// The first packet says what it came for. Lists change only after a round, whose references so stay good.
  void greet_one(Descriptor& fresh) {
    Packet packet;
    const Got got = receive_packet(fresh.get(), packet);
    if (got == Got::nothing) return;
    Descriptor mine = std::move(fresh);
    if (got == Got::gone) return;
    if (auto peer = greet(std::move(mine), packet, sandbox_, shells_, std::chrono::steady_clock::now()))
      greeted_.push_back(std::move(peer));
  }

  const std::string folder_;
  Sandbox sandbox_;
  Shells shells_{sandbox_};
  Descriptor signals_;
  Descriptor listener_;
  std::vector<std::unique_ptr<Descriptor>> strangers_;  // who has not said yet what it came for
  std::vector<std::unique_ptr<Descriptor>> arrived_;
  std::vector<std::unique_ptr<Peer>> peers_;
  std::vector<std::unique_ptr<Peer>> greeted_;
  Reaped reaped_;
};

}  // namespace

int run(const std::string& folder, int first_watcher, const base::Clock& clock) {
  const Descriptor lock = try_lock(folder + "/lock");
  if (!lock) return refuse("another process has " + folder);
  if (read_whole(folder + "/status.json")) return refuse("the workload in " + folder + " was started before");
  const auto text = read_whole(folder + "/plan.json");
  const auto seccomp = read_whole(folder + "/seccomp.bpf");
  if (!text || !seccomp) return refuse("plan.json or seccomp.bpf is missing in " + folder);
  auto plan = json::decode<Plan>(*text);
  if (!plan) return refuse("plan.json" + plan.error().pointer + ": " + plan.error().detail);
  const auto groups = cgroup::open_here(plan->cgroup_parent);
  if (!groups) return refuse(groups.error().detail);
  Shim shim{folder, std::move(*plan), *seccomp, **groups, clock};
  if (!shim.open(first_watcher)) return refuse("no socket in " + folder);
  shim.run();
  return 0;
}

}  // namespace shim
