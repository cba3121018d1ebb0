// Sum: amounts as the sources write them, "93 second" or "0.064558 EUR", added by what they are of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lineage {

class Sum final {
 public:
  void add(std::string_view amount);
  /// "93 second", or "0.064558 EUR, 2 USD"; empty when nothing was added.
  std::string text() const;

 private:
  struct Part {
    std::string of;
    std::string total;  // 128 bits of millionths
    bool fractions = false;
  };
  std::vector<Part> parts_;
};

}  // namespace lineage
