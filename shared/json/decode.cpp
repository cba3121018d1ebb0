#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>

#include "shared/base/check.hpp"
#include "shared/json/document.hpp"
#include "shared/json/pointer.hpp"

namespace json {
namespace detail {
namespace {

using base::Error;
using Failure = std::optional<Error>;
using Kind = Document::Kind;

Failure fill(const Type&, const Document&, void* out, const Place&);

Failure fail(const Place& place, std::string detail) {
  return Error{base::invalid, std::move(detail), place.pointer()};
}

std::string joined(std::span<const std::string_view> words) {
  std::string out;
  for (const std::string_view word : words) {
    if (!out.empty()) out += ", ";
    out += word;
  }
  return out;
}

struct Limits {
  std::int64_t min;
  std::uint64_t max;
};

Limits limits_of(const Type& type) {
  const int bits = type.bytes * 8 - (type.is_signed ? 1 : 0);
  const std::uint64_t max = bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
  return {.min = type.is_signed ? -static_cast<std::int64_t>(max) - 1 : 0, .max = max};
}

std::string expected(const Type& type) {
  switch (type.form) {
    case Form::boolean:
      return "true or false";
    case Form::integer: {
      const Limits limits = limits_of(type);
      return "an integer from " + std::to_string(limits.min) + " to " + std::to_string(limits.max);
    }
    case Form::text:
      if (!type.words.empty()) return "an id that begins with " + joined(type.words) + " and an underscore";
      return std::string{type.expected};
    case Form::word:
      return "one of " + joined(type.words);
    case Form::list:
      return "a list";
    case Form::optional:
      return expected(type.inner()) + " or null";
    case Form::money:
      return R"(an amount such as {"amount":"0.064558","currency":"EUR"})";
    case Form::rate:
      return R"(a rate such as {"amount":"2.499","currency":"EUR","per":3600})";
    default:
      return "an object";
  }
}

void store(const Type& type, std::uint64_t value, void* out) {
  static_assert(std::endian::native == std::endian::little, "the low bytes are the first");
  std::memcpy(out, &value, type.bytes);
}

bool read_integer(const Type& type, std::string_view digits, void* out) {
  const Limits limits = limits_of(type);
  const char* end = digits.data() + digits.size();
  if (digits.starts_with('-')) {
    std::int64_t value = 0;
    const auto [at, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc{} || at != end || value < limits.min) return false;
    store(type, static_cast<std::uint64_t>(value), out);
    return true;
  }
  std::uint64_t value = 0;
  const auto [at, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc{} || at != end || value > limits.max) return false;
  store(type, value, out);
  return true;
}

bool read_word(const Type& type, std::string_view word, void* out) {
  const auto at = std::find(type.words.begin(), type.words.end(), word);
  if (at == type.words.end()) return false;
  store(type, static_cast<std::uint64_t>(type.values[static_cast<std::size_t>(at - type.words.begin())]), out);
  return true;
}

bool read_boolean(std::string_view text, void* out) {
  if (text != "true" && text != "false") return false;
  *static_cast<bool*>(out) = text == "true";
  return true;
}

// What a path or a query can give: a text, whose kind follows from the member's type.
Failure fill_from_text(const Type& type, std::string_view text, void* out, const Place& place) {
  bool read = false;
  switch (type.form) {
    case Form::boolean:
      read = read_boolean(text, out);
      break;
    case Form::integer:
      read = read_integer(type, text, out);
      break;
    case Form::word:
      read = read_word(type, text, out);
      break;
    case Form::text:
      read = type.read(text, out);
      break;
    case Form::optional:
      return fill_from_text(type.inner(), text, type.add(out, {}), place);
    default:
      return fail(place, "cannot be given as a parameter: send it in the body");
  }
  if (!read) return fail(place, "expected " + expected(type));
  return {};
}

struct Size {
  std::int64_t value;
  std::string_view of;
};

std::optional<Size> size_of(const Type& type, const void* value) {
  const auto count = [](void* to, std::string_view, const void*) { ++*static_cast<std::int64_t*>(to); };
  std::int64_t items = 0;
  switch (type.form) {
    case Form::integer:
      return Size{load(type, value), "an integer"};
    case Form::text:
      if (type.print == nullptr) return {};
      return Size{static_cast<std::int64_t>(type.print(value).size()), "a text of"};
    case Form::list:
    case Form::map:
      type.each(value, &items, count);
      return Size{items, "a list of"};
    default:
      return {};
  }
}

Failure check_range(const Field& field, const Type& type, const void* value, const Place& place) {
  if (field.min == INT64_MIN && field.max == INT64_MAX) return {};
  if (type.form == Form::optional) {
    struct Inner {
      const void* value = nullptr;
    } inner;
    type.each(value, &inner, [](void* to, std::string_view, const void* at) { static_cast<Inner*>(to)->value = at; });
    return inner.value == nullptr ? Failure{} : check_range(field, type.inner(), inner.value, place);
  }
  const auto size = size_of(type, value);
  if (!size || (size->value >= field.min && size->value <= field.max)) return {};
  std::string detail = "expected " + std::string{size->of};
  if (type.form != Form::integer && field.max == INT64_MAX)
    detail += " at least " + std::to_string(field.min);
  else
    detail +=
        (type.form == Form::integer ? " from " : " ") + std::to_string(field.min) + " to " + std::to_string(field.max);
  if (type.form == Form::text) detail += " bytes";
  if (type.form == Form::list || type.form == Form::map) detail += " items";
  return fail(place, std::move(detail));
}

const Field* find(const Type& type, std::string_view name) {
  const auto at = std::find_if(type.fields.begin(), type.fields.end(), [&](const Field& f) { return f.name == name; });
  return at == type.fields.end() ? nullptr : &*at;
}

std::string unknown(const Type& type, std::string_view what, std::string_view name) {
  std::vector<std::string_view> known;
  for (const Field& field : type.fields) known.push_back(field.name);
  std::string detail = "unknown " + std::string{what} + " `" + std::string{name} + "`";
  if (const std::string_view near = nearest(name, known); !near.empty())
    detail += ", did you mean `" + std::string{near} + "`?";
  return detail;
}

/// One structure while it is filled: which of its fields have their value.
class Filling {
 public:
  Filling(const Type& type, void* out, const Place& place) : type_(type), out_(out), place_(place) {
    seen_.resize(type.fields.size());
  }

  /// `skip_unknown`: a parameter that the structure lacks is somebody else's.
  Failure parameters(const Params& params, bool skip_unknown) {
    for (const auto& [name, text] : params) {
      const Place at{.up = &place_, .member = name};
      const Field* field = find(type_, name);
      if (field == nullptr && skip_unknown) continue;
      if (field == nullptr) return fail(at, unknown(type_, "parameter", name));
      if (take(*field)) return fail(at, "given twice");
      const Type& type = field->type();
      if (auto failure = fill_from_text(type, text, field->of(out_), at)) return failure;
      if (auto failure = check_range(*field, type, field->of(out_), at)) return failure;
    }
    return {};
  }

  Failure members(const Document& document) {
    for (std::size_t i = 0; i < document.size(); ++i) {
      const std::string& name = document.keys()[i];
      const Place at{.up = &place_, .member = name};
      const Field* field = find(type_, name);
      if (field == nullptr) return fail(at, unknown(type_, "member", name));
      if (take(*field)) return fail(at, "given twice: as a parameter and in the body");
      const Type& type = field->type();
      if (auto failure = fill(type, document.items()[i], field->of(out_), at)) return failure;
      if (auto failure = check_range(*field, type, field->of(out_), at)) return failure;
    }
    return {};
  }

  Failure required() const {
    for (std::size_t i = 0; i < seen_.size(); ++i) {
      const Field& field = type_.fields[i];
      if (!seen_[i] && field.required)
        return fail({.up = &place_, .member = field.name}, "is required: " + expected(field.type()));
    }
    return {};
  }

 private:
  bool take(const Field& field) {
    const auto index = static_cast<std::size_t>(&field - type_.fields.data());
    const bool taken = seen_[index];
    seen_[index] = true;
    return taken;
  }

  const Type& type_;
  void* out_;
  const Place& place_;
  std::vector<bool> seen_;
};

Failure fill_structure(const Type& type, const Document& document, void* out, const Place& place) {
  if (document.kind() != Kind::object) return fail(place, "expected " + expected(type));
  Filling filling{type, out, place};
  if (auto failure = filling.members(document)) return failure;
  return filling.required();
}

Failure fill_items(const Type& type, const Document& document, void* out, const Place& place) {
  const bool map = type.form == Form::map;
  if (document.kind() != (map ? Kind::object : Kind::list)) return fail(place, "expected " + expected(type));
  for (std::size_t i = 0; i < document.size(); ++i) {
    const std::string key = map ? document.keys()[i] : std::to_string(i);
    const Place at{.up = &place, .member = key};
    if (auto failure = fill(type.inner(), document.items()[i], type.add(out, key), at)) return failure;
  }
  return {};
}

// Money and rates have the same two members, a rate one more; their C++ structs keep integers.
Failure fill_amount(const Type& type, const Document& document, void* out, const Place& place) {
  const bool rate = type.form == Form::rate;
  const std::size_t size = rate ? 3 : 2;
  if (document.kind() != Kind::object || document.size() != size || document["amount"].kind() != Kind::text ||
      document["currency"].kind() != Kind::text || (rate && document["per"].kind() != Kind::number))
    return fail(place, "expected " + expected(type));
  const auto amount = base::decimal_from_text(document["amount"].as_text(), rate ? 12 : 6);
  if (!amount)
    return fail({.up = &place, .member = "amount"}, amount.error().reason == base::overflow
                                                        ? "an amount larger than the books can hold"
                                                        : "expected decimal text such as 0.064558");
  base::Currency currency;
  if (!read_currency(document["currency"].as_text(), &currency))
    return fail({.up = &place, .member = "currency"}, "expected a currency such as EUR");
  if (!rate) {
    *static_cast<base::Money*>(out) = {.micros = *amount, .currency = std::move(currency)};
    return {};
  }
  const std::int64_t per = document["per"].as_int();
  if (*amount < 0) return fail({.up = &place, .member = "amount"}, "expected no negative amount");
  if (per <= 0) return fail({.up = &place, .member = "per"}, "expected an integer above 0");
  *static_cast<base::Rate*>(out) = {.picos = *amount, .per = per, .currency = std::move(currency)};
  return {};
}

Failure fill(const Type& type, const Document& document, void* out, const Place& place) {
  const auto is = [&](Kind kind) { return document.kind() == kind; };
  bool read = false;
  switch (type.form) {
    case Form::structure:
      return fill_structure(type, document, out, place);
    case Form::list:
    case Form::map:
      return fill_items(type, document, out, place);
    case Form::money:
    case Form::rate:
      return fill_amount(type, document, out, place);
    case Form::optional:
      if (is(Kind::null)) return {};
      return fill(type.inner(), document, type.add(out, {}), place);
    case Form::any:
      static_cast<Json*>(out)->text = document.canonical();
      return {};
    case Form::boolean:
      read = is(Kind::boolean);
      if (read) *static_cast<bool*>(out) = document.as_bool();
      break;
    case Form::integer:
      read = is(Kind::number) && read_integer(type, document.as_text(), out);
      break;
    case Form::word:
      read = is(Kind::text) && read_word(type, document.as_text(), out);
      break;
    case Form::text:
      read = is(Kind::text) && type.read(document.as_text(), out);
      break;
  }
  if (!read) return fail(place, "expected " + expected(type));
  return {};
}

}  // namespace

std::int64_t load(const Type& type, const void* value) {
  std::uint64_t raw = 0;
  std::memcpy(&raw, value, type.bytes);
  const int unused = 64 - type.bytes * 8;
  if (type.is_signed) return static_cast<std::int64_t>(raw << unused) >> unused;
  return static_cast<std::int64_t>(raw);
}

bool read_day(std::string_view text, void* out) {
  const auto day = base::day_from_text(text);
  if (day) *static_cast<base::Day*>(out) = *day;
  return day.has_value();
}

bool read_instant(std::string_view text, void* out) {
  const auto at = base::instant_from_text(text);
  if (at) *static_cast<base::Instant*>(out) = *at;
  return at.has_value();
}

bool read_string(std::string_view text, void* out) {
  static_cast<std::string*>(out)->assign(text);
  return true;
}

bool read_currency(std::string_view text, void* out) {
  if (text.size() != 3 || !std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; }))
    return false;
  static_cast<base::Currency*>(out)->code = text;
  return true;
}

Failure decode(const Type& type, std::string_view text, void* out) {
  const auto document = Document::parse(text);
  if (!document) return document.error();
  return fill(type, *document, out, Place{});
}

Failure decode_parts(const Type& type, const Params& path, const Params& query, std::string_view body, void* out) {
  const Place root;
  if (type.form != Form::structure) return body.empty() ? fail(root, "a body is required") : decode(type, body, out);
  Filling filling{type, out, root};
  if (auto failure = filling.parameters(path, true)) return failure;
  if (auto failure = filling.parameters(query, false)) return failure;
  if (!body.empty()) {
    const auto document = Document::parse(body);
    if (!document) return document.error();
    if (document->kind() != Kind::object) return fail(root, "expected an object");
    if (auto failure = filling.members(*document)) return failure;
  }
  return filling.required();
}

bool has_member(const Type& type, std::string_view name) { return find(type, name) != nullptr; }

}  // namespace detail

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
  std::size_t best = word.size() < 5 ? 2 : 3;  // further than this is another word
  std::string_view found;
  std::vector<std::size_t> row;
  for (const std::string_view each : known) {
    row.resize(each.size() + 1);  // Levenshtein's distance, one row at a time
    for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
    for (std::size_t i = 0; i < word.size(); ++i) {
      std::size_t diagonal = std::exchange(row[0], i + 1);
      for (std::size_t j = 0; j < each.size(); ++j) {
        const std::size_t change = diagonal + (word[i] == each[j] ? 0 : 1);
        diagonal = row[j + 1];
        row[j + 1] = std::min({change, row[j] + 1, row[j + 1] + 1});
      }
    }
    if (row.back() < best) {
      best = row.back();
      found = each;
    }
  }
  return found;
}

}  // namespace json
