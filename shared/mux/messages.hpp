// Messages: WebSocket messages as bytes of a mux stream, which knows no messages. A message is sent as its length (4
// bytes, big endian), its kind (1 byte: 0 binary, 1 text) and its payload; a length beyond `message_max` ends the
// stream.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace mux {

inline constexpr std::size_t message_max = 1 << 20;

std::string message_text(std::string_view message, bool binary);

class MessageParser {
 public:
  /// False when the bytes are no messages: too long, or of an unknown kind.
  bool feed(std::string_view bytes, const std::function<void(std::string message, bool binary)>& each);

 private:
  std::string rest_;
};

}  // namespace mux
