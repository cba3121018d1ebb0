// Refusals: how often sign-in was tried in vain, outside the transactions that a refusal undoes. It throttles by mail
// address, whether or not somebody has it, and lets a refused sign-in of somebody be recorded once a minute, with a
// count.
#pragma once

#include <mutex>
#include <string>
#include <unordered_map>

#include "platform/iam/iam.hpp"

namespace iam {

class Refusals final {
 public:
  static constexpr int tries = 10;                       // at once
  static constexpr std::chrono::seconds again_after{6};  // then one each
  static constexpr std::chrono::minutes record_every{1};
  static constexpr std::size_t remembered_max = 100'000;

  /// False: wait. Takes one try.
  bool may_try(std::string_view mail, base::Instant now);
  /// It was right: the tries before it are forgiven.
  void succeeded(std::string_view mail);
  /// How many refusals a record now stands for; 0: one stands there already, this minute.
  int refused(PrincipalId, base::Instant now);

 private:
  struct Bucket {
    double used = 0;
    base::Instant at;
  };
  struct Count {
    int waiting = 0;
    base::Instant recorded_at;
  };
  std::mutex mutex_;
  std::unordered_map<std::string, Bucket> buckets_;
  std::unordered_map<PrincipalId, Count> counts_;
};

}  // namespace iam
