// Keys of the installation, shared by its replicas: the one under which request bodies are compared, and those of
// others.
#pragma once

#include <string_view>

#include "shared/base/random.hpp"
#include "shared/db/db.hpp"

namespace request {

/// The key of that name; `fresh` becomes it when there is none.
base::Random::Key installation_key(db::Tx&, std::string_view name, const base::Random::Key& fresh);

}  // namespace request
