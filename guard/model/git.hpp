// What Git knows of the tree: what changed since a commit, and how it looked then.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "shared/base/result.hpp"

namespace guard {

/// What `git ARGUMENT…` prints, run in `folder`. Errors: `invalid`: it could not be run, or failed; with its words.
base::Result<std::string> git(const std::filesystem::path& folder, const std::vector<std::string>& arguments);

/// Files that differ from `base` in the work tree, new ones too, from the root, in byte order. Errors: as above.
base::Result<std::vector<std::string>> changed_since(const std::filesystem::path& root, const std::string& base);

}  // namespace guard
