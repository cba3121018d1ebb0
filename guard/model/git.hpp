// What Git knows of the tree: what changed since a commit, and how it looked then.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "shared/base/result.hpp"

namespace guard {

/// What `git ARGUMENT…` prints, run in `folder` with more environment
/// (`NAME=value`). Errors: `invalid`: it could not be run, or failed; with its words.
base::Result<std::string> git(const std::filesystem::path& folder, const std::vector<std::string>& arguments,
                              const std::vector<std::string>& variables = {});

/// Files that differ from `base` in the work tree, new ones too, from the root, in byte order. Errors: as above.
base::Result<std::vector<std::string>> changed_since(const std::filesystem::path& root, const std::string& base);

/// The files of `root` as they were in `commit`, written below `to`; the index of `root` stays as it is. Errors: as
/// above.
std::optional<base::Error> copy_of(const std::filesystem::path& root, const std::string& commit,
                                   const std::filesystem::path& to);

}  // namespace guard
