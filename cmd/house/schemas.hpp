// The migrations that were built into this program (cmake/schemas.cmake).
#pragma once

#include <string_view>
#include <vector>

namespace house {

struct Schema {
  std::string_view module;  // "platform/iam"
  std::string_view name;    // "0001_iam"
  std::string_view sql;
};
const std::vector<Schema>& schemas();

}  // namespace house
