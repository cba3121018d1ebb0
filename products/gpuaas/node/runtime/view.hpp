// View: what a workload sees and may do, as a plan for its shim. All of the sandbox's policy is here and in
// seccomp.hpp: which of the host's files are shown (its read-only /usr, no /etc but three harmless parts, no /var,
// /run, /root, /home), what is made up, which namespaces are its own, and how large its own file systems are.
#pragma once

#include "products/gpuaas/node/runtime.hpp"
#include "products/gpuaas/node/shim/plan.hpp"

namespace runtime {

struct Programs {
  std::string bwrap;
  std::string init;
};

/// Errors: `command_invalid`, `env_invalid`, `spec_invalid`, each with the pointer of the spec's member.
base::Result<void> check(const Spec&);
base::Result<void> check(const ExecSpec&);

shim::Plan plan(const Spec&, const std::string& group, std::int32_t host_uid, const gpu::Assignment&, const Options&,
                const Programs&);

}  // namespace runtime
