// Plan: what one run of the simulator does: lives of a server, each of rounds of requests that wait together, and the
// file operation at which the power goes. Everything else (which requests, what a crash leaves) follows from the seed.
//
// A plan is a `.cases` block and back, so that what a seed found can be pasted into tests/sim and kept:
//
//   case "seed 17"
//   seed   17
//   life   crash 25 rounds 12 40 3
//   life   crash 4 opening rounds 8
//   check  => holds
//
// `damage WHAT` (tables.hpp) before `check => fails` shows that the checks would see it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "shared/base/result.hpp"

namespace sim {

struct Life {
  std::vector<int> rounds;  // requests of each; the power goes in the last one, or in what it repeats
  int crash = 1;            // the first write or sync that fails: counted from the last round
  bool opening = false;     // counted from the start instead
};

struct Plan {
  std::uint64_t seed = 1;
  std::string synchronous = "FULL";
  std::vector<Life> lives;
  std::string damage = {};  // done to the tables after the last life; empty: none
  bool holds = true;        // what the case says: whether all promises are kept
};

struct Case {
  std::string name;
  Plan plan;
};

/// The plan of a seed.
Plan draw(std::uint64_t seed, std::string synchronous);

std::string text(const Case&);
/// Errors: `invalid` with the line that is none.
base::Result<std::vector<Case>> read_cases(const std::filesystem::path&);

/// What may be simpler: each is a step down from `plan`, the largest step first.
std::vector<Plan> simpler(const Plan&);

}  // namespace sim
