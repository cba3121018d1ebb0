// Where a pattern of C++ tokens stands in a file. Of a function, a call is found and every other way to get hold of it:
// its address, a bracket around its name, a `using` of it; of a clock's `now`, an alias of the clock too. Neither a
// member of the same name is (also called by another of its class, without an object), nor a function of another
// namespace or class, nor a declaration, nor what a block around the place declares under that name. Inner to
// guard/rules.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "guard/source/cpp.hpp"

namespace guard::rules {

/// `random_device`, `std :: thread`, `time (`, `system_clock :: now (`, `:: kill (`, `using namespace std`.
class Pattern {
 public:
  explicit Pattern(std::string_view written);

  bool stands(const std::vector<source::Token>& tokens, std::size_t at) const;
  bool is_empty() const { return names_.empty(); }
  const std::string& first() const { return names_.front(); }
  /// `time()`.
  std::string text() const;

 private:
  std::vector<std::string> names_;  // without its `(`
  bool is_function_ = false;
};

}  // namespace guard::rules
