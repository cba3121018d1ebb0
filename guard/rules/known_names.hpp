// The names that a page may refer to as what holds something: tests that can fail, types, fuzz programs. Inner to
// guard/rules.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "guard/model/model.hpp"

namespace guard::rules {

class KnownNames {
 public:
  explicit KnownNames(const Tree&);

  /// Why `Suite.Name` (`Suite.*`: any of that suite) holds nothing; empty if one such test runs and asserts something.
  std::string why_not(const std::string& test) const;

  std::set<std::string> types;
  std::set<std::string> fuzzers;

 private:
  void read_tests(const Tree&);

  std::map<std::string, std::string> tests_;  // `Suite.Name` -> why it holds nothing
};

}  // namespace guard::rules
