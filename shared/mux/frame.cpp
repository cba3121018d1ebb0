#include "shared/mux/frame.hpp"

#include "shared/base/check.hpp"

namespace mux {
namespace {

void put_number(std::string& to, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) to += static_cast<char>(number >> shift & 0xff);
}

std::uint32_t number_at(std::string_view from) {
  std::uint32_t number = 0;
  for (int i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(from[static_cast<std::size_t>(i)]);
  return number;
}

std::string_view wrong_with(const Frame& frame) {
  const std::size_t size = frame.payload.size();
  const bool of_link = frame.kind == Kind::ping || frame.kind == Kind::pong;
  if (of_link != (frame.stream == 0)) return of_link ? "a ping with a stream" : "a frame without a stream";
  switch (frame.kind) {
    case Kind::open:
      return size == 0 || size > what_max ? "an open that asks for nothing, or at too much length" : "";
    case Kind::data:
      return size == 0 || size > frame_max ? "data of no bytes, or of too many" : "";
    case Kind::window:
      return size != 4 || number_at(frame.payload) == 0 ? "a window without a credit" : "";
    case Kind::reset:
      return size > text_max ? "a reset's reason that is too long" : "";
    case Kind::end:
    case Kind::ping:
    case Kind::pong:
      return size != 0 ? "a payload where none belongs" : "";
  }
  return "an unknown kind";
}

}  // namespace

std::string encode(std::uint32_t stream, Kind kind, std::string_view payload) {
  CHECK(payload.size() <= frame_max);
  std::string message;
  message.reserve(head_size + payload.size());
  put_number(message, stream);
  message += static_cast<char>(kind);
  message += payload;
  return message;
}

std::string encode_window(std::uint32_t stream, std::uint32_t credit) {
  std::string payload;
  put_number(payload, credit);
  return encode(stream, Kind::window, payload);
}

base::Result<Frame> parse_frame(std::string_view message) {
  if (message.size() < head_size) return base::Error{base::invalid, "a frame shorter than its head"};
  Frame frame{
      .stream = number_at(message), .kind = static_cast<Kind>(message[4]), .payload = message.substr(head_size)};
  if (frame.kind < Kind::open || frame.kind > Kind::pong)
    return base::Error{base::invalid, "a frame of an unknown kind"};
  if (const auto wrong = wrong_with(frame); !wrong.empty()) return base::Error{base::invalid, std::string{wrong}};
  if (frame.kind == Kind::window) frame.credit = number_at(frame.payload);
  return frame;
}

}  // namespace mux
