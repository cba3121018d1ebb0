// Routes, as the contract has them: each has one owner, permission, kind and schemas; its scope is in its path; what
// stands below one prefix has one owner, however a parameter is called; a product's routes and permissions are those of
// its manifest.
//
//   with:
//     contract: contract/openapi.json
//     names: {permission: x-permission, kind: x-kind, scope: x-scope}
//     kinds: [read, change, stream]
//     reading: [read, stream]             kinds that GET has, and that no other method has; without it, any
//     without_answer: [stream]            kinds whose answer is no document
//     free_scopes: [caller, platform]     scopes that are in no path; another, `x`, makes the path begin /…/…/{x}
//     scopes: ["/v1/projects/{project}"]  so each of the others begins, and a path that begins so is in that scope
//     owners: [platform, products]        folders: the owner `billing.rating` is platform/billing/rating
//     manifests: ["products/*/product.yaml"]
//     permissions: {in: ["platform/**/*.hpp"], type: Permission}
//                                         C++ that declares, `Permission name{"a.b.c"}`, what no manifest does
//   allow: {from: path, to: permission|scope|kind|schema|owner|prefix|manifest}
#include <algorithm>
#include <map>

#include "guard/model/glob.hpp"
#include "guard/rules/contract.hpp"
#include "guard/rules/json.hpp"
#include "guard/rules/manifest.hpp"
#include "guard/rules/permissions.hpp"
#include "guard/rules/rules.hpp"

namespace guard {

namespace rules {
BOOST_DESCRIBE_STRUCT(ContractNames, (), (permission, kind, scope))
}

namespace {

struct DeclaredPermissions {
  std::vector<std::string> in = {};
  std::string type = {};
};
BOOST_DESCRIBE_STRUCT(DeclaredPermissions, (), (in, type))

struct RoutesWith {
  std::string contract;
  rules::ContractNames names = {};
  std::vector<std::string> kinds;
  std::vector<std::string> reading = {};
  std::vector<std::string> without_answer = {};
  std::vector<std::string> free_scopes = {};
  std::vector<std::string> scopes = {};
  std::vector<std::string> owners;
  std::vector<std::string> manifests = {};
  DeclaredPermissions permissions = {};
  static constexpr std::array json_defaults{"names",  "reading",   "without_answer", "free_scopes",
                                            "scopes", "manifests", "permissions"};
};
BOOST_DESCRIBE_STRUCT(RoutesWith, (),
                      (contract, names, kinds, reading, without_answer, free_scopes, scopes, owners, manifests,
                       permissions))

using rules::Manifest;
using rules::Operation;

bool is_one_of(const std::vector<std::string>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

/// `/v1/projects/{}/instances/{}`: parameters are told apart by where they stand, not by name.
std::string shape_of(std::string_view path) {
  std::string out;
  for (const std::string_view each : rules::segments(path))
    out += rules::is_parameter(each) ? "/{}" : "/" + std::string{each};
  return out;
}

bool begins_with(std::string_view path, std::string_view beginning) {
  return path.starts_with(beginning) && (path.size() == beginning.size() || path[beginning.size()] == '/');
}

/// To the first word after the shape's first parameter: `/v1/projects/{}/instances`.
std::string_view prefix_of(std::string_view shape) {
  const std::size_t parameter = shape.find("/{}/");
  return parameter == std::string_view::npos ? shape : shape.substr(0, shape.find('/', parameter + 4));
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
    doubles(operations);
    prefixes(operations);
  }

 private:
  void say(const Operation& operation, const std::string& about, std::string what) {
    if (findings_.allows(operation.path, about)) return;
    findings_.add(operation.place, operation.name() + " " + about, operation.name() + " " + what);
  }

  void has_what_it_needs(const Operation& each) {
    if (each.id.empty()) say(each, "schema", "has no operationId");
    if (each.permission.empty()) say(each, "permission", "has no permission");
    kind(each);
    const bool has_to_take = each.method == "PUT" || each.method == "PATCH";
    if ((each.has_request || has_to_take) && !each.has_request_schema)
      say(each, "schema", "does not say what it takes");
    if (!each.has_answer_schema && !is_one_of(given_.without_answer, each.kind))
      say(each, "schema", "does not say what it answers");
    if (!each.has_refusal_schema) say(each, "schema", "does not say what a refusal looks like");
  }

  void kind(const Operation& each) {
    if (!is_one_of(given_.kinds, each.kind))
      return say(each, "kind", each.kind.empty() ? "has no kind" : "is of the unknown kind " + each.kind);
    const bool is_get = each.method == "GET" || each.method == "HEAD";
    if (!given_.reading.empty() && is_get != is_one_of(given_.reading, each.kind))
      say(each, "kind", "is of the kind " + each.kind + ", which goes with other methods");
  }

  /// A scope is the path's first parameter, at the end of what names its kind: `/v1/projects/{project}`.
  void scope_in_path(const Operation& each) {
    if (each.scope.empty()) return say(each, "scope", "has no scope");
    const bool is_free = is_one_of(given_.free_scopes, each.scope);
    const auto all = rules::segments(each.path);
    const auto first = std::ranges::find_if(all, rules::is_parameter);
    const bool is_named = first != all.end() && *first == "{" + each.scope + "}";
    if (const std::string* in = scope_of(each.path)) {
      if (!begins_with(each.path, *in)) say(each, "scope", "begins like " + *in + " and calls its parameter otherwise");
      if (rules::segments(*in).back() != "{" + each.scope + "}")
        say(each, "scope", "has the scope " + each.scope + ", and its path begins like " + *in);
    } else if (!is_free && (!is_named || !given_.scopes.empty())) {
      say(each, "scope", "has the scope " + each.scope + ", and its path does not begin with it");
    }
  }

  /// Of `scopes`, what the path begins with.
  const std::string* scope_of(std::string_view path) const {
    const auto at = std::ranges::find_if(
        given_.scopes, [&](const std::string& each) { return begins_with(shape_of(path), shape_of(each)); });
    return at == given_.scopes.end() ? nullptr : &*at;
  }

  void owner(const Operation& each) {
    if (each.owners.size() != 1)
      return say(each, "owner", "has " + std::to_string(each.owners.size()) + " owners instead of one");
    const std::string& owner = each.owners.front();
    if (!is_module(owner)) say(each, "owner", "is owned by " + owner + ", which is no module");
    if (!each.permission.empty() && rules::until_dot(each.permission) != rules::until_dot(owner))
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

  void doubles(const std::vector<Operation>& operations) {
    std::map<std::string, const Operation*> ids, routes;
    for (const Operation& each : operations) {
      const Operation& same_id = *ids.try_emplace(each.id, &each).first->second;
      if (&same_id != &each && !each.id.empty()) say(each, "schema", "has the operationId of " + same_id.name());
      const Operation& same = *routes.try_emplace(each.method + shape_of(each.path), &each).first->second;
      if (&same != &each) say(each, "prefix", "is the same route as " + same.name());
    }
  }

  /// Below a prefix are also the words that follow a path without parameters: `/v1/me/keys` is below `/v1/me`.
  void prefixes(const std::vector<Operation>& operations) {
    std::map<std::string, const Operation*, std::less<>> first;
    for (const Operation& each : operations)
      if (!each.owners.empty()) first.try_emplace(std::string{prefix_of(shape_of(each.path))}, &each);
    for (const Operation& each : operations) {
      if (each.owners.empty()) continue;
      const std::string shape = shape_of(each.path);
      std::string_view prefix = prefix_of(shape);
      while (!prefix.empty()) {
        const auto other = first.find(prefix);
        if (other != first.end() && other->second->owners.front() != each.owners.front()) beside(each, *other->second);
        prefix = prefix.contains('{') ? "" : prefix.substr(0, prefix.rfind('/'));
      }
    }
  }

  void beside(const Operation& each, const Operation& other) {
    say(each, "prefix",
        "is owned by " + each.owners.front() + ", and " + other.name() + " beside it by " + other.owners.front());
  }

  const Tree& tree_;
  const RoutesWith& given_;
  Findings& findings_;
};

std::vector<Manifest> manifests_of(const Tree& tree, const RoutesWith& given, Findings& findings) {
  std::vector<Manifest> all;
  for (const File& file : tree.files) {
    if (!file.was_read || !matches_any(given.manifests, file.path)) continue;
    auto manifest = rules::manifest_of(file);
    if (manifest) {
      all.push_back(std::move(*manifest));
    } else {
      rules::cannot(findings, manifest.error());
    }
  }
  if (!given.manifests.empty()) rules::needs_any_file(tree, given.manifests, "/with/manifests", findings);
  return all;
}

}  // namespace

void rules::routes(const Tree& tree, const Rule& rule, Findings& findings) {
  const auto given = with<RoutesWith>(findings.rules(), rule);
  if (!given) return findings.cannot({findings.rules().path}, given.error().detail);
  const File* contract = tree.file(given->contract);
  if (contract == nullptr || !contract->was_read)
    return findings.cannot(findings.rules().place_of(rule, "/with/contract"), "there is no " + given->contract);
  const auto operations = operations_of(*contract, given->names);
  if (!operations) return cannot(findings, operations.error());
  Routes{tree, *given, findings}.check(*operations);
  const auto manifests = manifests_of(tree, *given, findings);
  Permissions permissions{*operations, manifests, findings};
  for (const File& file : tree.files)
    if (file.was_read && !file.is_test && matches_any(given->permissions.in, file.path))
      permissions.declare(file.text, given->permissions.type);
  if (!given->permissions.in.empty() && !permissions.has_declared())
    findings.cannot(findings.rules().place_of(rule, "/with/permissions"), "no file declares a permission");
  permissions.check();
}

}  // namespace guard
