// Routes, as the contract has them: each has one owner, permission, kind and schemas; its scope is in its path; what
// stands below one prefix has one owner; a product's routes and permissions are those of its manifest.
//
//   with:
//     contract: contract/openapi.json
//     names: {permission: x-permission, kind: x-kind, scope: x-scope}
//     kinds: [read, change, stream]
//     without_answer: [stream]            kinds whose answer is no document
//     free_scopes: [caller, platform]     scopes that are in no path; another, `x`, makes the path begin /…/…/{x}
//     owners: [platform, products]        folders: the owner `billing.rating` is platform/billing/rating
//     manifests: ["products/*/product.yaml"]
//   allow: {from: path, to: permission|scope|schema|owner|prefix|manifest}
#include <algorithm>
#include <map>
#include <set>

#include "guard/model/glob.hpp"
#include "guard/rules/contract.hpp"
#include "guard/rules/rules.hpp"

namespace guard {

namespace rules {
BOOST_DESCRIBE_STRUCT(ContractNames, (), (permission, kind, scope))
}

namespace {

struct RoutesWith {
  std::string contract;
  rules::ContractNames names = {};
  std::vector<std::string> kinds;
  std::vector<std::string> without_answer = {};
  std::vector<std::string> free_scopes = {};
  std::vector<std::string> owners;
  std::vector<std::string> manifests = {};
  static constexpr std::array json_defaults{"names", "without_answer", "free_scopes", "manifests"};
};
BOOST_DESCRIBE_STRUCT(RoutesWith, (), (contract, names, kinds, without_answer, free_scopes, owners, manifests))

using rules::Manifest;
using rules::Operation;

bool is_one_of(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

std::string_view until_dot(std::string_view name) { return name.substr(0, name.find('.')); }

std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> all;
  while (!path.empty()) {
    path.remove_prefix(1);  // the `/`
    const std::size_t end = std::min(path.find('/'), path.size());
    all.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return all;
}

/// To the first word after the path's first parameter: `/v1/projects/{project}/instances`.
std::string prefix_of(std::string_view path) {
  std::string out;
  bool has_parameter = false;
  for (const std::string_view each : segments(path)) {
    out += "/" + std::string{each};
    if (has_parameter) break;
    has_parameter = each.starts_with('{');
  }
  return out;
}

class Routes {
 public:
  Routes(const Tree& tree, const RoutesWith& given, Findings& findings)
      : tree_(tree), given_(given), findings_(findings) {}

  void check(const std::vector<Operation>& operations) {
    for (const Operation& each : operations) {
      has_what_it_needs(each);
      scope_in_path(each);
      owner(each);
    }
    prefixes(operations);
  }

  void check(const Manifest& manifest, const std::vector<Operation>& operations) {
    std::set<std::string> asked;
    for (const Operation& each : operations) {
      asked.insert(each.permission);
      if (until_dot(each.permission) == manifest.product &&
          std::ranges::find(manifest.permissions, each.permission, [](const auto& known) { return known.first; }) ==
              manifest.permissions.end())
        say(each, "manifest", "asks for " + each.permission + ", which " + manifest.place.file + " does not have");
      if (is_one_of(each.owners, manifest.product) && std::ranges::none_of(manifest.routes, [&](const auto& route) {
            return route.method == each.method && route.path == each.path && route.permission == each.permission;
          }))
        say(each, "manifest", "is no operation of " + manifest.place.file);
    }
    for (const auto& [permission, place] : manifest.permissions)
      if (!asked.contains(permission) && !findings_.allows(permission, "manifest"))
        findings_.add(place, permission + " manifest", "no route asks for the permission " + permission);
    for (const auto& route : manifest.routes) {
      const bool is_there = std::ranges::any_of(operations, [&](const Operation& each) {
        return each.method == route.method && each.path == route.path && each.permission == route.permission;
      });
      if (!is_there && !findings_.allows(route.path, "manifest"))
        findings_.add(route.place, route.method + " " + route.path + " manifest",
                      "the contract has no " + route.method + " " + route.path + " with " + route.permission);
    }
  }

 private:
  void say(const Operation& operation, const std::string& about, std::string what) {
    if (findings_.allows(operation.path, about)) return;
    findings_.add(operation.place, operation.name() + " " + about, operation.name() + " " + what);
  }

  void has_what_it_needs(const Operation& each) {
    if (each.id.empty()) say(each, "schema", "has no operationId");
    if (each.permission.empty()) say(each, "permission", "has no permission");
    if (!is_one_of(given_.kinds, each.kind))
      say(each, "kind", each.kind.empty() ? "has no kind" : "is of the unknown kind " + each.kind);
    if (each.has_request && !each.has_request_schema) say(each, "schema", "does not say what it takes");
    if (!each.has_answer_schema && !is_one_of(given_.without_answer, each.kind))
      say(each, "schema", "does not say what it answers");
    if (!each.has_refusal_schema) say(each, "schema", "does not say what a refusal looks like");
  }

  /// A scope is the path's first parameter, at the end of what names its kind: `/v1/projects/{project}`.
  void scope_in_path(const Operation& each) {
    if (each.scope.empty()) return say(each, "scope", "has no scope");
    if (is_one_of(given_.free_scopes, each.scope)) return;
    const auto all = segments(each.path);
    const auto first = std::ranges::find_if(all, [](std::string_view part) { return part.starts_with('{'); });
    if (first == all.end() || *first != "{" + each.scope + "}")
      say(each, "scope", "has the scope " + each.scope + ", and its path does not begin with it");
  }

  void owner(const Operation& each) {
    if (each.owners.size() != 1)
      return say(each, "owner", "has " + std::to_string(each.owners.size()) + " owners instead of one");
    const std::string& owner = each.owners.front();
    if (!is_module(owner)) say(each, "owner", "is owned by " + owner + ", which is no module");
    if (!each.permission.empty() && until_dot(each.permission) != until_dot(owner))
      say(each, "permission", "of " + owner + " asks for " + each.permission + ", which is another's");
  }

  bool is_module(std::string owner) const {
    std::ranges::replace(owner, '.', '/');
    return std::ranges::any_of(given_.owners, [&](const std::string& folder) {
      const std::string path = folder + "/" + owner;
      return std::ranges::any_of(
          tree_.modules, [&](const Module& each) { return each.path == path || each.path.starts_with(path + "/"); });
    });
  }

  void prefixes(const std::vector<Operation>& operations) {
    std::map<std::string, const Operation*> first;
    for (const Operation& each : operations) {
      if (each.owners.empty()) continue;
      const Operation& other = *first.try_emplace(prefix_of(each.path), &each).first->second;
      if (other.owners.front() != each.owners.front())
        say(each, "prefix",
            "is owned by " + each.owners.front() + ", and " + other.name() + " beside it by " + other.owners.front());
    }
  }

  const Tree& tree_;
  const RoutesWith& given_;
  Findings& findings_;
};

}  // namespace

void rules::routes(const Tree& tree, const Rule& rule, Findings& findings) {
  const auto given = with<RoutesWith>(findings.rules(), rule);
  if (!given) return findings.cannot({findings.rules().path}, given.error().detail);
  const File* contract = tree.file(given->contract);
  if (contract == nullptr || !contract->was_read)
    return findings.cannot(findings.rules().place_of(rule, "/with/contract"), "there is no " + given->contract);
  const auto operations = operations_of(*contract, given->names);
  if (!operations) return findings.cannot({contract->path}, operations.error().detail);
  Routes routes{tree, *given, findings};
  routes.check(*operations);
  bool has_manifest = given->manifests.empty();
  for (const File& file : tree.files) {
    if (!file.was_read || !matches_any(given->manifests, file.path)) continue;
    has_manifest = true;
    const auto manifest = manifest_of(file);
    if (!manifest) {
      const Place place = place_from(manifest.error().detail.substr(0, manifest.error().detail.find(": ")));
      findings.cannot(place, manifest.error().detail);
    } else {
      routes.check(*manifest, *operations);
    }
  }
  if (!has_manifest) findings.cannot(findings.rules().place_of(rule, "/with/manifests"), "no file is a manifest");
}

}  // namespace guard
