// ASCII letters, without a locale: names of headers (RFC 9110, 5.1), of SQL and of files are compared by them.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace base {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

inline std::string lower(std::string_view text) {
  std::string all{text};
  for (char& c : all) c = lower(c);
  return all;
}

constexpr bool is_equal_but_for_case(char a, char b) { return lower(a) == lower(b); }

constexpr bool is_equal_but_for_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return is_equal_but_for_case(x, y); });
}

}  // namespace base
