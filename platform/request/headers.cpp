#include "platform/request/headers.hpp"

#include <algorithm>

#include "shared/base/ascii.hpp"

namespace request {

using base::is_equal_but_for_case;

namespace {

// The second is what curl says of any text that it is given; a browser's form of elsewhere gains nothing by it, since a
// cookie alone changes nothing.
constexpr std::string_view taken_for_json[] = {"application/json", "application/x-www-form-urlencoded"};

constexpr std::string_view said_once[] = {"Authorization", "Idempotency-Key", "Content-Type", "X-CSRF-Token"};

// "Application/JSON; charset=utf-8" -> "Application/JSON"
std::string_view media_type(std::string_view value) {
  value = value.substr(0, value.find(';'));
  while (value.starts_with(' ')) value.remove_prefix(1);
  while (value.ends_with(' ')) value.remove_suffix(1);
  return value;
}

}  // namespace

base::Result<void> check_once(const http::Headers& headers) {
  for (const std::string_view name : said_once)
    if (std::ranges::count_if(headers, [&](const auto& each) { return is_equal_but_for_case(each.first, name); }) > 1)
      return base::Error{base::invalid, "the header " + std::string{name} + " is there twice; send one"};
  return {};
}

base::Result<void> check_content(const http::Request& request) {
  if (request.body.empty()) return {};
  const auto type = http::find(request.headers, "Content-Type");
  if (type &&
      std::ranges::none_of(taken_for_json, [&](auto each) { return is_equal_but_for_case(media_type(*type), each); }))
    return base::Error{base::invalid, "the body is JSON, not " + std::string{media_type(*type)}};
  for (const auto& [name, value] : request.headers)
    if (is_equal_but_for_case(name, "Content-Encoding") && !is_equal_but_for_case(value, "identity"))
      return base::Error{base::invalid, "a body is read as it is, without Content-Encoding: " + value};
  return {};
}

}  // namespace request
