#include "products/gpuaas/node/agent/meter.hpp"

#include <algorithm>

#include "products/gpuaas/node/agent/files.hpp"
#include "shared/base/random.hpp"
#include "shared/json/json.hpp"

namespace agent {
namespace {

constexpr std::int64_t us_per_second = 1'000'000;

// Half up, on the whole time so far: what all events sum to is within half a second of it.
std::int64_t whole_seconds(std::int64_t us) { return (us + us_per_second / 2) / us_per_second; }

UsageEventId event_id(base::Instant now) {
  base::Random dice{base::Random::kernel_key(), 0, 0};
  return UsageEventId::make(now, dice);
}

}  // namespace

base::Result<std::unique_ptr<Meter>> Meter::open(std::filesystem::path directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return base::Error{base::unavailable, "cannot make " + directory.string() + ": " + error.message()};
  auto meter = std::unique_ptr<Meter>(new Meter(std::move(directory)));
  for (const auto& entry : std::filesystem::directory_iterator(meter->directory_)) {
    if (entry.path().extension() != ".json") continue;
    auto journal = json::decode<Journal>(read_file(entry.path()).value_or(""));
    if (!journal) return base::Error{base::invalid, entry.path().string() + ": " + journal.error().detail};
    meter->journals_.emplace(entry.path().stem().string(), std::move(*journal));
  }
  return meter;
}

base::Result<void> Meter::expect(const std::string& id, const Tariff& tariff) {
  const std::lock_guard lock{mutex_};
  if (journals_.contains(id)) return {};
  Journal journal{.tariff = tariff};
  if (auto saved = save(id, journal); !saved) return saved;
  journals_.emplace(id, std::move(journal));
  return {};
}

base::Result<void> Meter::look(const runtime::Workload& workload, base::Instant now) {
  const std::lock_guard lock{mutex_};
  const auto found = journals_.find(workload.spec.id);
  if (found == journals_.end() || found->second.ended) return {};
  Journal next = found->second;
  const runtime::Status& status = workload.status;
  const bool ended = status.state == runtime::State::exited;
  if (status.started_at_us == 0) {  // it never ran: nothing to pay for
    if (!ended) return {};
    next.ended = true;
  } else {
    const std::int64_t from = next.until_us == 0 ? status.started_at_us : next.until_us;
    const std::int64_t to = ended ? std::max(status.exited_at_us, from) : base::micros(now);
    const std::int64_t period_us = std::chrono::microseconds{meter_period}.count();
    if (!ended && to - from < period_us) return {};
    const std::int64_t seconds = whole_seconds(to - status.started_at_us);
    // The last interval is told even where it rounds to nothing: the usage then reaches to the end, and says so.
    if (to > from && (seconds > next.seconds || ended)) {
      next.events.push_back({.id = event_id(now),
                             .resource = workload.spec.id,
                             .meter = next.tariff.meter,
                             .sku = next.tariff.sku,
                             .start = base::from_micros(from),
                             .end = base::from_micros(to),
                             .quantity = (seconds - next.seconds) * next.tariff.units_per_second,
                             .simulated = next.tariff.simulated});
      next.until_us = to;
      next.seconds = seconds;
    }
    next.ended = ended;
  }
  if (auto saved = save(workload.spec.id, next); !saved) return saved;
  found->second = std::move(next);
  return {};
}

std::vector<UsageEvent> Meter::due() const {
  const std::lock_guard lock{mutex_};
  std::vector<UsageEvent> events;
  for (const auto& [id, journal] : journals_)
    for (const UsageEvent& event : journal.events)
      if (events.size() < batch_max) events.push_back(event);
  return events;
}

base::Result<void> Meter::taken(const std::vector<UsageEvent>& events) {
  const std::lock_guard lock{mutex_};
  std::set<std::string> touched;
  for (const UsageEvent& event : events) {
    const auto found = journals_.find(event.resource);
    if (found == journals_.end()) continue;
    std::erase_if(found->second.events, [&](const UsageEvent& each) { return each.id == event.id; });
    touched.insert(event.resource);
  }
  for (const std::string& id : touched)
    if (auto saved = save(id, journals_.at(id)); !saved) return saved;
  return {};
}

bool Meter::settled(const std::string& id) const {
  const std::lock_guard lock{mutex_};
  const auto found = journals_.find(id);
  return found == journals_.end() || (found->second.ended && found->second.events.empty());
}

void Meter::forget(const std::string& id) {
  const std::lock_guard lock{mutex_};
  journals_.erase(id);
  std::error_code ignored;  // a file that stays says `ended` and holds nothing
  std::filesystem::remove(file_of(id), ignored);
}

base::Result<void> Meter::save(const std::string& id, const Journal& journal) const {
  return write_file(file_of(id), json::encode(journal));
}

}  // namespace agent
