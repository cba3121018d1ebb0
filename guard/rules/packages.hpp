// The packages that a package.json names. Inner to guard/rules.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "guard/model/model.hpp"

namespace guard::rules {

class Packages {
 public:
  /// Errors: `invalid` with the file.
  static base::Result<Packages> of(const File& package_json);

  /// `react`, `react/jsx-runtime` and `@scope/name/part` are of a package; `node:fs` is the runtime's own.
  bool have(std::string_view module) const;

 private:
  std::set<std::string, std::less<>> names_;
};

}  // namespace guard::rules
