// Check: beliefs of ours that end the process when they do not hold. They stay on in release builds, and state what
// the code believes, never what a user did: a user's mistake is a Result.
#pragma once

namespace base {
/// Prints the expression and its place to stderr and aborts.
[[noreturn]] void check_failed(const char* expression, const char* file, int line);
}  // namespace base

#define CHECK(condition) \
  (static_cast<bool>(condition) ? static_cast<void>(0) : ::base::check_failed(#condition, __FILE__, __LINE__))
