#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>

#include "shared/base/check.hpp"
#include "shared/json/document.hpp"

namespace json {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

// The length of the UTF-8 sequence at `at` (RFC 3629, section 4), or 0 if there is none.
std::size_t sequence(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(i < text.size() ? text[i] : 0); };
  const unsigned char first = byte(at);
  const unsigned char second = byte(at + 1);
  const auto tail = [&](std::size_t i) { return (byte(at + i) & 0xC0) == 0x80; };
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && second < 0xA0;
    const bool surrogate = first == 0xED && second > 0x9F;
    return tail(1) && tail(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && second < 0x90;
    const bool beyond = first == 0xF4 && second > 0x8F;
    return tail(1) && tail(2) && tail(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

void append_control(char c, std::string& out) {
  constexpr std::string_view hex = "0123456789abcdef";
  switch (c) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  const auto value = static_cast<unsigned char>(c);
  out += "\\u00";
  out += hex[value >> 4];
  out += hex[value & 15];
}

// What stands in a string as it is: printable ASCII but for the quote and the backslash.
bool is_plain(char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; }

void append_quoted(std::string_view text, std::string& out) {
  out += '"';
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;  // nearly every text is one plain run, and goes over in one piece
    while (end < text.size() && is_plain(text[end])) ++end;
    if (end > i) {
      out.append(text, i, end - i);
      i = end;
      continue;
    }
    const char c = text[i];
    const std::size_t length = sequence(text, i);
    if (length == 0) {
      out += replacement;
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      append_control(c, out);
    } else {
      out += text.substr(i, length);
    }
    i += std::max<std::size_t>(length, 1);
  }
  out += '"';
}

// Integers as they are; other numbers as the shortest text that reads back the same.
std::string normal_number(const std::string& digits) {
  const bool integer = digits.find_first_of(".eE") == std::string::npos;
  if (integer) return digits == "-0" ? "0" : digits;
  double value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  std::array<char, 32> out{};
  const auto [end, error] = std::to_chars(out.data(), out.data() + out.size(), value);
  CHECK(error == std::errc{});
  const std::string text{out.data(), end};
  return text == "-0" ? "0" : text;
}

struct Items {
  const Type& type;
  std::string& out;
  bool map;
  bool first = true;
};

void append_item(void* to, std::string_view key, const void* item) {
  auto& items = *static_cast<Items*>(to);
  if (!std::exchange(items.first, false)) items.out += ',';
  if (items.map) {
    append_quoted(key, items.out);
    items.out += ':';
  }
  detail::encode(items.type, item, items.out);
}

void append_structure(const Type& type, const void* value, std::string& out) {
  out += '{';
  bool first = true;
  for (const Field& field : type.fields) {
    if (!std::exchange(first, false)) out += ',';
    out += '"';
    out += field.name;
    out += "\":";
    // `of` is shared with decoding and takes a mutable object; what it points at is only read here.
    detail::encode(field.type(), field.of(const_cast<void*>(value)), out);
  }
  out += '}';
}

void append_amount(std::string_view amount, const base::Currency& currency, std::string& out) {
  out += R"({"amount":")";
  out += amount;
  out += R"(","currency":)";
  append_quoted(currency.code, out);
}

std::string_view word_of(const Type& type, const void* value) {
  const std::int64_t number = detail::load(type, value);
  const auto at = std::find(type.values.begin(), type.values.end(), number);
  CHECK(at != type.values.end());  // an enum holds one of its words
  return type.words[static_cast<std::size_t>(at - type.values.begin())];
}

}  // namespace

namespace detail {

std::string print_day(const void* day) { return base::to_text(*static_cast<const base::Day*>(day)); }
std::string print_instant(const void* at) { return base::to_text(*static_cast<const base::Instant*>(at)); }
std::string print_string(const void* text) { return *static_cast<const std::string*>(text); }
std::string print_currency(const void* currency) { return static_cast<const base::Currency*>(currency)->code; }

void encode(const Type& type, const void* value, std::string& out) {
  switch (type.form) {
    case Form::boolean:
      out += *static_cast<const bool*>(value) ? "true" : "false";
      return;
    case Form::integer: {
      const std::int64_t number = load(type, value);
      out += type.is_signed ? std::to_string(number) : std::to_string(static_cast<std::uint64_t>(number));
      return;
    }
    case Form::text:
      CHECK(type.print != nullptr);  // a secret is never encoded
      append_quoted(type.print(value), out);
      return;
    case Form::word:
      append_quoted(word_of(type, value), out);
      return;
    case Form::any:
      out += static_cast<const Json*>(value)->text;
      return;
    case Form::money: {
      const auto& money = *static_cast<const base::Money*>(value);
      append_amount(base::to_text(money), money.currency, out);
      out += '}';
      return;
    }
    case Form::rate: {
      const auto& rate = *static_cast<const base::Rate*>(value);
      append_amount(base::decimal_text(rate.picos, 12, true), rate.currency, out);
      out += ",\"per\":" + std::to_string(rate.per) + "}";
      return;
    }
    case Form::structure:
      append_structure(type, value, out);
      return;
    case Form::optional: {
      Items items{.type = type.inner(), .out = out, .map = false};
      type.each(value, &items, append_item);
      if (items.first) out += "null";
      return;
    }
    case Form::list:
    case Form::map: {
      const bool map = type.form == Form::map;
      Items items{.type = type.inner(), .out = out, .map = map};
      out += map ? '{' : '[';
      type.each(value, &items, append_item);
      out += map ? '}' : ']';
      return;
    }
  }
}

}  // namespace detail

std::string quoted(std::string_view text) {
  std::string out;
  append_quoted(text, out);
  return out;
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = sequence(text, i);
    if (length == 0) return false;
    i += length;
  }
  return true;
}

void Document::print(std::string& out, bool in_order) const {
  switch (kind_) {
    case Kind::null:
      out += "null";
      return;
    case Kind::boolean:
      out += flag_ ? "true" : "false";
      return;
    case Kind::number:
      out += in_order ? normal_number(text_) : text_;
      return;
    case Kind::text:
      append_quoted(text_, out);
      return;
    case Kind::list:
    case Kind::object:
      break;
  }
  std::vector<std::size_t> order(items_.size());
  std::iota(order.begin(), order.end(), 0);
  const bool object = kind_ == Kind::object;
  if (object && in_order)
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return keys_[a] < keys_[b]; });
  out += object ? '{' : '[';
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i > 0) out += ',';
    if (object) {
      append_quoted(keys_[order[i]], out);
      out += ':';
    }
    items_[order[i]].print(out, in_order);
  }
  out += object ? '}' : ']';
}

std::string Document::dump() const {
  std::string out;
  print(out, false);
  return out;
}

std::string Document::canonical() const {
  std::string out;
  print(out, true);
  return out;
}

void Writer::separate() {
  if (after_key_)
    after_key_ = false;
  else if (!std::exchange(first_, false))
    out_ += ',';
}

Writer& Writer::open(char bracket, char closing) {
  separate();
  out_ += bracket;
  closings_ += closing;
  first_ = true;
  return *this;
}

Writer& Writer::end() {
  CHECK(!closings_.empty() && !after_key_);
  out_ += closings_.back();
  closings_.pop_back();
  first_ = false;
  return *this;
}

Writer& Writer::key(std::string_view name) {
  CHECK(closings_.ends_with('}') && !after_key_);
  separate();
  append_quoted(name, out_);
  out_ += ':';
  after_key_ = true;
  return *this;
}

Writer& Writer::raw(std::string_view text) {
  CHECK(after_key_ || !closings_.ends_with('}'));
  separate();
  out_ += text;
  return *this;
}

std::string Writer::take() {
  CHECK(closings_.empty() && !after_key_);
  first_ = true;
  return std::exchange(out_, {});
}

namespace {

// The end of the JSON string that begins at `at` (its first quote): the place after its last quote.
std::size_t after_string(std::string_view text, std::size_t at) {
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      return i + 1;
  }
  return text.size();
}

std::size_t after_blanks(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of(" \t\r\n", at), text.size());
}

}  // namespace

std::optional<std::string> member_text(std::string_view encoded_object, std::string_view member) {
  const std::string key = quoted(member);
  int depth = 0;
  for (std::size_t i = 0; i < encoded_object.size();) {
    const char c = encoded_object[i];
    if (c != '"') {
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++i;
      continue;
    }
    const std::size_t end = after_string(encoded_object, i);
    const std::size_t colon = after_blanks(encoded_object, end);
    const bool is_key = depth == 1 && encoded_object.substr(colon).starts_with(':');
    const bool found = is_key && encoded_object.substr(i, end - i) == key;
    i = end;
    if (!found) continue;
    const std::size_t value = after_blanks(encoded_object, colon + 1);
    if (!encoded_object.substr(value).starts_with('"')) return {};
    const auto text = Document::parse(encoded_object.substr(value, after_string(encoded_object, value) - value));
    if (!text) return {};
    return text->as_text();
  }
  return {};
}

}  // namespace json
