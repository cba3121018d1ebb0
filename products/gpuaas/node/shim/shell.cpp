#include "products/gpuaas/node/shim/shell.hpp"

#include <signal.h>

#include <array>

namespace shim {
namespace {

using namespace std::chrono_literals;

// A SIGKILL may be the whole sandbox's: its own end, which says more, is waited for this long.
constexpr auto workload_end_wait = 500ms;

constexpr std::array<std::array<const char*, 2>, 2> choices{{{"bash", "-l"}, {"sh", "-l"}}};

std::string home_of(const Plan& plan) {
  for (const auto& pair : plan.environment)
    if (pair.starts_with("HOME=/")) return pair.substr(5);
  return plan.directory;
}

}  // namespace

Shell::Shell(const Sandbox& sandbox, const runtime::TerminalSize& size) : sandbox_(sandbox), size_(size) { enter(); }

void Shell::enter() {
  command_ = Entered{sandbox_,
                     {.command = {choices[choice_].begin(), choices[choice_].end()},
                      .env = {{"TERM", "xterm-256color"}},
                      .directory = home_of(sandbox_.plan()),
                      .tty = true,
                      .terminal = size_}};
}

void Shell::add_to(Poll& poll) {
  if (over()) return;
  command_.add_to(poll);
  tty_.add_to(poll);
  if (command_.over()) poll.wake_at(poll.now());
}

void Shell::look(Reaped& reaped, Steady now) {
  if (over()) return;
  command_.look(reaped);
  if (command_.ran())  // not before: what is typed meanwhile waits, and is not lost with a shell that is not there
    if (auto master = command_.take_terminal()) {
      tty_.open(std::move(master));
      tty_.resize(size_);
    }
  if (!command_.over()) return;
  tty_.close();
  const auto end = command_.end();
  if (end.failure == "command_not_found" && choice_ + 1 < choices.size()) {
    ++choice_;
    return enter();
  }
  end_ = end;
  tell_at_ = end.signal == SIGKILL ? now + workload_end_wait : now;
}

void Shell::resize(const runtime::TerminalSize& size) {
  size_ = size;
  tty_.resize(size);
}

std::optional<runtime::ExecEnd> Shell::told_end(Steady now) const {
  return tell_at_ && now >= *tell_at_ ? end_ : std::nullopt;
}

std::shared_ptr<Shell> Shells::attach(const runtime::TerminalSize& size) {
  if (present_ && !present_->over())
    present_->resize(size);
  else
    present_ = std::make_shared<Shell>(sandbox_, size);
  return present_;
}

void Shells::add_to(Poll& poll) {
  if (present_) present_->add_to(poll);
}

void Shells::look(Reaped& reaped, Steady now) {
  if (present_) present_->look(reaped, now);
}

}  // namespace shim
