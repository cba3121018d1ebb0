// Files that build tools wrote: compilation databases and CMake's replies have tens of thousands of members, more than
// shared/json, made for requests of strangers, takes. For .cpp files only.
#pragma once

#include <boost/json/value.hpp>
#include <filesystem>
#include <string>
#include <string_view>

#include "shared/base/result.hpp"

namespace guard {

/// Errors: `invalid`: cannot be read, or no JSON of up to 32 levels; the detail begins with the file's name.
base::Result<boost::json::value> read_json(const std::filesystem::path& file);
base::Result<boost::json::value> parse_json(std::string_view text, const std::filesystem::path& file);
base::Result<std::string> read_bytes(const std::filesystem::path& file);

}  // namespace guard
