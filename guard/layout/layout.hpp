// Lays out a new module in the shape that layers.yaml gives (`new_module`): a folder from templates, and its lines in
// the files that name modules.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "guard/model/rules_file.hpp"

namespace guard {

/// What was made, for a terminal. Nothing is written unless all can be. Errors: `invalid`: the path is no module's, the
/// folder is there already, a template cannot be read, a file lacks the line after which the module's own is to stand.
base::Result<std::string> lay_out(const std::filesystem::path& root, const RulesFile&, std::string_view path);

}  // namespace guard
