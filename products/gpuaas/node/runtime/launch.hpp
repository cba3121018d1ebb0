// Launch: a shim as a process of its own: session, no terminal, no descriptor, no environment of the node's. Its stderr
// goes to shim.log in its folder.
#pragma once

#include <string>

#include "products/gpuaas/node/shim/descriptor.hpp"

namespace runtime {

/// Starts the shim of a folder, as nobody's child. Returns the packet socket on which it tells its status at once; none
/// when no process could be made.
shim::Descriptor launch(const std::string& shim_program, const std::string& folder);

}  // namespace runtime
