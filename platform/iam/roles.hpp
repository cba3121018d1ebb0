// Roles: the built-in ones, each a set of permissions. The only place in C++ where a role has a name; what products add
// comes from their manifests.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "platform/iam/iam.hpp"

namespace iam {

/// A set of permissions by their number; small and fixed, so that a decision is one look.
class PermissionSet final {
 public:
  static constexpr int size = 320;
  void add(int number) { words_[static_cast<std::size_t>(number) / 64] |= bit(number); }
  bool has(int number) const { return (words_[static_cast<std::size_t>(number) / 64] & bit(number)) != 0; }
  bool holds(const PermissionSet& other) const {
    for (std::size_t i = 0; i < words_.size(); ++i)
      if ((other.words_[i] & ~words_[i]) != 0) return false;
    return true;
  }
  PermissionSet& operator|=(const PermissionSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
  }
  PermissionSet& operator-=(const PermissionSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= ~other.words_[i];
    return *this;
  }

 private:
  static std::uint64_t bit(int number) { return std::uint64_t{1} << (static_cast<unsigned>(number) % 64); }
  std::array<std::uint64_t, size / 64> words_{};
};

/// Where a role can be bound.
enum class Held {
  in_tree,
  at_platform,
  by_itself
};  // by_itself: at the platform, and counts only for itself as target

class Roles final {
 public:
  /// Errors: `manifest_refused` (an addition to no built-in role, more permissions than fit).
  static base::Result<Roles> make(const std::vector<registry::RoleAddition>& additions);

  struct Role {
    std::string name;
    Held held;
    PermissionSet permissions;
  };
  const Role* find(std::string_view name) const;
  int number(std::string_view permission) const;  // -1: no role holds it
  bool of_platform(int permission) const { return of_platform_.has(permission); }
  const std::vector<Role>& all() const { return roles_; }
  std::uint16_t index(const Role& role) const { return static_cast<std::uint16_t>(&role - roles_.data()); }
  std::vector<std::string> names_of(const PermissionSet&) const;

 private:
  int numbered(std::string_view permission);

  std::vector<Role> roles_;
  std::unordered_map<std::string_view, int> numbers_;  // views of `names_`
  std::vector<std::unique_ptr<std::string>> names_;
  PermissionSet of_platform_;
};

/// For the house, when it binds without being asked.
inline constexpr std::string_view owner_role = "owner";
inline constexpr std::string_view operator_role = "platform-operator";
inline constexpr std::string_view node_role = "node";

}  // namespace iam
