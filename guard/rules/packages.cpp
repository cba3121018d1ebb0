#include "guard/rules/packages.hpp"

#include "guard/model/json_file.hpp"
#include "guard/rules/json.hpp"

namespace guard::rules {

base::Result<Packages> Packages::of(const File& package_json) {
  const auto root = parse_json(package_json.text, package_json.path);
  if (!root) return root.error();
  if (!root->is_object()) return base::Error{base::invalid, package_json.path + ": is no object"};
  Packages out;
  for (const char* group : {"dependencies", "devDependencies", "peerDependencies", "optionalDependencies"})
    if (const auto* named = member(&*root, group); named != nullptr && named->is_object())
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
