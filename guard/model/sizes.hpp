// How large a tree is, for the trend that reports keep.
#pragma once

#include "guard/model/model.hpp"

namespace guard {

struct ModuleSize {
  const Module* module = nullptr;
  int files = 0;
  int lines = 0;
  int largest_file = 0;
  int functions = 0;
  int longest_function = 0;
  int exported = 0;  // names that its public headers declare
};

int lines_of(const File&);

/// One for each module with C++, in their order; tests are left out.
std::vector<ModuleSize> sizes(const Tree&);

}  // namespace guard
