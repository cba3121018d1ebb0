#include "products/gpuaas/node/agent/meter.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <numeric>

#include "shared/base/random.hpp"
#include "shared/json/json.hpp"

namespace agent {
namespace {

constexpr std::int64_t start_us = 1'800'000'000'000'000;

class MeterTest : public ::testing::Test {
 protected:
  MeterTest() {
    char name[] = "/tmp/meter-XXXXXX";
    directory_ = ::mkdtemp(name);
    open();
  }
  ~MeterTest() override { std::filesystem::remove_all(directory_); }

  void open() {
    meter_.reset();
    auto opened = Meter::open(directory_ / "usage");
    ASSERT_TRUE(opened) << opened.error().detail;
    meter_ = std::move(*opened);
  }
  void expect() {
    ASSERT_TRUE(meter_->expect("ins_1", {.meter = "m", .sku = "s", .units_per_second = 2, .simulated = true}));
  }
  void look(std::int64_t after_us, bool ended = false) {
    runtime::Workload workload{.spec = {.id = "ins_1"}};
    workload.status.started_at_us = start_us;
    workload.status.state = ended ? runtime::State::exited : runtime::State::running;
    if (ended) workload.status.exited_at_us = start_us + after_us;
    ASSERT_TRUE(meter_->look(workload, base::from_micros(start_us + after_us)));
  }
  std::int64_t sum() const {
    const auto due = meter_->due();
    return std::accumulate(due.begin(), due.end(), std::int64_t{0},
                           [](std::int64_t s, const auto& e) { return s + e.quantity; });
  }

  std::filesystem::path directory_;
  std::unique_ptr<Meter> meter_;
};

TEST_F(MeterTest, IntervalsTouchAndSumToTheWholeTimeWithinHalfASecond) {
  base::Random dice{base::Random::Key{7}, 1, 1};
  expect();
  std::int64_t at = 0;
  for (int i = 0; i < 50; ++i) look(at += static_cast<std::int64_t>(dice.below(20'000'000)));
  look(at += 777'777, true);
  const auto due = meter_->due();
  ASSERT_FALSE(due.empty());
  EXPECT_EQ(base::micros(due.front().start), start_us);
  EXPECT_EQ(base::micros(due.back().end), start_us + at);
  for (std::size_t i = 1; i < due.size(); ++i) EXPECT_EQ(due[i].start, due[i - 1].end);
  EXPECT_EQ(sum(), 2 * ((at + 500'000) / 1'000'000));
}

TEST_F(MeterTest, AnEventIsOnDiskBeforeItIsDueAndIsTheSameAfterARestart) {
  expect();
  look(12'300'000);
  const auto before = meter_->due();
  ASSERT_EQ(before.size(), 1U);
  open();
  const auto after = meter_->due();
  ASSERT_EQ(after.size(), 1U);
  EXPECT_EQ(after[0].id, before[0].id);
  EXPECT_EQ(after[0].quantity, before[0].quantity);
  EXPECT_EQ(after[0].end, before[0].end);
  look(15'000'000, true);
  EXPECT_EQ(sum(), 2 * 15);
}

TEST_F(MeterTest, WhatTheServerTookIsNeverSentAgain) {
  expect();
  look(20'000'000);
  ASSERT_TRUE(meter_->taken(meter_->due()));
  EXPECT_TRUE(meter_->due().empty());
  open();
  EXPECT_TRUE(meter_->due().empty());
  EXPECT_FALSE(meter_->settled("ins_1"));  // it still runs
  look(31'000'000, true);
  EXPECT_EQ(sum(), 2 * 11);
}

TEST_F(MeterTest, AWorkloadThatNeverRanCostsNothing) {
  expect();
  runtime::Workload workload{.spec = {.id = "ins_1"}};
  workload.status.state = runtime::State::exited;
  workload.status.end = runtime::End::start_failure;
  ASSERT_TRUE(meter_->look(workload, base::from_micros(start_us)));
  EXPECT_TRUE(meter_->due().empty());
  EXPECT_TRUE(meter_->settled("ins_1"));
}

TEST_F(MeterTest, AShortRunIsToldEvenWhereItRoundsToNothing) {
  expect();
  look(200'000, true);
  ASSERT_EQ(meter_->due().size(), 1U);
  EXPECT_EQ(sum(), 0);
}

TEST_F(MeterTest, AJournalThatCannotBeReadIsRefusedNotForgotten) {
  std::ofstream{directory_ / "usage/ins_2.json"} << "{\"tariff\":";
  EXPECT_FALSE(Meter::open(directory_ / "usage"));
}

TEST_F(MeterTest, ABillIsSettledOnlyWhenItsLastEventWasTaken) {
  EXPECT_TRUE(meter_->settled("ins_1"));  // nothing is known of it
  expect();
  EXPECT_FALSE(meter_->settled("ins_1"));
  look(25'000'000);
  ASSERT_TRUE(meter_->taken(meter_->due()));
  look(31'000'000, true);
  EXPECT_FALSE(meter_->settled("ins_1"));
  open();
  EXPECT_FALSE(meter_->settled("ins_1"));
  ASSERT_TRUE(meter_->taken(meter_->due()));
  EXPECT_TRUE(meter_->settled("ins_1"));
  open();
  EXPECT_TRUE(meter_->settled("ins_1"));
}

// A file is replaced by a rename: what a crash leaves is what was before, or after. The server keeps what it was sent,
// by id; whether the node still knew that it had is open too.
TEST_F(MeterTest, AfterAnyCrashesWhatTheServerHasAndWhatIsDueIsTheWholeTimeOnce) {
  const auto journal = directory_ / "usage/ins_1.json";
  const auto before = directory_ / "before.json";
  constexpr auto over = std::filesystem::copy_options::overwrite_existing;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    base::Random dice{base::Random::Key{7}, seed, 1};
    std::map<UsageEventId, std::string> written;  // whatever was seen of an event, wherever
    std::map<base::Instant, UsageEvent> server;
    const auto see = [&](const UsageEvent& event) {
      const auto [known, fresh] = written.emplace(event.id, json::encode(event));
      EXPECT_EQ(known->second, json::encode(event)) << "seed " << seed;
    };
    meter_.reset();
    std::filesystem::remove_all(directory_ / "usage");
    open();
    expect();
    std::int64_t at = 0;
    for (int step = 0; step < 60; ++step) {
      const bool last = step == 59;
      std::filesystem::copy_file(journal, before, over);
      if (dice.below(2) == 0 || last) {
        look(at += static_cast<std::int64_t>(dice.below(15'000'000)), last);
      } else {
        auto sent = meter_->due();
        sent.resize(dice.below(sent.size() + 1));
        for (const UsageEvent& event : sent) {
          see(event);
          server.insert_or_assign(event.start, event);
        }
        ASSERT_TRUE(meter_->taken(sent));
      }
      if (dice.below(3) != 0 || last) continue;
      meter_.reset();
      if (dice.below(2) == 0) std::filesystem::copy_file(before, journal, over);
      if (dice.below(2) == 0) std::ofstream{journal.string() + ".new"} << "{\"tariff\":";  // half of the next
      open();
    }
    for (const UsageEvent& event : meter_->due()) {
      see(event);
      const auto [there, fresh] = server.emplace(event.start, event);
      EXPECT_EQ(there->second.id, event.id) << "seed " << seed << ": two events for one time";
    }
    ASSERT_FALSE(server.empty());
    std::int64_t until = start_us, quantity = 0;
    for (const auto& [start, event] : server) {
      EXPECT_EQ(base::micros(start), until) << "seed " << seed;
      until = base::micros(event.end);
      quantity += event.quantity;
    }
    EXPECT_EQ(until, start_us + at) << "seed " << seed;
    EXPECT_EQ(quantity, 2 * ((at + 500'000) / 1'000'000)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace agent
