// Shell: a person's way into a workload, beside its command: one shell, started when somebody first attaches, that all
// who attach share. It enters the sandbox as every further command does. The shim owns its terminal, so it and what it
// showed outlive the node process; it does not outlive the workload.
//
// Always true
//   - at most one runs at a time; who attaches after its end gets a fresh one;
//   - nobody's leaving ends it, and nobody's slowness makes it wait.
#pragma once

#include <memory>
#include <optional>

#include "products/gpuaas/node/shim/entered.hpp"
#include "products/gpuaas/node/shim/tty.hpp"

namespace shim {

class Shell final {
 public:
  Shell(const Sandbox&, const runtime::TerminalSize&);

  void add_to(Poll&);
  void look(Reaped&, Steady now);
  void resize(const runtime::TerminalSize&);

  Tty& tty() { return tty_; }
  bool over() const { return end_.has_value(); }
  /// How it ended, once that may be told: all that it showed is in the scrollback then. A shell that dies with its
  /// workload says nothing of its own.
  std::optional<runtime::ExecEnd> told_end(Steady now) const;
  std::optional<Steady> tell_at() const { return tell_at_; }

 private:
  void enter();

  const Sandbox& sandbox_;
  runtime::TerminalSize size_;
  std::size_t choice_ = 0;  // which shell is tried
  Entered command_;
  Tty tty_;
  std::optional<runtime::ExecEnd> end_;
  std::optional<Steady> tell_at_;
};

/// The shell of one workload: the one that runs, or that its last attachments still read.
class Shells final {
 public:
  explicit Shells(const Sandbox& sandbox) : sandbox_(sandbox) {}
  /// The running one, made as large as asked; else a fresh one.
  std::shared_ptr<Shell> attach(const runtime::TerminalSize&);
  void add_to(Poll&);
  void look(Reaped&, Steady now);

 private:
  const Sandbox& sandbox_;
  std::shared_ptr<Shell> present_;
};

}  // namespace shim
