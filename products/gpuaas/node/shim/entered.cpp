#include "products/gpuaas/node/shim/entered.hpp"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

namespace shim {
namespace {

std::string word_of(const init::Message& failure) {
  if (failure.stage == init::at_directory) return "directory_missing";
  if (failure.stage != init::at_exec) return "exec_failed";
  return failure.number == ENOENT ? "command_not_found" : "command_not_executable";
}

runtime::ExecEnd never_ran(std::string word, std::string detail) {
  const bool absent = word == "command_not_found";
  return {.exit_code = absent ? 127 : 126, .failure = std::move(word), .detail = std::move(detail)};
}

}  // namespace

Entered::Entered(const Sandbox& sandbox, const runtime::ExecSpec& spec) {
  if (spec.command.empty() || sandbox.first() == 0) {
    refused_ = "the workload does not run";
    return;
  }
  auto child =
      start_more(sandbox.plan(), spec, sandbox.first(), sandbox.init(), sandbox.seccomp(), sandbox.procs_files());
  refused_ = child ? "" : child.error().detail;
  if (!child) return;
  name_ = spec.command.front();
  helper_ = child->helper;
  control_ = std::move(child->control);
  input_ = std::move(child->input);
  output_ = std::move(child->output);
  error_ = std::move(child->error);
}

void Entered::add_to(Poll& poll) {
  if (control_) poll.on(control_.get(), POLLIN, [this](short) { hear(); });
}

void Entered::hear() {
  Control control;
  for (;;) {
    const Got got = control_ ? receive_control(control_.get(), control) : Got::nothing;
    if (got == Got::gone) control_.reset();
    if (got != Got::packet) return;
    if (control.message.kind == entered && control.sender == helper_) command_ = control.message.number;
    if (control.message.kind == init::failed) failed_ = control.message;
    if (control.message.kind == init::terminal) master_ = std::move(control.passed);
  }
}

void Entered::look(Reaped& reaped) {
  hear();
  if (helper_ != 0 && reaped.erase(helper_) != 0) {
    hear();  // what it said last, before it counts as gone
    helper_ = 0;
  }
  const auto gone = command_ != 0 ? reaped.find(command_) : reaped.end();
  if (gone == reaped.end()) return;
  hear();
  wait_status_ = gone->second;
  reaped.erase(gone);
  command_ = 0;
}

void Entered::signal(int number) {
  if (command_ != 0) ::kill(command_, number);
}

runtime::ExecEnd Entered::end() const {
  if (!refused_.empty()) return never_ran("exec_failed", refused_);
  if (failed_) return never_ran(word_of(*failed_), name_ + ": " + ::strerror(failed_->number));
  if (!wait_status_) return never_ran("exec_failed", "the sandbox could not be entered");
  runtime::ExecEnd end;
  if (WIFSIGNALED(*wait_status_)) end.signal = WTERMSIG(*wait_status_);
  end.exit_code = end.signal != 0 ? 128 + end.signal : WEXITSTATUS(*wait_status_);
  return end;
}

}  // namespace shim
