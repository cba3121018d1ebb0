// What JSON of others has, if it has it, and what was wrong with it. For .cpp files of guard/rules only.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "guard/model/findings.hpp"

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

/// `error` begins with where it is: `file:line: what`.
inline void cannot(Findings& findings, const base::Error& error) {
  const std::size_t colon = error.detail.find(": ");
  findings.cannot(place_from(error.detail.substr(0, colon)), error.detail.substr(colon + 2));
}

}  // namespace guard::rules
