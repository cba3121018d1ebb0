// The files of a work tree, found by walking it: no other program is asked, so that a tree without Git is checked too.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "guard/model/model.hpp"

namespace guard {

inline constexpr int folder_depth_max = 64;
inline constexpr std::size_t text_max = 16 << 20;  // bytes of one file

/// Paths from `root`, in byte order, without `.git` and what a glob of `ignore` names. A link to a file is listed, a
/// link to a folder is not followed; one that leads back up is a trouble, as is a folder that cannot be read.
std::vector<std::string> list_files(const std::filesystem::path& root, const std::vector<std::string>& ignore,
                                    std::vector<Trouble>& troubles);

/// The text of a file. Nothing, and a trouble, if it cannot be read, is larger than `text_max` or is not UTF-8.
std::optional<std::string> read_text(const std::filesystem::path& root, const std::string& path,
                                     std::vector<Trouble>& troubles);

}  // namespace guard
