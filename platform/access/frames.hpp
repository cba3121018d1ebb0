// Frames: WebSocket messages as bytes of a mux stream, which knows no messages. A frame is its length (4 bytes, big
// endian), its kind (1 byte: 0 binary, 1 text) and its payload; a length beyond `message_max` ends the relay.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace access {

inline constexpr std::size_t message_max = 1 << 20;

std::string frame(std::string_view message, bool binary);

class FrameParser {
 public:
  /// False when the bytes are no frames: too long, or of an unknown kind.
  bool feed(std::string_view bytes, const std::function<void(std::string message, bool binary)>& each);

 private:
  std::string rest_;
};

}  // namespace access
