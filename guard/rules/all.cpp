#include "guard/rules/rules.hpp"

namespace guard {

std::span<const Checker> checkers() {
  static constexpr Checker all[] = {
      {"layers", rules::layers},
      {"headers", rules::headers},
      {"cycles", rules::cycles},
      {"link", rules::link},
      {"sql", rules::sql},
      {"words", rules::words},
      {"places", rules::places},
      {"size", rules::size},
      {"scripts", rules::scripts},
      {"routes", rules::routes},
      {"readmes", rules::readmes},
      {"citations", rules::citations},
      {"invariants", rules::invariants},
  };
  return all;
}

}  // namespace guard
