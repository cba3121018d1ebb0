// Play: one plan on one machine, life after life, and what came of it.
#pragma once

#include <cstdint>
#include <string>

#include "cmd/sim/plan.hpp"

namespace sim {

struct Verdict {
  std::string failure = {};  // the first promise that was broken; empty: all were kept
  std::int64_t crashes = 0;
  std::int64_t crashes_shared = 0;  // that took unsynced bytes out of a shared commit of at least two
  std::int64_t together_most = 0;   // works in one shared commit
  std::int64_t requests = 0;
  std::int64_t acknowledged = 0;  // promises made
  std::int64_t usage = 0;         // of those: usage events, each charged
  std::int64_t bytes_lost = 0;

  bool counts() const { return crashes_shared > 0; }
};

/// `trace` tells stderr what happens. A house in which a promise was broken is not torn down: the process is to end.
Verdict play(const Plan&, bool trace);

}  // namespace sim
