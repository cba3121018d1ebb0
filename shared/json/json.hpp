// JSON: one struct is decoder, encoder, JSON Schema and OpenAPI component. Boost.Describe lists its members, one type-
// erased table (a few hundred lines in decode, encode and schema.cpp) does the rest; Boost.JSON only parses.
//
// Always true
//   - decoding is strict: unknown members, duplicate keys, wrong types, invalid UTF-8, U+0000, numbers out of range,
//   more
//     than `depth_max` levels or `members_max` members are errors, each with the JSON pointer (RFC 6901) of the place;
//   - integers are exact: they are read from their digits, never through a floating-point number;
//   - what was encoded is valid JSON, and decodes to an equal value; members stand in the order of their struct;
//   - a secret (telemetry's `Secret<T>`) is decoded, never encoded.
//
// A member's type is: bool, integer (range-checked), std::string, base::Id, base::Day, base::Instant (RFC 3339), Money
// {"amount":"0.064558","currency":"EUR"}, Rate {"amount":"2.499","currency":"EUR","per":3600}, Currency, a secret text,
// described enum (its word), described struct, base::Page, std::optional (absent or null), std::vector, std::map<std::
// string, T> (free keys), std::variant of ids (an id of any), `Json` (any JSON value, kept as canonical text).
// std::monostate is the empty object, the input of a route that takes none.
//
// A member is required unless it is a std::optional or its struct names it in `json_defaults`: Boost.Describe cannot
// see that a member has a default value. A member named like a C++ keyword has a trailing underscore, which JSON drops.
//
//   struct Launch {
//     std::string name;
//     int gpus = 1;
//     static constexpr std::array json_defaults{"gpus"};
//     static constexpr std::array json_ranges{json::Range{"gpus", 1, 8}, json::Range{"name", 1, 63}};  // text: its
//     bytes
//   };
//   BOOST_DESCRIBE_STRUCT(Launch, (), (name, gpus))
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "shared/base/result.hpp"

namespace json {

inline constexpr std::size_t depth_max = 32;
inline constexpr std::size_t members_max = 10'000;  // of one document, members and list items of all levels together
inline constexpr std::size_t string_max = 256 << 10;

/// Any JSON value, parsed, as canonical text (keys in order, no blanks).
struct Json {
  std::string text = "null";
  bool operator==(const Json&) const = default;
};

/// `static constexpr auto json_defaults = json::all;`: each member of the struct has a default value.
struct All {};
inline constexpr All all{};

/// What a member may hold beyond its type: an integer's value, the bytes of a text, the items of a list.
struct Range {
  std::string_view member;
  std::int64_t min = 0;
  std::int64_t max = INT64_MAX;
};

/// Path and query parameters: name and text.
using Params = std::vector<std::pair<std::string, std::string>>;

/// How one type is read, written and described. One constant a type, given by `type<T>()`; see type.hpp.
struct Type;

/// Errors: `invalid` with pointer and detail ("expected an integer from 1 to 64").
template <class T>
base::Result<T> decode(std::string_view text);

/// As `decode`, but members come from three places: the path's and the query's parameters, as text, and the body; an
/// empty body is no body. A path parameter that T lacks is the caller's own (a scope). Errors: also a query parameter
/// that T lacks, and a member given in two places or twice.
template <class T>
base::Result<T> decode_parts(const Params& path, const Params& query, std::string_view body);
template <class T>
base::Result<T> decode_with(std::string_view body, const Params& query);

template <class T>
std::string encode(const T& value);

/// The JSON Schema (2020-12) of T; described structs as {"$ref": "#/components/schemas/Name"} and listed in
/// `components`. Name is the struct's own, without namespaces; of two structs of one name, one says `json_name` (a
/// string_view).
template <class T>
std::string schema(std::map<std::string, std::string>& components);

/// A member of a struct as a caller of the API meets it.
struct Member {
  std::string name;
  bool required;
  std::string schema;
};

/// The members of a described struct, in order; none for std::monostate.
template <class T>
std::vector<Member> members(std::map<std::string, std::string>& components);
template <class T>
bool has_member(std::string_view name);

/// The schema of T's object without the members `left_out`, which come from the path; nothing if no member is left.
template <class T>
std::optional<std::string> body_schema(std::span<const std::string> left_out,
                                       std::map<std::string, std::string>& components);

/// The canonical text of a JSON text: keys in byte order, no blanks, integers as their digits, other numbers as the
/// shortest text that reads back the same. Errors: `invalid`.
base::Result<Json> canonical(std::string_view text);

/// A top-level text member of an encoded object, found without parsing the rest. Nothing if it is not there or no text.
std::optional<std::string> member_text(std::string_view encoded_object, std::string_view member);

/// `text` as a JSON string with its quotes; what is not UTF-8 becomes U+FFFD.
std::string quoted(std::string_view text);

bool is_utf8(std::string_view text);

/// The word of `known` that was probably meant by `word`; empty if none is near.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

}  // namespace json

#include "shared/json/type.hpp"
