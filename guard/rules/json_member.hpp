// What a JSON value has, if it has it. For .cpp files of guard/rules only.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

namespace guard::rules {

/// Null if there is no such member, or `in` is no object.
inline const boost::json::value* member(const boost::json::value* in, std::string_view name) {
  const boost::json::object* all = in == nullptr ? nullptr : in->if_object();
  return all == nullptr ? nullptr : all->if_contains(name);
}

/// Empty of what is no text.
inline std::string text(const boost::json::value* from) {
  return from != nullptr && from->is_string() ? std::string{std::string_view{from->get_string()}} : std::string{};
}

}  // namespace guard::rules
