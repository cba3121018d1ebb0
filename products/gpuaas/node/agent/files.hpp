// Small files that must be whole or absent after a crash: written beside, synced, renamed, the folder synced.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "shared/base/result.hpp"

namespace agent {

/// Nothing when it cannot be read; a line end at the end is dropped.
std::optional<std::string> read_file(const std::filesystem::path&);
/// Errors: `unavailable` with what the system said.
base::Result<void> write_file(const std::filesystem::path&, std::string_view text);

}  // namespace agent
