// Routes and manifests agree, or the server does not start.
#include "platform/registry/registry.hpp"

namespace registry {
namespace {

std::string shown(const request::Route& route) {
  return std::string{request::method_name(route.method)} + " " + route.path;
}

// A product's route may stand on a permission of the platform (access.session.create); one of a product is declared.
base::Result<void> declared(const Registry& registry, const request::Route& route) {
  const std::string_view name = route.permission->name;
  if (registry.product(name.substr(0, name.find('.'))) == nullptr || registry.has_permission(name)) return {};
  return base::Error{manifest_refused,
                     shown(route) + " needs " + std::string{name} + ", which its manifest does not declare"};
}

base::Result<void> answered(const Product& product, const Operation& operation,
                            const std::vector<request::Routes>& modules) {
  for (const request::Routes& module : modules)
    for (const request::Route& route : module.all())
      if (request::method_name(route.method) == operation.method && route.path == operation.path &&
          route.permission->name == operation.permission)
        return {};
  return base::Error{manifest_refused, product.name + ": no route is " + operation.method + " " + operation.path +
                                           " with " + operation.permission};
}

}  // namespace

base::Result<void> check(const Registry& registry, const std::vector<request::Routes>& modules) {
  for (const request::Routes& module : modules)
    for (const request::Route& route : module.all())
      if (auto fine = declared(registry, route); !fine) return fine;
  for (const Product& product : registry.products())
    for (const Operation& each : product.operations)
      if (auto fine = answered(product, each, modules); !fine) return fine;
  return {};
}

}  // namespace registry
