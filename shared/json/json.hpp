// JSON: one struct is decoder, encoder, JSON Schema and OpenAPI component. Boost.Describe lists its members, one type-
// erased table (a few hundred lines in json.cpp) does the rest; Boost.JSON only parses.
//
// Decoding is strict: unknown members, duplicate keys, wrong types, invalid UTF-8, numbers out of range, more than
// `depth_max` levels or `members_max` members are errors, each with the JSON pointer of the place. A member is required
// unless it is an optional or has a default value in its struct.
//
// A member's type is: bool, integer (range-checked), std::string, base::Id, base::Day, base::Instant (RFC 3339), Money
// ({"amount","currency"}), described enum (its word), described struct, std::optional (absent or null), std::vector,
// std::map<std::string, T> (free keys), std::variant of ids (an id of any), `Json` (any JSON value, kept as canonical text).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.hpp"

namespace json {

inline constexpr int depth_max = 32;
inline constexpr std::size_t members_max = 10'000;  // of one document, all levels together
inline constexpr std::size_t string_max = 256 << 10;

/// Any JSON value, parsed, as canonical text (keys in order, no blanks).
struct Json {
  std::string text = "null";
  bool operator==(const Json&) const = default;
};

/// How one type is read, written and described. One static instance a type, made by `type<T>()`; see type.hpp.
class Type;

/// Errors: `invalid` with pointer and detail ("expected an integer from 1 to 64").
template <class T>
base::Result<T> decode(std::string_view text);

template <class T>
std::string encode(const T& value);

/// The JSON Schema (2020-12) of T; described structs as {"$ref": "#/components/schemas/Name"} and listed in `components`.
template <class T>
std::string schema(std::map<std::string, std::string>& components);

}  // namespace json

#include "shared/json/type.hpp"
