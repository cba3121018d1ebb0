#include "platform/iam/roles.hpp"

#include <algorithm>

namespace iam {
namespace {

using Name = std::string_view;
using Names = std::vector<Name>;

struct BuiltIn {
  Name name;
  Held held;
  Names permissions;
};

// Groups that several roles hold.
constexpr Name tree_list[] = {"iam.organization.read", "iam.department.read", "iam.project.read", "iam.resource.list",
                              "lineage.resource.read"};
constexpr Name tree_follow[] = {"log.event.follow"};
constexpr Name access_read[] = {"iam.principal.list", "iam.binding.list", "iam.api_key.list", "access.session.list",
                                "iam.access.check"};
constexpr Name cost_read[] = {"billing.usage.list", "billing.charge.list", "billing.cost.read"};
constexpr Name books_read[] = {"billing.transfer.list", "billing.balance.read"};
constexpr Name use[] = {"access.session.create", "access.session.open"};
constexpr Name sessions[] = {"access.session.list"};
constexpr Name bind[] = {"iam.binding.create", "iam.binding.remove"};
constexpr Name build[] = {"iam.department.create", "iam.project.create"};
constexpr Name people[] = {"iam.user.create", "iam.service_account.create", "iam.principal.disable",
                           "iam.api_key.create", "iam.api_key.remove"};
constexpr Name audit[] = {"log.record.list"};

template <class... Groups>
Names all(const Groups&... groups) {
  Names names;
  (names.insert(names.end(), std::begin(groups), std::end(groups)), ...);
  return names;
}

std::vector<BuiltIn> built_in() {
  const Names tree_read = all(tree_list, tree_follow);
  return {
      {"owner", Held::in_tree, all(tree_read, access_read, cost_read, books_read, use, bind, build, people, audit)},
      {"department-admin", Held::in_tree, all(tree_read, access_read, cost_read, use, bind, build, audit)},
      {"project-admin", Held::in_tree, all(tree_read, access_read, cost_read, use, bind, audit)},
      {"project-member", Held::in_tree, all(tree_read, cost_read, use, sessions)},
      {"viewer", Held::in_tree, all(tree_read, cost_read)},
      {"billing-viewer", Held::in_tree, all(tree_list, cost_read, books_read)},
      {"auditor", Held::in_tree, all(tree_read, access_read, cost_read, books_read, audit)},
      {"platform-operator",
       Held::at_platform,
       {"iam.organization.create", "iam.join_token.create", "iam.node.list", "iam.principal.disable",
        "iam.binding.list", "iam.binding.create", "iam.binding.remove", "iam.access.check", "jobs.job.list",
        "log.record.list", "log.event.follow", "billing.credit.grant", "billing.trial_balance.read"}},
      {"node", Held::by_itself, {"iam.node.link", "billing.usage.report", "access.replica.list"}},
  };
}

// Decided at the platform even where the path names an organization: what the house does to one.
constexpr Name decided_at_platform[] = {"billing.credit.grant"};

}  // namespace

base::Result<Roles> Roles::make(const std::vector<registry::RoleAddition>& additions) {
  Roles roles;
  for (const BuiltIn& each : built_in()) {
    Role role{.name = std::string{each.name}, .held = each.held};
    for (const std::string_view permission : each.permissions) role.permissions.add(roles.numbered(permission));
    roles.roles_.push_back(std::move(role));
  }
  for (const std::string_view permission : decided_at_platform) roles.of_platform_.add(roles.numbered(permission));
  for (const registry::RoleAddition& addition : additions) {
    auto role = std::ranges::find(roles.roles_, addition.role, &Role::name);
    if (role == roles.roles_.end())
      return base::Error{registry::manifest_refused, "there is no built-in role " + addition.role};
    const int number = roles.numbered(addition.permission);
    if (number < 0) return base::Error{registry::manifest_refused, "there are more permissions than roles can hold"};
    role->permissions.add(number);
  }
  return roles;
}

int Roles::numbered(std::string_view permission) {
  if (const int known = number(permission); known >= 0) return known;
  const int next = static_cast<int>(names_.size());
  if (next >= PermissionSet::size) return -1;
  names_.push_back(std::make_unique<std::string>(permission));
  numbers_.emplace(*names_.back(), next);
  return next;
}

const Roles::Role* Roles::find(std::string_view name) const {
  const auto found = std::ranges::find(roles_, name, &Role::name);
  return found == roles_.end() ? nullptr : &*found;
}

int Roles::number(std::string_view permission) const {
  const auto found = numbers_.find(permission);
  return found == numbers_.end() ? -1 : found->second;
}

std::vector<std::string> Roles::names_of(const PermissionSet& set) const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < names_.size(); ++i)
    if (set.has(static_cast<int>(i))) names.push_back(*names_[i]);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace iam
