#include "shared/base/time.hpp"

#include <array>

namespace base {
namespace {

constexpr Reason bad_time{"invalid", Kind::invalid, "Write a time as 2027-03-02T14:31:07Z, a day as 2027-03-02."};

// A fixed-width run of digits, or -1: `stoi` would take signs and blanks.
int digits(std::string_view text, std::size_t at, std::size_t width) {
  if (at + width > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + width; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

// Padded with zeros. Every answer shows a time: `snprintf` stood out in the profile of a read from memory.
void append(std::int64_t number, std::size_t width, std::string& text) {
  std::array<char, 20> digits{};
  std::size_t begin = digits.size();
  const bool negative = number < 0;
  for (; number != 0; number /= 10)
    digits[--begin] = static_cast<char>('0' + (negative ? -(number % 10) : number % 10));
  while (digits.size() - begin + (negative ? 1 : 0) < width && begin > 0) digits[--begin] = '0';
  if (negative) text += '-';
  text.append(digits.data() + begin, digits.size() - begin);
}

void append(Day day, std::string& text) {
  const std::chrono::year_month_day ymd{day};
  append(static_cast<int>(ymd.year()), 4, text);
  text += '-';
  append(static_cast<unsigned>(ymd.month()), 2, text);
  text += '-';
  append(static_cast<unsigned>(ymd.day()), 2, text);
}

}  // namespace

std::string to_text(Day day) {
  std::string text;
  append(day, text);
  return text;
}

std::string to_text(Instant at) {
  const Day day = day_of(at);
  const std::chrono::hh_mm_ss time{at - day};
  std::string text;
  text.reserve(sizeof "2027-03-02T14:31:07.000000Z");
  append(day, text);
  text += 'T';
  append(time.hours().count(), 2, text);
  text += ':';
  append(time.minutes().count(), 2, text);
  text += ':';
  append(time.seconds().count(), 2, text);
  text += '.';
  append(time.subseconds().count(), 6, text);
  text += 'Z';
  return text;
}

Result<Day> day_from_text(std::string_view text) {
  const int y = digits(text, 0, 4);
  const int m = digits(text, 5, 2);
  const int d = digits(text, 8, 2);
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || y < 0 || m < 1 || d < 1) return Error{bad_time};
  const std::chrono::year_month_day ymd{std::chrono::year{y}, std::chrono::month{static_cast<unsigned>(m)},
                                        std::chrono::day{static_cast<unsigned>(d)}};
  if (!ymd.ok()) return Error{bad_time};
  return Day{ymd};
}

Result<Instant> instant_from_text(std::string_view text) {
  if (text.size() < 20 || text[10] != 'T' || text.back() != 'Z') return Error{bad_time};
  const auto day = day_from_text(text.substr(0, 10));
  const int h = digits(text, 11, 2);
  const int m = digits(text, 14, 2);
  const int s = digits(text, 17, 2);
  if (!day || text[13] != ':' || text[16] != ':' || h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59)
    return Error{bad_time};
  int us = 0;
  if (text.size() > 20) {
    const std::string_view fraction = text.substr(20, text.size() - 21);
    if (text[19] != '.' || fraction.empty() || fraction.size() > 6) return Error{bad_time};
    us = digits(fraction, 0, fraction.size());
    if (us < 0) return Error{bad_time};
    for (std::size_t i = fraction.size(); i < 6; ++i) us *= 10;
  }
  return Instant{*day} + std::chrono::hours{h} + std::chrono::minutes{m} + std::chrono::seconds{s} +
         std::chrono::microseconds{us};
}

}  // namespace base
