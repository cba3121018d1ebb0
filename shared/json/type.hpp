// The field table: what json.hpp's functions know of a type, without its C++ type. For each struct the compiler makes
// one constant array of fields, with a one-line function a member, and nothing else: code that reads, writes and
// describes is written once, for all types, in decode.cpp, encode.cpp and schema.cpp.
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <concepts>
#include <iterator>
#include <type_traits>
#include <variant>

#include "shared/base/id.hpp"
#include "shared/base/money.hpp"
#include "shared/base/page.hpp"
#include "shared/base/time.hpp"

namespace json {

enum class Form : unsigned char { boolean, integer, text, word, any, money, rate, structure, optional, list, map };

struct Field {
  std::string_view name;
  const Type& (*type)();
  void* (*of)(void* object);
  bool required = true;
  std::int64_t min = INT64_MIN;  // both from the struct's Range; the type's own limits come on top
  std::int64_t max = INT64_MAX;
};

struct Type {
  Form form;
  std::string_view name = {};      // structure: its component; empty: described where it is used
  std::string_view expected = {};  // text: for an error, "a day such as 2027-03-02"
  std::string_view format = {};    // text: JSON Schema's format, if it has a word for it
  std::span<const Field> fields = {};
  const Type& (*inner)() = nullptr;  // optional, list, map
  void* (*add)(void* container, std::string_view key) = nullptr;
  void (*each)(const void* container, void* to, void (*visit)(void* to, std::string_view key, const void*)) = nullptr;
  bool (*read)(std::string_view, void*) = nullptr;  // text: false if it is none
  std::string (*print)(const void*) = nullptr;      // text: none for a secret
  std::span<const std::string_view> words = {};     // word: its words; text of ids: their prefixes
  std::span<const std::int64_t> values = {};        // word: the values of the words
  unsigned char bytes = 0;                          // integer, word
  bool is_signed = false;
};

template <class T>
const Type& type();

/// Members that may be absent, of a struct that cannot say so itself.
template <class T>
inline constexpr std::array<std::string_view, 0> defaults{};
template <>
inline constexpr std::array<std::string_view, 2> defaults<base::Cursor>{"after", "limit"};
template <class T>
inline constexpr std::array<Range, 0> ranges{};
template <>
inline constexpr std::array<Range, 1> ranges<base::Cursor>{Range{"limit", 1, base::page_size_max}};

namespace detail {

std::optional<base::Error> decode(const Type&, std::string_view text, void* out);
std::optional<base::Error> decode_parts(const Type&, const Params& path, const Params& query, std::string_view body,
                                        void* out);
void encode(const Type&, const void* value, std::string& out);
std::string schema(const Type&, std::map<std::string, std::string>& components);
std::vector<Member> members(const Type&, std::map<std::string, std::string>& components);
std::optional<std::string> body_schema(const Type&, std::span<const std::string> left_out,
                                       std::map<std::string, std::string>& components);
bool has_member(const Type&, std::string_view name);

template <class T>
concept SecretText = requires { requires std::same_as<typename T::secret_of, std::string>; };

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_vector = false;
template <class T>
inline constexpr bool is_vector<std::vector<T>> = true;
template <class T>
inline constexpr bool is_map = false;
template <class T>
inline constexpr bool is_map<std::map<std::string, T>> = true;
template <class T>
inline constexpr bool is_page = false;
template <class T>
inline constexpr bool is_page<base::Page<T>> = true;
template <class T>
inline constexpr bool is_ids = false;
template <base::FixedString... P>
inline constexpr bool is_ids<std::variant<base::Id<P>...>> = true;

template <class T>
concept DescribedStruct = boost::describe::has_describe_members<T>::value && !std::is_union_v<T>;
template <class T>
concept DescribedEnum = boost::describe::has_describe_enumerators<T>::value;

/// A word of ours for a C++ name: `default_` is `default`.
constexpr std::string_view word(std::string_view name) {
  if (name.ends_with('_')) name.remove_suffix(1);
  return name;
}

/// `badges::Badge` is `Badge`, from the compiler's own text of this function's name.
template <class T>
constexpr std::string_view name() {
  if constexpr (requires { T::json_name; }) {
    return T::json_name;
  } else {
    std::string_view text = __PRETTY_FUNCTION__;
    text = text.substr(0, text.rfind(']'));
    text = text.substr(text.find("T = ") + 4);
    if (const std::size_t colon = text.rfind(':'); colon != std::string_view::npos) text = text.substr(colon + 1);
    return text;
  }
}

template <class T>
concept AllDefaulted = requires { requires std::same_as<std::remove_cvref_t<decltype(T::json_defaults)>, All>; };

template <class T>
constexpr bool is_defaulted(std::string_view member) {
  for (const std::string_view each : defaults<T>)
    if (each == member) return true;
  if constexpr (AllDefaulted<T>)
    return true;
  else if constexpr (requires { T::json_defaults; })
    for (const std::string_view each : T::json_defaults)
      if (each == member) return true;
  return false;
}

template <class T>
constexpr Range range_of(std::string_view member) {
  for (const Range& each : ranges<T>)
    if (each.member == member) return each;
  if constexpr (requires { T::json_ranges; })
    for (const Range& each : T::json_ranges)
      if (each.member == member) return each;
  return {.member = member, .min = INT64_MIN, .max = INT64_MAX};
}

template <class T, class D>
consteval Field field() {
  using M = std::remove_cvref_t<decltype(std::declval<T&>().*D::pointer)>;
  const std::string_view name = word(D::name);
  const Range range = range_of<T>(name);
  return {.name = name,
          .type = &type<M>,
          .of = [](void* object) -> void* { return &(static_cast<T*>(object)->*D::pointer); },
          .required = !is_optional<M> && !is_defaulted<T>(name),
          .min = range.min,
          .max = range.max};
}

template <class T>
struct Fields;

template <DescribedStruct T>
struct Fields<T> {
  template <template <class...> class L, class... D>
  static consteval std::array<Field, sizeof...(D)> make(L<D...>*) {
    return {field<T, D>()...};
  }
  static constexpr auto table = make(
      static_cast<boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>*>(
          nullptr));

  /// Each name in `json_defaults` and `json_ranges` is a member's: a mistyped one does not compile.
  static consteval bool named() {
    const auto known = [](std::string_view name) {
      for (const Field& each : table)
        if (each.name == name) return true;
      return false;
    };
    if constexpr (requires { T::json_defaults; } && !AllDefaulted<T>)
      for (const std::string_view each : T::json_defaults)
        if (!known(each)) return false;
    if constexpr (requires { T::json_ranges; })
      for (const Range& each : T::json_ranges)
        if (!known(each.member)) return false;
    return true;
  }
};

template <class T>
struct Fields<base::Page<T>> {
  static constexpr std::array<Field, 2> table{
      Field{.name = "items",
            .type = &type<std::vector<T>>,
            .of = [](void* page) -> void* { return &static_cast<base::Page<T>*>(page)->items; }},
      Field{.name = "next",
            .type = &type<std::optional<std::string>>,
            .of = [](void* page) -> void* { return &static_cast<base::Page<T>*>(page)->next; },
            .required = false}};
};

template <class E>
struct Words {
  template <template <class...> class L, class... D>
  static consteval std::array<std::string_view, sizeof...(D)> words(L<D...>*) {
    return {word(D::name)...};
  }
  template <template <class...> class L, class... D>
  static consteval std::array<std::int64_t, sizeof...(D)> values(L<D...>*) {
    return {static_cast<std::int64_t>(D::value)...};
  }
  using List = boost::describe::describe_enumerators<E>;
  static constexpr auto names = words(static_cast<List*>(nullptr));
  static constexpr auto numbers = values(static_cast<List*>(nullptr));
};

template <class V>
struct Ids;
template <base::FixedString... P>
struct Ids<std::variant<base::Id<P>...>> {
  static constexpr std::array<std::string_view, sizeof...(P)> prefixes{base::Id<P>::prefix...};
};

template <class Id, class Out>
bool read_id(std::string_view text, Out& out) {
  const auto uuid = base::id_from_text(Id::prefix, text);
  if (uuid) out = Id{*uuid};
  return uuid.has_value();
}

template <class T>
constexpr Type text_of_id() {
  if constexpr (base::is_id<T>) {
    static constexpr std::array<std::string_view, 1> prefix{T::prefix};
    return {.form = Form::text,
            .read = [](std::string_view text, void* out) { return read_id<T>(text, *static_cast<T*>(out)); },
            .print = [](const void* id) { return static_cast<const T*>(id)->text(); },
            .words = prefix};
  } else {
    return {.form = Form::text,
            .read =
                [](std::string_view text, void* out) {
                  return []<base::FixedString... P>(std::string_view from, std::variant<base::Id<P>...>& to) {
                    return (read_id<base::Id<P>>(from, to) || ...);
                  }(text, *static_cast<T*>(out));
                },
            .print =
                [](const void* ids) {
                  return std::visit([](const auto& id) { return id.text(); }, *static_cast<const T*>(ids));
                },
            .words = Ids<T>::prefixes};
  }
}

bool read_day(std::string_view, void*);
bool read_instant(std::string_view, void*);
bool read_string(std::string_view, void*);
bool read_currency(std::string_view, void*);
std::string print_day(const void*);
std::string print_instant(const void*);
std::string print_string(const void*);
std::string print_currency(const void*);

/// Of an enum or an integer, whatever its width.
std::int64_t load(const Type&, const void*);

template <class T>
constexpr Type container() {
  if constexpr (is_optional<T>) {
    return {.form = Form::optional,
            .inner = &type<typename T::value_type>,
            .add = [](void* to, std::string_view) -> void* { return &static_cast<T*>(to)->emplace(); },
            .each =
                [](const void* from, void* to, void (*visit)(void*, std::string_view, const void*)) {
                  if (const T& value = *static_cast<const T*>(from); value) visit(to, {}, &*value);
                }};
  } else if constexpr (is_vector<T>) {
    static_assert(!std::same_as<typename T::value_type, bool>, "std::vector<bool> holds no bool to point at");
    return {.form = Form::list,
            .inner = &type<typename T::value_type>,
            .add = [](void* to, std::string_view) -> void* { return &static_cast<T*>(to)->emplace_back(); },
            .each =
                [](const void* from, void* to, void (*visit)(void*, std::string_view, const void*)) {
                  for (const auto& item : *static_cast<const T*>(from)) visit(to, {}, &item);
                }};
  } else {
    return {.form = Form::map,
            .inner = &type<typename T::mapped_type>,
            .add = [](void* to, std::string_view key) -> void* { return &(*static_cast<T*>(to))[std::string{key}]; },
            .each =
                [](const void* from, void* to, void (*visit)(void*, std::string_view, const void*)) {
                  for (const auto& [key, item] : *static_cast<const T*>(from)) visit(to, key, &item);
                }};
  }
}

template <class>
inline constexpr bool not_known = false;

template <class T>
constexpr Type make() {
  if constexpr (std::same_as<T, bool>) {
    return {.form = Form::boolean};
  } else if constexpr (std::integral<T>) {
    return {.form = Form::integer, .bytes = sizeof(T), .is_signed = std::is_signed_v<T>};
  } else if constexpr (std::same_as<T, std::string>) {
    return {.form = Form::text, .expected = "a text", .read = &read_string, .print = &print_string};
  } else if constexpr (SecretText<T>) {
    return {
        .form = Form::text, .expected = "a text", .format = "password", .read = [](std::string_view text, void* out) {
          *static_cast<T*>(out) = T{std::string{text}};
          return true;
        }};
  } else if constexpr (std::same_as<T, base::Day>) {
    return {.form = Form::text,
            .expected = "a day such as 2027-03-02",
            .format = "date",
            .read = &read_day,
            .print = &print_day};
  } else if constexpr (std::same_as<T, base::Instant>) {
    return {.form = Form::text,
            .expected = "a time in UTC such as 2027-03-02T14:31:07Z",
            .format = "date-time",
            .read = &read_instant,
            .print = &print_instant};
  } else if constexpr (std::same_as<T, base::Currency>) {
    return {.form = Form::text, .expected = "a currency such as EUR", .read = &read_currency, .print = &print_currency};
  } else if constexpr (base::is_id<T> || is_ids<T>) {
    return text_of_id<T>();
  } else if constexpr (std::same_as<T, Json>) {
    return {.form = Form::any};
  } else if constexpr (std::same_as<T, base::Money>) {
    return {.form = Form::money, .name = "Money"};
  } else if constexpr (std::same_as<T, base::Rate>) {
    return {.form = Form::rate, .name = "Rate"};
  } else if constexpr (std::same_as<T, std::monostate>) {
    return {.form = Form::structure};
  } else if constexpr (is_optional<T> || is_vector<T> || is_map<T>) {
    return container<T>();
  } else if constexpr (is_page<T>) {
    return {.form = Form::structure, .fields = Fields<T>::table};
  } else if constexpr (DescribedEnum<T>) {
    return {.form = Form::word,
            .words = Words<T>::names,
            .values = Words<T>::numbers,
            .bytes = sizeof(T),
            .is_signed = std::is_signed_v<std::underlying_type_t<T>>};
  } else if constexpr (DescribedStruct<T>) {
    static_assert(Fields<T>::named(), "a name in json_defaults or json_ranges is no member");
    return {.form = Form::structure, .name = name<T>(), .fields = Fields<T>::table};
  } else {
    static_assert(not_known<T>, "no JSON type: describe it (BOOST_DESCRIBE_STRUCT), or see json.hpp for the list");
  }
}

}  // namespace detail

template <class T>
const Type& type() {
  static constexpr Type constant = detail::make<T>();
  return constant;
}

template <class T>
base::Result<T> decode(std::string_view text) {
  T value{};
  if (auto error = detail::decode(type<T>(), text, &value)) return std::move(*error);
  return value;
}

template <class T>
base::Result<T> decode_parts(const Params& path, const Params& query, std::string_view body) {
  T value{};
  if (auto error = detail::decode_parts(type<T>(), path, query, body, &value)) return std::move(*error);
  return value;
}

template <class T>
base::Result<T> decode_with(std::string_view body, const Params& query) {
  return decode_parts<T>({}, query, body);
}

template <class T>
std::string encode(const T& value) {
  static_assert(!detail::SecretText<T>, "a secret is never encoded");
  std::string out;
  detail::encode(type<T>(), &value, out);
  return out;
}

template <class T>
std::string schema(std::map<std::string, std::string>& components) {
  return detail::schema(type<T>(), components);
}

template <class T>
std::vector<Member> members(std::map<std::string, std::string>& components) {
  return detail::members(type<T>(), components);
}

template <class T>
bool has_member(std::string_view name) {
  return detail::has_member(type<T>(), name);
}

template <class T>
std::optional<std::string> body_schema(std::span<const std::string> left_out,
                                       std::map<std::string, std::string>& components) {
  return detail::body_schema(type<T>(), left_out, components);
}

}  // namespace json
