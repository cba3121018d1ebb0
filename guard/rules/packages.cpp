#include "guard/rules/packages.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>

namespace guard::rules {

base::Result<Packages> Packages::of(const File& package_json) {
  boost::system::error_code failed;
  const auto root = boost::json::parse({package_json.text.data(), package_json.text.size()}, failed);
  if (failed) return base::Error{base::invalid, "is no JSON: " + failed.message()};
  if (!root.is_object()) return base::Error{base::invalid, "is no object"};
  Packages out;
  for (const char* group : {"dependencies", "devDependencies", "peerDependencies", "optionalDependencies"})
    if (const auto* named = root.get_object().if_contains(group); named != nullptr && named->is_object())
      for (const auto& each : named->get_object()) out.names_.emplace(each.key());
  return out;
}

bool Packages::have(std::string_view module) const {
  if (module.starts_with("node:")) return true;
  std::size_t end = module.find('/');
  if (module.starts_with('@') && end != std::string_view::npos) end = module.find('/', end + 1);
  return names_.contains(module.substr(0, end));
}

}  // namespace guard::rules
