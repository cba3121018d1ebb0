// The system calls that a workload is refused, as a BPF program (seccomp(2)). Allowed is what is not listed: a sandbox
// must run what people bring. Listed is what reaches beyond namespaces (kernel keys, modules, clocks, tracing
// facilities, vsock), what makes new namespaces or mounts, and what types into a terminal. 32-bit calls are not there
// (ENOSYS).
#pragma once

#include <string>

#include "shared/base/result.hpp"

namespace runtime {

/// Errors: `sandbox_unavailable`.
base::Result<std::string> seccomp_program();

}  // namespace runtime
