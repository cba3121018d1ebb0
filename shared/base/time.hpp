// Time as values: an Instant is a microsecond of UTC, a Day a whole day of UTC. Neither can be had by looking at a
// clock here: a clock is handed in (`Clock`), and a request sees one `now`.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "shared/base/result.hpp"

namespace base {

using Instant = std::chrono::sys_time<std::chrono::microseconds>;
using Day = std::chrono::sys_days;

/// RFC 3339 in UTC with six places, `2027-03-02T14:31:07.000123Z`: text order is time order.
std::string to_text(Instant);
std::string to_text(Day);  // `2027-03-02`
Result<Instant> instant_from_text(std::string_view);
Result<Day> day_from_text(std::string_view);

inline Day day_of(Instant at) { return std::chrono::floor<std::chrono::days>(at); }
inline std::int64_t micros(Instant at) { return at.time_since_epoch().count(); }
constexpr Instant from_micros(std::int64_t us) { return Instant{std::chrono::microseconds{us}}; }

/// Where `now` comes from: the wall in main, a hand in tests and in the simulator.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant now() const = 0;
};

class WallClock final : public Clock {
 public:
  Instant now() const override {
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  }
};

}  // namespace base
