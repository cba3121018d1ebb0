// A string as a template argument, so that a prefix is part of a type.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace base {

template <std::size_t N>
struct FixedString {
  char text[N]{};
  constexpr FixedString(const char (&from)[N]) { std::copy_n(from, N, text); }
  constexpr std::string_view view() const { return {text, N - 1}; }
};

}  // namespace base
