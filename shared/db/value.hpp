// How a domain type is a database value: ids, days and described enums are text, an Instant is microseconds, a bool is
// 0 or 1. An optional is the same or NULL. Columns: ids `@id`, text `text`, everything else here `@int`.
#pragma once

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "shared/base/check.hpp"
#include "shared/base/id.hpp"
#include "shared/base/time.hpp"

namespace db {

using Value = std::variant<std::monostate, std::int64_t, std::string>;

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class E>
std::string enum_text(E value) {
  std::string text;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto each) {
    if (each.value == value) text = each.name;
  });
  CHECK(!text.empty());
  return text;
}

template <class E>
std::optional<E> enum_from_text(std::string_view text) {
  std::optional<E> value;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto each) {
    if (text == each.name) value = each.value;
  });
  return value;
}

template <class T>
Value to_value(const T& from) {
  if constexpr (is_optional<T>) {
    return from ? to_value(*from) : Value{};
  } else if constexpr (base::is_id<T>) {
    return from.text();
  } else if constexpr (std::is_same_v<T, base::Day>) {
    return base::to_text(from);
  } else if constexpr (std::is_same_v<T, base::Instant>) {
    return base::micros(from);
  } else if constexpr (std::is_enum_v<T>) {
    return enum_text(from);
  } else if constexpr (std::is_integral_v<T>) {
    return static_cast<std::int64_t>(from);
  } else {
    static_assert(std::is_convertible_v<const T&, std::string_view>, "no database value for this type");
    return std::string{std::string_view{from}};
  }
}

/// A value that does not hold a `T` is a bug and crashes.
template <class T>
T from_value(const Value& value) {
  if constexpr (is_optional<T>) {
    if (std::holds_alternative<std::monostate>(value)) return {};
    return from_value<typename T::value_type>(value);
  } else if constexpr (base::is_id<T>) {
    const auto* text = std::get_if<std::string>(&value);
    CHECK(text != nullptr);
    auto id = T::parse(*text);
    CHECK(id.has_value());
    return *id;
  } else if constexpr (std::is_same_v<T, base::Day>) {
    const auto* text = std::get_if<std::string>(&value);
    CHECK(text != nullptr);
    auto day = base::day_from_text(*text);
    CHECK(day.has_value());
    return *day;
  } else if constexpr (std::is_same_v<T, base::Instant>) {
    const auto* number = std::get_if<std::int64_t>(&value);
    CHECK(number != nullptr);
    return base::from_micros(*number);
  } else if constexpr (std::is_enum_v<T>) {
    const auto* text = std::get_if<std::string>(&value);
    CHECK(text != nullptr);
    auto found = enum_from_text<T>(*text);
    CHECK(found.has_value());
    return *found;
  } else if constexpr (std::is_integral_v<T>) {
    const auto* number = std::get_if<std::int64_t>(&value);
    CHECK(number != nullptr);
    return static_cast<T>(*number);
  } else {
    static_assert(std::is_same_v<T, std::string>, "no column type for this");
    const auto* text = std::get_if<std::string>(&value);
    CHECK(text != nullptr);
    return *text;
  }
}

}  // namespace db
