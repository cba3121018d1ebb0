// A place in a JSON text (RFC 6901), kept as a chain on the stack while a value is read: it becomes text for an error
// only.
#pragma once

#include <string>
#include <string_view>

namespace json {

/// A reference token: `~` is `~0`, `/` is `~1`.
inline std::string escaped(std::string_view token) {
  std::string out;
  for (const char c : token) {
    if (c == '~')
      out += "~0";
    else if (c == '/')
      out += "~1";
    else
      out += c;
  }
  return out;
}

struct Place {
  const Place* up = nullptr;
  std::string_view member = {};

  std::string pointer() const { return up == nullptr ? std::string{} : up->pointer() + "/" + escaped(member); }
};

}  // namespace json
