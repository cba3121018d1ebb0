#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "shared/base/ascii.hpp"
#include "shared/base/id.hpp"
#include "shared/base/money.hpp"
#include "shared/base/page.hpp"
#include "shared/base/random.hpp"
#include "shared/base/time.hpp"
#include "shared/base/transitions.hpp"

namespace base {
namespace {

using ProjectId = Id<"prj">;
using PersonId = Id<"per">;
static_assert(!std::same_as<ProjectId, PersonId> && !std::convertible_to<ProjectId, PersonId>);

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t least = std::numeric_limits<std::int64_t>::min();

Random dice(std::uint64_t seed) { return Random{Random::Key{42}, seed, 0}; }

template <class T>
std::string outcome(const Result<T>& result) {
  return result ? "ok" : std::string{result.error().reason.word};
}

// --- ASCII

static_assert(is_equal_but_for_case("Content-Type", "CONTENT-type") && !is_equal_but_for_case("Content", "Content-"));
static_assert(!is_equal_but_for_case('[', '{') && !is_equal_but_for_case('_', '\x7f'));  // as `| 32` would
static_assert(lower('Z') == 'z' && lower('@') == '@' && lower('\xc4') == '\xc4');

// --- ids

TEST(Id, RoundTripsAsText) {
  Random random = dice(1);
  for (int i = 0; i < 1000; ++i) {
    const auto id = ProjectId::make(from_micros(static_cast<std::int64_t>(random.below(1ULL << 52))), random);
    EXPECT_EQ(id.text().size(), 4 + 26U);
    EXPECT_EQ(ProjectId::parse(id.text()).value(), id);
  }
  Uuid all_bits{};
  all_bits.fill(0xff);
  EXPECT_EQ(ProjectId{all_bits}.text(), "prj_7zzzzzzzzzzzzzzzzzzzzzzzzz");
  EXPECT_EQ(ProjectId::parse("prj_7zzzzzzzzzzzzzzzzzzzzzzzzz").value(), ProjectId{all_bits});
  EXPECT_EQ(ProjectId{}.text(), "prj_00000000000000000000000000");
}

TEST(Id, IsAUuidOfVersion7) {
  Random random = dice(2);
  const auto at = instant_from_text("2027-03-02T14:31:07.123Z").value();
  const Uuid uuid = uuid7(at, random);
  EXPECT_EQ(uuid[6] >> 4, 7);
  EXPECT_EQ(uuid[8] >> 6, 2);
  std::uint64_t ms = 0;
  for (std::size_t i = 0; i < 6; ++i) ms = ms << 8 | uuid[i];
  EXPECT_EQ(static_cast<std::int64_t>(ms), micros(at) / 1000);
}

TEST(Id, SortsByItsMillisecondAsBytesAndAsText) {
  Random random = dice(3);
  ProjectId last = ProjectId::make(from_micros(0), random);
  for (std::int64_t ms = 1; ms < 2'000'000'000'000; ms = ms * 3 + 1) {
    const auto next = ProjectId::make(from_micros(ms * 1000), random);
    EXPECT_LT(last, next);
    EXPECT_LT(last.text(), next.text());
    last = next;
  }
}

TEST(Id, AnotherKindLengthOrLetterIsRefused) {
  Random random = dice(4);
  const std::string text = ProjectId::make(from_micros(1'800'000'000'000'000), random).text();
  EXPECT_EQ(outcome(PersonId::parse(text)), "invalid");
  EXPECT_EQ(outcome(ProjectId::parse(text + "0")), "invalid");
  EXPECT_EQ(outcome(ProjectId::parse(text.substr(1))), "invalid");
  EXPECT_EQ(outcome(ProjectId::parse("")), "invalid");
  EXPECT_EQ(outcome(ProjectId::parse("prj-" + text.substr(4))), "invalid");
  for (const char letter : {'i', 'l', 'o', 'u', 'A', '-', ' ', '\0'}) {
    std::string damaged = text;
    damaged[10] = letter;
    EXPECT_EQ(outcome(ProjectId::parse(damaged)), "invalid") << letter;
  }
}

// 26 letters are 130 bits: the two in front are zero, or one id would have several texts.
TEST(Id, HasOneText) {
  const std::string rest(25, 'z');
  for (const char first : std::string{"0123456789abcdefghjkmnpqrstvwxyz"})
    EXPECT_EQ(outcome(ProjectId::parse("prj_" + std::string{first} + rest)), first <= '7' ? "ok" : "invalid") << first;
}

// --- money

Rate random_rate(Random& random) {
  const std::int64_t per[] = {1, 7, 60, 3600, 1'000'000, 1'073'741'824};
  return {.picos = static_cast<std::int64_t>(random.below(5'000'000'000'000)),
          .per = per[random.below(std::size(per))],
          .currency = {"EUR"}};
}

TEST(Money, PiecesCostWhatTheWholeCosts) {
  Random random = dice(5);
  for (int round = 0; round < 2000; ++round) {
    const Rate rate = random_rate(random);
    const auto rounding = static_cast<Round>(random.below(3));
    Rated rated;
    std::int64_t charged = 0;
    std::int64_t used = 0;
    for (std::uint64_t pieces = 1 + random.below(20); pieces > 0; --pieces) {
      const auto piece = static_cast<std::int64_t>(random.below(100'000));
      const auto step = charge_next(rate, rated, piece, rounding);
      ASSERT_TRUE(step);
      EXPECT_GE(step->charge.micros, 0);
      rated = step->total;
      charged += step->charge.micros;
      used += piece;
    }
    EXPECT_EQ(charged, charge(rate, used, rounding)->micros);
    EXPECT_EQ(charged, rated.charged);
  }
}

TEST(Money, ThreeEventsOf31SecondsCostWhatOneOf93Costs) {
  const Rate rate{.picos = 2'499'000'000'000, .per = 3600, .currency = {"EUR"}};
  Rated rated;
  for (int i = 0; i < 3; ++i) rated = charge_next(rate, rated, 31, Round::half_even)->total;
  EXPECT_EQ(rated.charged, 64'558);  // 64557.5 rounds to even
  EXPECT_EQ(to_text(*charge(rate, 93, Round::half_even)), "0.064558");
}

TEST(Money, RoundsByName) {
  struct Row {
    int numerator, half_even, down, up;
  };
  for (const Row& row : {Row{7, 4, 3, 4}, Row{5, 2, 2, 3}, Row{3, 2, 1, 2}, Row{1, 0, 0, 1}, Row{0, 0, 0, 0},
                         Row{-1, 0, -1, 0}, Row{-3, -2, -2, -1}, Row{-5, -2, -3, -2}, Row{4, 2, 2, 2}}) {
    EXPECT_EQ(static_cast<int>(divide(row.numerator, 2, Round::half_even)), row.half_even) << row.numerator;
    EXPECT_EQ(static_cast<int>(divide(row.numerator, 2, Round::down)), row.down) << row.numerator;
    EXPECT_EQ(static_cast<int>(divide(row.numerator, 2, Round::up)), row.up) << row.numerator;
  }
  EXPECT_EQ(static_cast<int>(divide(10, 3, Round::half_even)), 3);
  EXPECT_EQ(static_cast<int>(divide(-10, 3, Round::half_even)), -3);
  EXPECT_EQ(static_cast<int>(divide(11, 3, Round::half_even)), 4);
}

TEST(Money, OverflowIsAnErrorNeverAWrap) {
  const Currency eur{"EUR"};
  EXPECT_EQ(outcome(add(Money{most, eur}, Money{1, eur})), "overflow");
  EXPECT_EQ(outcome(add(Money{least, eur}, Money{-1, eur})), "overflow");
  EXPECT_EQ(add(Money{most, eur}, Money{least, eur})->micros, -1);
  EXPECT_EQ(outcome(charge({.picos = most, .per = 1, .currency = eur}, most, Round::half_even)), "overflow");
  EXPECT_EQ(charge({.picos = most, .per = most, .currency = eur}, most, Round::down)->micros, most / picos_per_micro);

  const Rate steep{.picos = most, .per = 1, .currency = eur};
  EXPECT_EQ(outcome(charge_next(steep, {.exact = static_cast<Int128>(most) * most * 2}, most, Round::down)),
            "overflow");
}

TEST(MoneyDeathTest, TwoCurrenciesAreABug) {
  EXPECT_DEATH((void)add(Money{1, {"EUR"}}, Money{1, {"USD"}}), "does not hold");
  EXPECT_DEATH((void)charge({.picos = 1, .per = 0}, 1, Round::down), "does not hold");
  EXPECT_DEATH((void)charge({.picos = 1}, -1, Round::down), "does not hold");
}

TEST(Money, SharesSumToTheWholeAndAreFair) {
  Random random = dice(6);
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::int64_t> weights(1 + random.below(12));
    Int128 sum = 0;
    for (auto& weight : weights) sum += weight = static_cast<std::int64_t>(random.below(1000));
    if (sum == 0) sum = weights[0] = 1;
    const std::int64_t whole = static_cast<std::int64_t>(random.below(1'000'000'000)) - 500'000'000;
    const auto parts = share(whole, weights);
    std::int64_t total = 0;
    for (std::size_t i = 0; i < parts.size(); ++i) {
      total += parts[i];
      const Int128 floor = divide(static_cast<Int128>(whole) * weights[i], sum, Round::down);
      EXPECT_TRUE(parts[i] == floor || parts[i] == floor + 1);
      if (weights[i] == 0) EXPECT_EQ(parts[i], 0);
    }
    EXPECT_EQ(total, whole);
  }
  EXPECT_EQ(share(100, {1, 1, 1}), (std::vector<std::int64_t>{34, 33, 33}));
  EXPECT_EQ(share(-100, {1, 1, 1}), (std::vector<std::int64_t>{-33, -33, -34}));
  EXPECT_EQ(share(0, {0, 5}), (std::vector<std::int64_t>{0, 0}));
  EXPECT_EQ(share(most, {most, most}), (std::vector<std::int64_t>{most / 2 + 1, most / 2}));
}

// --- decimal texts

TEST(Decimal, TextIsExact) {
  EXPECT_EQ(to_text(Money{.micros = 64'558}), "0.064558");
  EXPECT_EQ(to_text(Money{.micros = -1'500'000}), "-1.500000");
  EXPECT_EQ(to_text(Money{.micros = least}), "-9223372036854.775808");
  EXPECT_EQ(decimal_text(2'499'000'000'000, 12, true), "2.499");
  EXPECT_EQ(decimal_text(3'000'000, 6, true), "3");
  EXPECT_EQ(decimal_text(0, 6, true), "0");
  EXPECT_EQ(decimal_text(100, 0, true), "100");
  EXPECT_EQ(decimal_text(-5, 2, false), "-0.05");
}

TEST(Decimal, RoundTrips) {
  Random random = dice(7);
  for (int i = 0; i < 2000; ++i) {
    const auto value = static_cast<std::int64_t>(random.u64() >> random.below(64));
    const int places = static_cast<int>(random.below(13));
    EXPECT_EQ(decimal_from_text(decimal_text(value, places, false), places).value(), value);
    EXPECT_EQ(decimal_from_text(decimal_text(value, places, true), places).value(), value);
  }
  for (const std::int64_t value : {most, least, std::int64_t{0}})
    EXPECT_EQ(decimal_from_text(decimal_text(value, 6, false), 6).value(), value);
}

TEST(Decimal, WhatIsNoDecimalIsRefused) {
  for (const char* text : {"", "-", ".", "1.", ".5", "1.1234567", "1e3", "+1", " 1", "1 ", "1,5", "0x1", "--1", "1.-5",
                           "-.5", "1.2.3", "NaN"})
    EXPECT_EQ(outcome(decimal_from_text(text, 6)), "invalid") << text;
  EXPECT_EQ(outcome(decimal_from_text("9223372036854.775808", 6)), "overflow");
  EXPECT_EQ(decimal_from_text("-9223372036854.775808", 6).value(), least);
  EXPECT_EQ(outcome(decimal_from_text(std::string(100, '9'), 6)), "overflow");
  EXPECT_EQ(decimal_from_text("007.5", 6).value(), 7'500'000);
}

TEST(Decimal, Int128RoundTripsToItsEnds) {
  const Int128 greatest = static_cast<Int128>(~static_cast<unsigned __int128>(0) >> 1);
  EXPECT_EQ(int128_text(greatest), "170141183460469231731687303715884105727");
  EXPECT_EQ(int128_text(-greatest - 1), "-170141183460469231731687303715884105728");
  for (const Int128 value : {greatest, -greatest - 1, Int128{0}, Int128{-10}})
    EXPECT_TRUE(int128_from_text(int128_text(value)).value() == value);
  EXPECT_EQ(outcome(int128_from_text("170141183460469231731687303715884105728")), "overflow");
  EXPECT_EQ(outcome(int128_from_text("-170141183460469231731687303715884105729")), "overflow");
  for (const char* text : {"", "-", "1a", "--1", "+1"}) EXPECT_EQ(outcome(int128_from_text(text)), "invalid") << text;
}

TEST(Decimal, TheSmallestInt128HasAText) {
  const Int128 smallest = -static_cast<Int128>(~static_cast<unsigned __int128>(0) >> 1) - 1;
  EXPECT_EQ(decimal_text(smallest, 12, false), "-170141183460469231731687303.715884105728");
}

// --- time

TEST(Time, TextRoundTripsAndItsOrderIsTimeOrder) {
  Random random = dice(8);
  Instant last{};
  for (int i = 0; i < 2000; ++i) {
    const Instant at = from_micros(static_cast<std::int64_t>(random.below(250'000'000'000'000'000)));
    EXPECT_EQ(instant_from_text(to_text(at)).value(), at);
    EXPECT_EQ(at < last, to_text(at) < to_text(last));
    EXPECT_EQ(day_from_text(to_text(day_of(at))).value(), day_of(at));
    last = at;
  }
  EXPECT_EQ(to_text(from_micros(-1)), "1969-12-31T23:59:59.999999Z");
  EXPECT_EQ(instant_from_text("1969-12-31T23:59:59.999999Z").value(), from_micros(-1));
}

TEST(Time, FractionsAreFromOneToSixDigits) {
  EXPECT_EQ(micros(instant_from_text("1970-01-01T00:00:01Z").value()), 1'000'000);
  EXPECT_EQ(micros(instant_from_text("1970-01-01T00:00:01.5Z").value()), 1'500'000);
  EXPECT_EQ(micros(instant_from_text("1970-01-01T00:00:01.000001Z").value()), 1'000'001);
}

TEST(Time, WhatIsNoTimeIsRefused) {
  for (const char* text :
       {"", "2027-03-02", "2027-03-02T14:31:07", "2027-03-02 14:31:07Z", "2027-03-02T24:00:00Z", "2027-03-02T14:60:00Z",
        "2027-03-02T14:31:60Z", "2027-03-02T14:31:07.Z", "2027-03-02T14:31:07.1234567Z", "2027-03-02T14:31:07+00:00",
        "2027-02-30T00:00:00Z", "2027-03-02T14:31:07.12aZ", "2027-03-02T14:31:071Z", "2027-03-02t14:31:07z",
        "+027-03-02T14:31:07Z", "2027-03-02T-1:31:07Z"})
    EXPECT_EQ(outcome(instant_from_text(text)), "invalid") << text;
  for (const char* text : {"", "2027-02-29", "2027-13-01", "2027-00-01", "2027-01-00", "2027-1-1", "20270101",
                           "2027/01/01", "2027-01-011", " 027-01-01", "2027-01-0x"})
    EXPECT_EQ(outcome(day_from_text(text)), "invalid") << text;
  EXPECT_EQ(outcome(day_from_text("2028-02-29")), "ok");
}

// --- dice

TEST(Random, TheSameThreeGiveTheSameStream) {
  const auto draw = [](Random::Key key, std::uint64_t request, std::uint32_t step) {
    Random random{key, request, step};
    std::array<unsigned char, 200> out{};
    random.fill(out);
    return out;
  };
  const auto first = draw({1}, 2, 3);
  EXPECT_EQ(draw({1}, 2, 3), first);
  EXPECT_NE(draw({9}, 2, 3), first);
  EXPECT_NE(draw({1}, 9, 3), first);
  EXPECT_NE(draw({1}, 2, 9), first);
}

TEST(Random, TheStreamDoesNotDependOnHowItIsRead) {
  Random whole = dice(9);
  Random pieces = dice(9);
  std::array<unsigned char, 300> a{};
  std::array<unsigned char, 300> b{};
  whole.fill(a);
  std::size_t at = 0;
  for (const std::size_t n : {1U, 63U, 64U, 65U, 0U, 107U}) {
    pieces.fill(std::span{b}.subspan(at, n));
    at += n;
  }
  ASSERT_EQ(at, b.size());
  EXPECT_EQ(a, b);
}

TEST(Random, IsChaCha20) {  // RFC 8439, A.1, test vector 1: key, nonce and counter zero
  Random random{Random::Key{}, 0, 0};
  std::array<unsigned char, 4> out{};
  random.fill(out);
  EXPECT_EQ(out, (std::array<unsigned char, 4>{0x76, 0xb8, 0xe0, 0xad}));
}

TEST(Random, BelowReachesEveryValueEvenly) {
  Random random = dice(10);
  std::array<int, 7> seen{};
  for (int i = 0; i < 7000; ++i) ++seen[random.below(7)];
  for (const int count : seen) EXPECT_NEAR(count, 1000, 200);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(random.below(1), 0U);
  EXPECT_LT(random.below(~std::uint64_t{0}), ~std::uint64_t{0});
  EXPECT_DEATH(random.below(0), "does not hold");
}

TEST(Random, TheKernelsKeysDiffer) { EXPECT_NE(Random::kernel_key(), Random::kernel_key()); }

// --- states

enum class Light { red, green, dark };
constexpr Transitions<Light> lights{
    {Light::red, Light::green}, {Light::green, Light::red}, {Light::green, Light::dark}};
static_assert(lights.may(Light::red, Light::green));
static_assert(!lights.may(Light::red, Light::dark));
static_assert(!lights.may(Light::red, Light::red));
static_assert(lights.is_final(Light::dark) && !lights.is_final(Light::red));

TEST(Transitions, AreWalkedInTheOrderOfTheTable) {
  std::string drawing;
  for (const auto& [from, to] : lights)
    drawing += std::to_string(static_cast<int>(from)) + std::to_string(static_cast<int>(to)) + " ";
  EXPECT_EQ(drawing, "01 10 12 ");
}

}  // namespace
}  // namespace base
