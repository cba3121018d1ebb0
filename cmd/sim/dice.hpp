// Where the simulator's chance comes from: one key a seed, and a stream of its own for each use, so that a plan that is
// made shorter leaves the rest as it was.
#pragma once

#include <cstdint>

#include "shared/base/random.hpp"

namespace sim {

enum class Use : std::uint32_t { plan = 1, crash = 2, request = 3 };

inline base::Random::Key key_of(std::uint64_t seed) {
  base::Random::Key key{};
  for (std::size_t i = 0; i < 8; ++i) key[i] = static_cast<unsigned char>(seed >> (8 * i));
  return key;
}

inline base::Random dice_of(std::uint64_t seed, Use use, std::uint64_t number = 0) {
  return base::Random{key_of(seed), number, static_cast<std::uint32_t>(use)};
}

}  // namespace sim
