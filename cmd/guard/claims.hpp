// The guard's commands about claims: `prove` and `pages`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace guard {

inline constexpr std::string_view claims_usage =
    "gpuaas-guard prove [CLAIM…]        runs what shows the claims; `*` in a claim is any text\n"
    "  --record FILE         what came of it, as JSON (build/proofs.json)\n"
    "  --keep DIR            logs and reports (build/proofs)\n"
    "  --commit COMMIT       at which a bench must have measured\n"
    "  --fact NAME=TEXT      for the record; may be given again\n"
    "gpuaas-guard pages                 writes the pages that carry the claims\n"
    "  --check               writes nothing; exit 1 if one is stale\n"
    "both:\n"
    "  --root DIR            the work tree (.)\n"
    "  --claims FILE         from the root (guard/claims.yaml)\n"
    "  --rules FILE          from the root (guard/layers.yaml)\n"
    "  --baseline FILE       from the root (guard/baseline.yaml)\n"
    "\n"
    "Exit: 0 each proof held, 1 one did not or a page is stale, 2 it could not be told.\n"
    "Example: gpuaas-guard prove iam.tree 'money.*'\n";

/// Whether the command line is one of theirs.
bool is_about_claims(const std::vector<std::string>& arguments);

/// Returns the exit status; prints to standard output and error.
int perform_claims(const std::vector<std::string>& arguments);

}  // namespace guard
