// Apart: a plan played in a process of its own, so that a house that crashes (a CHECK, a damaged page) is a verdict
// like any other, and two seeds use two cores.
#pragma once

#include <vector>

#include "cmd/sim/plan.hpp"
#include "cmd/sim/play.hpp"

namespace sim {

/// Plays all of them at once, each apart. `trace` lets them write to stderr; else only what a crash said is kept.
std::vector<Verdict> play_apart(const std::vector<Plan>&, bool trace);

}  // namespace sim
