#include "platform/log/denials.hpp"

#include <future>

namespace logbook {
namespace {

constexpr std::size_t batch_max = 64;
// Requests count up from 1, so that this half of the numbers is the log's alone.
constexpr std::uint64_t numbers_from = std::uint64_t{1} << 63;

}  // namespace

Entry denial_entry(const request::Caller& caller, const request::Permission& permission, const request::Target& target,
                   base::Reason reason) {
  const bool homeless = caller.home == request::OrganizationId{};  // a node, or nobody in particular
  const request::Scope filed = homeless ? request::Scope{request::platform} : request::Scope{caller.home};
  return {.path = {filed},
          .principal = caller.principal,
          .home = caller.home,
          .action = std::string{permission.name},
          .resource = {},
          .outcome = std::string{reason.word},
          .target = request::text(target)};
}

void Denials::start(db::Store& store, base::Random::Key dice) {
  store_ = &store;
  dice_ = dice;
  writer_ = std::jthread{[this](const std::stop_token& stop) { serve(stop); }};
}

void Denials::stop() {
  if (!writer_.joinable()) return;
  writer_.request_stop();
  writer_.join();
}

void Denials::add(Entry entry, base::Instant now) {
  const std::lock_guard lock{mutex_};
  if (waiting_.size() >= denied_reads_max) {
    ++lost_;
    return;
  }
  waiting_.push_back({.entry = std::move(entry), .at = now});
  news_.notify_one();
}

std::int64_t Denials::lost() const {
  const std::lock_guard lock{mutex_};
  return lost_;
}

void Denials::serve(const std::stop_token& stop) {
  for (;;) {
    std::vector<Waiting> batch;
    {
      std::unique_lock lock{mutex_};
      news_.wait(lock, stop, [this] { return !waiting_.empty(); });
      if (waiting_.empty()) return;  // asked to stop, and nothing is left
      while (!waiting_.empty() && batch.size() < batch_max) {
        batch.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
      }
    }
    write(batch);
  }
}

void Denials::write(const std::vector<Waiting>& batch) {
  const std::uint64_t number = numbers_from | ++batches_;
  std::promise<bool> written;
  store_->change(
      [&](db::Tx& tx) -> base::Result<void> {
        base::Random random{dice_, number, 0};
        for (const auto& each : batch) append(tx, {.now = each.at, .random = random}, each.entry);
        return {};
      },
      [&](base::Result<void> done) { written.set_value(done.has_value()); });
  if (written.get_future().get()) return;
  const std::lock_guard lock{mutex_};
  lost_ += static_cast<std::int64_t>(batch.size());
}

}  // namespace logbook
