#include "shared/base/money.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "shared/base/check.hpp"

namespace base {
namespace {

Result<std::int64_t> narrow(Int128 value) {
  if (value > std::numeric_limits<std::int64_t>::max() || value < std::numeric_limits<std::int64_t>::min())
    return Error{overflow};
  return static_cast<std::int64_t>(value);
}

}  // namespace

Int128 divide(Int128 numerator, Int128 denominator, Round round) {
  CHECK(denominator > 0);
  Int128 quotient = numerator / denominator;
  Int128 rest = numerator % denominator;
  if (rest < 0) {  // floor, so that what is left is never negative
    rest += denominator;
    --quotient;
  }
  if (rest == 0 || round == Round::down) return quotient;
  if (round == Round::up) return quotient + 1;
  const Int128 other = denominator - rest;
  if (rest > other || (rest == other && quotient % 2 != 0)) return quotient + 1;
  return quotient;
}

Result<Money> charge(const Rate& rate, std::int64_t used, Round round) {
  auto step = charge_next(rate, Rated{}, used, round);
  if (!step) return step.error();
  return step->charge;
}

Result<Step> charge_next(const Rate& rate, const Rated& so_far, std::int64_t used, Round round) {
  CHECK(rate.per > 0 && used >= 0 && rate.picos >= 0);
  Int128 exact = 0;
  if (__builtin_add_overflow(so_far.exact, static_cast<Int128>(rate.picos) * used, &exact)) return Error{overflow};
  const auto total = narrow(divide(exact, static_cast<Int128>(rate.per) * picos_per_micro, round));
  if (!total) return total.error();
  const auto now = narrow(static_cast<Int128>(*total) - so_far.charged);
  if (!now) return now.error();
  return Step{.total = {.exact = exact, .charged = *total}, .charge = {.micros = *now, .currency = rate.currency}};
}

Result<std::int64_t> add(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) return Error{overflow};
  return sum;
}

Result<Money> add(const Money& a, const Money& b) {
  CHECK(a.currency == b.currency);
  const auto sum = add(a.micros, b.micros);
  if (!sum) return sum.error();
  return Money{.micros = *sum, .currency = a.currency};
}

std::vector<std::int64_t> share(std::int64_t whole, const std::vector<std::int64_t>& weights) {
  Int128 sum = 0;
  for (const std::int64_t weight : weights) {
    CHECK(weight >= 0);
    sum += weight;
  }
  CHECK(sum > 0);
  std::vector<std::int64_t> parts(weights.size());
  std::vector<Int128> rests(weights.size());
  std::int64_t left = whole;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const Int128 exact = static_cast<Int128>(whole) * weights[i];
    const Int128 part = divide(exact, sum, Round::down);
    parts[i] = static_cast<std::int64_t>(part);
    rests[i] = exact - part * sum;
    left -= parts[i];
  }
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return rests[a] != rests[b] ? rests[a] > rests[b] : a < b; });
  for (std::size_t i = 0; left > 0; ++i, --left) ++parts[order[i]];
  return parts;
}

std::string int128_text(Int128 value) {
  if (value == 0) return "0";
  const bool negative = value < 0;
  std::string text;
  while (value != 0) {
    const int digit = static_cast<int>(value % 10);
    text += static_cast<char>('0' + (digit < 0 ? -digit : digit));
    value /= 10;
  }
  if (negative) text += '-';
  std::reverse(text.begin(), text.end());
  return text;
}

Result<Int128> int128_from_text(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  if (text.empty()) return Error{bad_decimal};
  Int128 value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return Error{bad_decimal};
    const Int128 digit = c - '0';
    if (__builtin_mul_overflow(value, static_cast<Int128>(10), &value) ||
        __builtin_sub_overflow(value, digit, &value))  // built up below zero, where there is one more
      return Error{overflow};
  }
  if (negative) return value;
  if (__builtin_mul_overflow(value, static_cast<Int128>(-1), &value)) return Error{overflow};
  return value;
}

std::string decimal_text(Int128 value, int places, bool trim) {
  std::string text = int128_text(value);  // the sign is cut from the text: the smallest value has no positive twin
  if (value < 0) text.erase(0, 1);
  const auto width = static_cast<std::size_t>(places);
  if (text.size() <= width) text.insert(0, width + 1 - text.size(), '0');
  if (places > 0) text.insert(text.size() - width, ".");
  if (trim && places > 0) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return value < 0 ? "-" + text : text;
}

std::string to_text(const Money& money) { return decimal_text(money.micros, 6, false); }

Result<std::int64_t> decimal_from_text(std::string_view text, int places) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t dot = text.find('.');
  const std::string_view whole = text.substr(0, dot);
  const std::string_view fraction = dot == std::string_view::npos ? std::string_view{} : text.substr(dot + 1);
  if (whole.empty() || fraction.size() > static_cast<std::size_t>(places) ||
      (dot != std::string_view::npos && fraction.empty()) || fraction.contains('-') || whole.contains('-'))
    return Error{bad_decimal};
  std::string digits{whole};
  digits += fraction;
  digits.append(static_cast<std::size_t>(places) - fraction.size(), '0');
  const auto value = int128_from_text(digits);
  if (!value) return value.error();
  return narrow(negative ? -*value : *value);
}

}  // namespace base
