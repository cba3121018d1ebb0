// Frames: the bytes of one message on a link, and what is wrong with those that are none.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "shared/base/result.hpp"
#include "shared/mux/mux.hpp"

namespace mux {

enum class Kind : std::uint8_t { open = 1, data, window, end, reset, ping, pong };

inline constexpr std::size_t head_size = 5;
inline constexpr std::size_t text_max = 1024;  // of a reset's reason

struct Frame {
  std::uint32_t stream = 0;  // 0: the link itself (ping, pong)
  Kind kind = Kind::ping;
  std::string_view payload;  // into the message
  std::uint32_t credit = 0;  // of a window frame, > 0
};

std::string encode(std::uint32_t stream, Kind, std::string_view payload);
std::string encode_window(std::uint32_t stream, std::uint32_t credit);

/// Errors: `invalid`; the detail says what was wrong.
base::Result<Frame> parse_frame(std::string_view message);

}  // namespace mux
