#include "guard/rules/permissions.hpp"

#include <algorithm>
#include <utility>

#include "guard/source/cpp.hpp"

namespace guard::rules {

namespace {

bool has(const Manifest& manifest, std::string_view permission) {
  return std::ranges::find(manifest.permissions, permission, [](const auto& each) -> std::string_view {
           return each.first;
         }) != manifest.permissions.end();
}

bool is_same(const ManifestRoute& route, const Operation& operation) {
  return route.method == operation.method && route.path == operation.path && route.permission == operation.permission;
}

}  // namespace

void Permissions::declare(std::string_view cpp, std::string_view type) {
  const source::Lexed lexed = source::lex(cpp);
  const auto& tokens = lexed.tokens;
  for (std::size_t i = 0; i + 3 < tokens.size(); ++i)
    if (tokens[i].is(type) && tokens[i + 1].kind == source::TokenKind::word && tokens[i + 2].is("{") &&
        tokens[i + 3].kind == source::TokenKind::text)
      in_code_.emplace(tokens[i + 3].text);
}

void Permissions::check() {
  for (const Manifest& each : manifests_) {
    if (const Manifest& same = *of_product(each.product); &same != &each)
      add(each.place, each.product, "has the name " + each.product + " of " + same.place.file);
    declared(each);
    held(each);
    routes(each);
  }
  for (const Operation& each : operations_)
    if (!each.permission.empty() && !is_known(each.permission) && !findings_.allows(each.path, "permission"))
      findings_.add(each.place, each.name() + " permission",
                    each.name() + " asks for " + each.permission + ", which nothing declares");
}

void Permissions::add(const Place& place, const std::string& subject, std::string what) {
  if (!findings_.allows(subject, "manifest")) findings_.add(place, subject + " manifest", std::move(what));
}

const Manifest* Permissions::of_product(std::string_view product) const {
  const auto at = std::ranges::find(manifests_, product, &Manifest::product);
  return at == manifests_.end() ? nullptr : &*at;
}

/// What a manifest lacks of its own product is said of the routes that ask for it.
bool Permissions::is_known(std::string_view permission) const {
  if (in_code_.empty() || in_code_.contains(permission) || of_product(until_dot(permission)) != nullptr) return true;
  return std::ranges::any_of(manifests_, [&](const Manifest& each) { return has(each, permission); });
}

void Permissions::declared(const Manifest& manifest) {
  for (const auto& [permission, place] : manifest.permissions) {
    const bool is_asked =
        std::ranges::any_of(operations_, [&](const Operation& each) { return each.permission == permission; });
    if (!is_asked) add(place, permission, "no route asks for the permission " + permission);
    if (until_dot(permission) != manifest.product) add(place, permission, permission + " is another's permission");
    const auto [first, is_first] = first_.try_emplace(permission, place);
    if (!is_first) add(place, permission, permission + " is declared twice, first in " + to_text(first->second));
  }
}

void Permissions::held(const Manifest& manifest) {
  for (const auto& [permission, place] : manifest.in_roles) {
    const Manifest* of = of_product(until_dot(permission));
    if (of != nullptr ? !has(*of, permission) : !is_known(permission))
      add(place, permission, "a role holds " + permission + ", which nothing declares");
  }
}

void Permissions::routes(const Manifest& manifest) {
  for (const Operation& each : operations_) {
    const auto say = [&](std::string what) {
      if (!findings_.allows(each.path, "manifest"))
        findings_.add(each.place, each.name() + " manifest", each.name() + std::move(what));
    };
    if (until_dot(each.permission) == manifest.product && !has(manifest, each.permission))
      say(" asks for " + each.permission + ", which " + manifest.place.file + " does not have");
    const bool is_own =
        std::ranges::any_of(each.owners, [&](std::string_view owner) { return until_dot(owner) == manifest.product; });
    if (is_own && std::ranges::none_of(manifest.routes, [&](const auto& route) { return is_same(route, each); }))
      say(" is no operation of " + manifest.place.file);
  }
  for (const auto& route : manifest.routes)
    if (std::ranges::none_of(operations_, [&](const Operation& each) { return is_same(route, each); }) &&
        !findings_.allows(route.path, "manifest"))
      findings_.add(route.place, route.method + " " + route.path + " manifest",
                    "the contract has no " + route.method + " " + route.path + " with " + route.permission);
}

}  // namespace guard::rules
