// CMake's file API (cmake-file-api(7), object kind codemodel, version 2): the targets of a build, their sources, and
// what each is linked with. CMake answers a query that lies in the build folder when it configures.
//
// The reply lists everything that a target reaches, through others too, and does not say which of it the target itself
// named. What no other of them reaches is surely its own (`Target::links`); the rest may be.
#pragma once

#include <filesystem>

#include "guard/model/model.hpp"

namespace guard {

/// Fills `tree.targets`; its files and modules are there. Puts the query where CMake looks for it, so that the next
/// configuration answers. Errors: `invalid`: there is no reply, it is broken, or older than a list file of the tree.
std::optional<base::Error> read_targets(Tree& tree, const std::filesystem::path& build);

}  // namespace guard
