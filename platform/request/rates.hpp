// Rates: how often one peer may ask without credentials. A bucket a peer, refilled by the clock that is handed in.
#pragma once

#include <algorithm>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "shared/base/time.hpp"

namespace request {

class Rates final {
 public:
  static constexpr double per_second = 50;
  static constexpr double burst = 200;
  static constexpr std::size_t peers_max = 10'000;

  /// `peer` is "address:port"; the port does not count.
  bool allow(std::string_view peer, base::Instant now) {
    const std::lock_guard lock{mutex_};
    if (buckets_.size() >= peers_max) buckets_.clear();  // forgetting is kind to all alike, and bounds the memory
    auto [found, fresh] = buckets_.try_emplace(std::string{peer.substr(0, peer.rfind(':'))}, Bucket{burst, now});
    Bucket& bucket = found->second;
    const double seconds = std::max(0.0, std::chrono::duration<double>(now - bucket.at).count());
    bucket.left = std::min(burst, bucket.left + seconds * per_second);
    bucket.at = now;
    if (bucket.left < 1) return false;
    bucket.left -= 1;
    return true;
  }

 private:
  struct Bucket {
    double left;
    base::Instant at;
  };
  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
};

}  // namespace request
