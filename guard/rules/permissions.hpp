// Permissions and manifests beside the routes that name them: who declares a permission, and who asks for it. Inner to
// guard/rules.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "guard/model/findings.hpp"
#include "guard/rules/contract.hpp"
#include "guard/rules/manifest.hpp"

namespace guard::rules {

/// `billing` of `billing.ledger` and of `billing.balance.read`.
inline std::string_view until_dot(std::string_view name) { return name.substr(0, name.find('.')); }

class Permissions {
 public:
  Permissions(const std::vector<Operation>& operations, const std::vector<Manifest>& manifests, Findings& findings)
      : operations_(operations), manifests_(manifests), findings_(findings) {}

  /// Those of C++, `type name{"a.b.c"}`; without any, a permission of no manifest's product may be any.
  void declare(std::string_view cpp, std::string_view type);
  bool has_declared() const { return !in_code_.empty(); }

  void check();

 private:
  void add(const Place& place, const std::string& subject, std::string what);
  const Manifest* of_product(std::string_view product) const;
  bool is_known(std::string_view permission) const;
  void declared(const Manifest&);
  void held(const Manifest&);
  void routes(const Manifest&);

  const std::vector<Operation>& operations_;
  const std::vector<Manifest>& manifests_;
  Findings& findings_;
  std::set<std::string, std::less<>> in_code_;
  std::map<std::string, Place> first_;  // of what manifests declare
};

}  // namespace guard::rules
