// The folder of one workload: plan.json and spec.json (written once, before the shim starts), status.json (replaced
// whole, on disk before anyone hears of it), lock (held by the shim while it lives), sock, seccomp.bpf, log.*.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "products/gpuaas/node/shim/descriptor.hpp"
#include "products/gpuaas/node/status.hpp"
#include "shared/base/result.hpp"

namespace shim {

inline constexpr base::Reason folder_failed{"folder_failed", base::Kind::unavailable,
                                            "Look at the node's disk: space and rights."};

/// Writes beside, syncs, renames over, syncs the directory. Errors: `folder_failed` (names the file).
base::Result<void> write_whole(const std::string& path, std::string_view bytes);
std::optional<std::string> read_whole(const std::string& path);

base::Result<void> write_status(const std::string& folder, const runtime::Status&);
/// Absent when the shim never came so far.
std::optional<runtime::Status> read_status(const std::string& folder);

/// The lock, or none when another process has it. It goes with the last copy of the descriptor, so with the process.
Descriptor try_lock(const std::string& path);
bool is_locked(const std::string& path);

}  // namespace shim
