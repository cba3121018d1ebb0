// Inside shared/mux and its tests: how often a link is asked whether it lives.
#pragma once

#include "shared/mux/mux.hpp"

namespace mux {

struct Pace {
  std::chrono::milliseconds ping_every{1000};
  std::chrono::milliseconds silence = silence_max;
};
std::shared_ptr<Link> attach(std::shared_ptr<http::WebSocket>, bool dialler, LinkEvents, Pace);

}  // namespace mux
