// Files that build tools wrote: compilation databases and CMake's replies have tens of thousands of members, more than
// shared/json, made for requests of strangers, takes. For .cpp files only.
#pragma once

#include <boost/json/value.hpp>
#include <filesystem>

#include "shared/base/result.hpp"

namespace guard {

/// Errors: `invalid`: cannot be read, or no JSON of up to 32 levels.
base::Result<boost::json::value> read_json(const std::filesystem::path& file);

}  // namespace guard
