#include "platform/iam/refusals.hpp"

#include <algorithm>

namespace iam {

bool Refusals::may_try(std::string_view mail, base::Instant now) {
  const std::lock_guard lock{mutex_};
  if (buckets_.size() >= remembered_max) buckets_.clear();
  Bucket& bucket = buckets_[std::string{mail}];
  const double refilled = std::chrono::duration<double>(now - bucket.at) / again_after;
  bucket.used = std::max(0.0, bucket.used - std::max(0.0, refilled));
  bucket.at = now;
  if (bucket.used > tries - 1) return false;
  bucket.used += 1;
  return true;
}

void Refusals::succeeded(std::string_view mail) {
  const std::lock_guard lock{mutex_};
  buckets_.erase(std::string{mail});
}

int Refusals::refused(PrincipalId principal, base::Instant now) {
  const std::lock_guard lock{mutex_};
  if (counts_.size() >= remembered_max) counts_.clear();
  Count& count = counts_[principal];
  ++count.waiting;
  if (now - count.recorded_at < record_every) return 0;
  count.recorded_at = now;
  return std::exchange(count.waiting, 0);
}

}  // namespace iam
