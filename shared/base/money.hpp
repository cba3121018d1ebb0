// Money is an integer: 64 bits of micro-units and a currency. A Rate is finer (pico-units for each `per` of a meter's
// unit), the product is 128-bit, and it is rounded once, by name. Overflow is an error, never a wrap.
//
// Rating an interval in pieces must cost what the whole costs, so what is charged is a difference of two roundings:
// round(everything so far) - what was charged so far (`Rated`). The residual is kept per resource and meter.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.hpp"

namespace base {

__extension__ typedef __int128 Int128;

inline constexpr Reason overflow{"overflow", Kind::unprocessable, "The amount is larger than the books can hold."};
inline constexpr Reason bad_decimal{"invalid", Kind::invalid, "Write an amount as decimal text, such as 0.064558."};

inline constexpr std::int64_t micros_per_unit = 1'000'000;
inline constexpr std::int64_t picos_per_micro = 1'000'000;

struct Currency {
  std::string code;  // ISO 4217, three capitals
  bool operator==(const Currency&) const = default;
  auto operator<=>(const Currency&) const = default;
};

struct Money {
  std::int64_t micros = 0;
  Currency currency;
  bool operator==(const Money&) const = default;
};

/// `picos` of the currency for every `per` of the meter's unit: 2.499 EUR an hour is {2'499'000'000'000, 3600, EUR}.
struct Rate {
  std::int64_t picos = 0;
  std::int64_t per = 1;
  Currency currency;
  bool operator==(const Rate&) const = default;
};

enum class Round { half_even, down, up };

/// numerator / denominator, rounded; denominator > 0. Half to even is IEEE 754-2019, 4.3.1, on integers.
Int128 divide(Int128 numerator, Int128 denominator, Round);

/// Micro-units for `used` of the meter's unit. Errors: `overflow`.
Result<Money> charge(const Rate&, std::int64_t used, Round);

/// What one resource and meter came to so far: exactly (in pico / `per`), and as charged.
struct Rated {
  Int128 exact = 0;          // sum of picos x used, all with the same `per`
  std::int64_t charged = 0;  // micros
};
/// Charges `used` more: the new total and the difference. Errors: `overflow`.
struct Step {
  Rated total;
  Money charge;
};
Result<Step> charge_next(const Rate&, const Rated& so_far, std::int64_t used, Round);

/// Errors: `overflow`; two currencies are a bug.
Result<Money> add(const Money&, const Money&);
Result<std::int64_t> add(std::int64_t, std::int64_t);

/// Parts by weight that sum to the whole (largest remainder, Hamilton); weights >= 0, one of them > 0.
std::vector<std::int64_t> share(std::int64_t whole, const std::vector<std::int64_t>& weights);

/// `0.064558`: six places for money. `decimal_text(2499000000000, 12)` is `2.499`, without trailing zeros.
std::string to_text(const Money&);
std::string decimal_text(Int128 value, int places, bool trim);
/// Scaled by 10^places. Errors: `invalid` (letters, exponents, more places than there are), `overflow`.
Result<std::int64_t> decimal_from_text(std::string_view, int places);

std::string int128_text(Int128);
Result<Int128> int128_from_text(std::string_view);

}  // namespace base
