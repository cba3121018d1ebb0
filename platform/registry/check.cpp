// Routes and manifests agree, or the server does not start.
#include <algorithm>

#include "platform/registry/registry.hpp"

namespace registry {
namespace {

std::string shown(const request::Route& route) {
  return std::string{request::method_name(route.method)} + " " + route.path;
}

bool is(const Operation& operation, const request::Route& route) {
  return request::method_name(route.method) == operation.method && route.path == operation.path &&
         route.permission->name == operation.permission;
}

// A product's route may stand on a permission of the platform (access.session.create); one of a product is declared,
// and so is the operation: whoever reads the manifest knows all that can be asked of the product.
base::Result<void> declared(const Registry& registry, const request::Route& route) {
  const std::string_view name = route.permission->name;
  const Product* product = registry.product(name.substr(0, name.find('.')));
  if (product == nullptr) return {};
  if (!registry.has_permission(name))
    return base::Error{manifest_refused,
                       shown(route) + " needs " + std::string{name} + ", which its manifest does not declare"};
  if (std::ranges::none_of(product->operations, [&](const Operation& each) { return is(each, route); }))
    return base::Error{manifest_refused,
                       shown(route) + " with " + std::string{name} + " is no operation of its manifest"};
  return {};
}

base::Result<void> answered(const Product& product, const Operation& operation,
                            const std::vector<request::Routes>& modules) {
  for (const request::Routes& module : modules)
    for (const request::Route& route : module.all())
      if (is(operation, route)) return {};
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
