// Shim: the process that stays with one workload. It owns the workload's terminal and log, writes its status, and
// answers whoever connects to the socket in its folder; it outlives the node process, and the workload does not outlive
// it.
//
// Always true
//   - it works on one thread, with bounded memory, and no peer can make the workload wait but through a process's own
//   pipes;
//   - it ends by itself after the workload's end, when everybody who was connected has been told.
#pragma once

#include <string>

#include "shared/base/time.hpp"

namespace shim {

/// Runs the workload of the folder to its end. `first_watcher`: a packet socket of whoever started it. Returns the exit
/// code for the process: 0, or 1 when the folder is not to be used (locked, ended before, unreadable), told on stderr.
int run(const std::string& folder, int first_watcher, const base::Clock&);

}  // namespace shim
