// Credentials: the API key that `gpuaas login` keeps, in a file of mode 0600.
#pragma once

#include <optional>
#include <string>

#include "cmd/cli/words/outcome.hpp"

namespace cli {

struct Credentials {
  std::string url, token, organization, key, mail;
};
std::optional<Credentials> read_credentials(const std::string& file);
Outcome<void> write_credentials(const std::string& file, const Credentials&);

}  // namespace cli
