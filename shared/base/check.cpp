#include "shared/base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace base {

void check_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: CHECK(%s) does not hold\n", file, line, expression);
  std::abort();
}

}  // namespace base
