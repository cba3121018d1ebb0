// Handles: what a caller holds of a terminal, a process or a watched log. Each closes its connection when it goes.
#pragma once

#include "products/gpuaas/node/runtime.hpp"
#include "products/gpuaas/node/runtime/connection.hpp"

namespace runtime {

using EndKnown = std::function<bool()>;

std::shared_ptr<Attachment> open_terminal(const std::shared_ptr<Loop>&, shim::Descriptor, TerminalOf, TerminalSize,
                                          TerminalEvents, EndKnown);
/// Of a workload that has ended: shows `last_bytes`, then ends.
std::shared_ptr<Attachment> show_ended(const std::shared_ptr<Loop>&, std::string last_bytes, TerminalEvents);
std::shared_ptr<Process> open_process(const std::shared_ptr<Loop>&, shim::Descriptor, std::string spec_json, ExecEvents,
                                      EndKnown);
std::shared_ptr<void> open_log_watch(const std::shared_ptr<Loop>&, shim::Descriptor, std::function<void()> more,
                                     EndKnown);

}  // namespace runtime
