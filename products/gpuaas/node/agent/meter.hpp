// Meter: how long each workload ran, as usage events that are never lost and never counted twice.
//
// A workload's time is cut into intervals that touch: each begins where the one before ended. Whole seconds are
// metered, rounded on the running total, so that all events together are the whole time within half a second. An event
// has its id and is in the journal, one file a workload, before it is sent; it leaves the journal when the server has
// it.
//
// Always true
//   - the journal's events and what the server has taken are together the time from start to `until`, without a gap or
//     an overlap, after any crash;
//   - an event once written never changes.
#pragma once

#include <boost/describe.hpp>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "products/gpuaas/node/runtime.hpp"
#include "products/gpuaas/node/wire.hpp"

namespace agent {

using UsageEventId = base::Id<"use">;

inline constexpr std::chrono::seconds meter_period{10};
inline constexpr std::size_t batch_max = 500;  // events sent at once

struct UsageEvent {
  UsageEventId id;
  std::string resource;
  std::string meter;
  std::string sku;
  base::Instant start;
  base::Instant end;
  std::int64_t quantity = 0;  // in the meter's unit
  bool simulated = false;
};
BOOST_DESCRIBE_STRUCT(UsageEvent, (), (id, resource, meter, sku, start, end, quantity, simulated))

/// What a workload is metered by; of its desired item.
struct Tariff {
  std::string meter;
  std::string sku;
  std::int64_t units_per_second = 1;
  bool simulated = false;
};
BOOST_DESCRIBE_STRUCT(Tariff, (), (meter, sku, units_per_second, simulated))

class Meter final {
 public:
  /// Reads the journals in `directory`. Errors: `unavailable`, `invalid` (a journal that cannot be read: it is money,
  /// so nothing starts before a person has looked at it).
  static base::Result<std::unique_ptr<Meter>> open(std::filesystem::path directory);

  /// Before a workload starts: what it will be metered by.
  base::Result<void> expect(const std::string& id, const Tariff&);
  /// Cuts the next interval when one is due or the workload has ended.
  base::Result<void> look(const runtime::Workload&, base::Instant now);
  /// Events that the server does not have yet, oldest first of each workload.
  std::vector<UsageEvent> due() const;
  base::Result<void> taken(const std::vector<UsageEvent>&);
  /// Nothing more will come of it and all was taken.
  bool settled(const std::string& id) const;
  void forget(const std::string& id);

 private:
  struct Journal {
    Tariff tariff;
    std::int64_t until_us = 0;  // metered so far; 0: not begun
    std::int64_t seconds = 0;   // whole ones, metered so far
    bool ended = false;
    std::vector<UsageEvent> events;  // not taken yet
  };
  BOOST_DESCRIBE_CLASS(Journal, (), (tariff, until_us, seconds, ended, events), (), ())

  explicit Meter(std::filesystem::path directory) : directory_(std::move(directory)) {}
  base::Result<void> save(const std::string& id, const Journal&) const;
  std::filesystem::path file_of(const std::string& id) const { return directory_ / (id + ".json"); }

  const std::filesystem::path directory_;
  mutable std::mutex mutex_;
  std::map<std::string, Journal> journals_;
};

}  // namespace agent
