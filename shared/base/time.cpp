#include "shared/base/time.hpp"

#include <array>
#include <cstdio>

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

}  // namespace

std::string to_text(Day day) {
  const std::chrono::year_month_day ymd{day};
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02u-%02u", static_cast<int>(ymd.year()),
                static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()));
  return out.data();
}

std::string to_text(Instant at) {
  const Day day = day_of(at);
  const std::chrono::hh_mm_ss time{at - day};
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "T%02d:%02d:%02d.%06dZ", static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return to_text(day) + out.data();
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
