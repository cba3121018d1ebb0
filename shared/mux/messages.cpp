#include "shared/mux/messages.hpp"

namespace mux {
namespace {

constexpr std::size_t head_size = 5;

std::size_t length_of(std::string_view head) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < 4; ++i) length = (length << 8) | static_cast<unsigned char>(head[i]);
  return length;
}

}  // namespace

std::string message_text(std::string_view message, bool binary) {
  std::string bytes;
  bytes.reserve(head_size + message.size());
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(message.size() >> shift);
  bytes += binary ? '\0' : '\1';
  bytes += message;
  return bytes;
}

bool MessageParser::feed(std::string_view bytes, const std::function<void(std::string, bool)>& each) {
  rest_ += bytes;
  std::size_t at = 0;
  while (rest_.size() - at >= head_size) {
    const std::string_view head = std::string_view{rest_}.substr(at, head_size);
    const std::size_t length = length_of(head);
    const char kind = head[4];
    if (length > message_max || kind < 0 || kind > 1) return false;
    if (rest_.size() - at - head_size < length) break;
    each(rest_.substr(at + head_size, length), kind == 0);
    at += head_size + length;
  }
  rest_.erase(0, at);
  return true;
}

}  // namespace mux
