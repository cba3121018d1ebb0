#include "guard/rules/manifest.hpp"

#include <boost/json/parse.hpp>
#include <string_view>

#include "guard/rules/json.hpp"
#include "shared/config/config.hpp"

namespace guard::rules {

using boost::json::value;

base::Result<Manifest> manifest_of(const File& yaml) {
  const auto translated = config::yaml_to_json(yaml.text, yaml.path);
  if (!translated) return translated.error();
  const value root = boost::json::parse(translated->json);
  const auto place = [&](const std::string& pointer) {
    const auto at = translated->origins.find(pointer);
    return at == translated->origins.end() ? Place{yaml.path} : place_from(at->second);
  };
  const auto items = [&](const value* list, const std::string& pointer, const auto& take) {
    if (list == nullptr || !list->is_array()) return;
    for (std::size_t i = 0; i < list->get_array().size(); ++i)
      take(&list->get_array()[i], place(pointer + "/" + std::to_string(i)));
  };
  Manifest out{
      .product = text(member(&root, "name")), .permissions = {}, .in_roles = {}, .routes = {}, .place = {yaml.path}};
  if (out.product.empty()) return base::Error{base::invalid, yaml.path + ": has no name"};
  items(member(&root, "permissions"), "/permissions",
        [&](const value* each, const Place& at) { out.permissions.emplace_back(text(member(each, "name")), at); });
  if (const value* roles = member(&root, "roles"); roles != nullptr && roles->is_object())
    for (const auto& role : roles->get_object())
      items(&role.value(), "/roles/" + std::string{role.key()},
            [&](const value* each, const Place& at) { out.in_roles.emplace_back(text(each), at); });
  items(member(&root, "operations"), "/operations", [&](const value* each, const Place& at) {
    out.routes.push_back({.permission = text(member(each, "permission")),
                          .method = text(member(each, "method")),
                          .path = text(member(each, "path")),
                          .place = at});
  });
  return out;
}

}  // namespace guard::rules
