// Entered: one further command that entered the sandbox, from its start to how it ended. What it reads and writes is
// its owner's.
#pragma once

#include <string>

#include "products/gpuaas/node/shim/children.hpp"
#include "products/gpuaas/node/shim/poll.hpp"
#include "products/gpuaas/node/shim/sandbox.hpp"

namespace shim {

class Entered final {
 public:
  Entered() = default;
  /// A start that fails is told by `over` and `end`, as every other end is.
  Entered(const Sandbox&, const runtime::ExecSpec&);

  void add_to(Poll&);
  /// After each round: takes its children.
  void look(Reaped&);

  Descriptor take_terminal() { return std::move(master_); }  // the master, once it came
  Descriptor& input() { return input_; }                     // without a terminal
  Descriptor& output() { return output_; }
  Descriptor& error() { return error_; }

  void signal(int number);
  /// Its exec was seen: no longer gpuaas-init.
  bool ran() const { return !control_ && refused_.empty() && !failed_; }
  bool alive() const { return command_ != 0; }
  /// It is gone; what it wrote is in its pipes or terminal already.
  bool over() const { return helper_ == 0 && command_ == 0; }
  runtime::ExecEnd end() const;  // once over

 private:
  void hear();

  std::string name_;
  pid_t helper_ = 0;
  pid_t command_ = 0;
  Descriptor control_, input_, output_, error_, master_;
  std::string refused_ = "nothing was asked for";  // why it was never started; else empty
  std::optional<init::Message> failed_;
  std::optional<int> wait_status_;
};

}  // namespace shim
