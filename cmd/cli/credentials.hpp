// Credentials: what `gpuaas login` keeps, in a file of mode 0600: an API key, or the sign-in of somebody who makes
// none.
#pragma once

#include <optional>
#include <string>

#include "cmd/cli/words/outcome.hpp"

namespace cli {

struct Credentials {
  std::string url, token, organization;
  std::string key;  // the id of the API key; empty: the token is a sign-in's
  std::string mail;
};
std::optional<Credentials> read_credentials(const std::string& file);
Outcome<void> write_credentials(const std::string& file, const Credentials&);

}  // namespace cli
