// libFuzzer: any message either is refused, or is a frame that encodes to the same bytes again.
#include "shared/base/check.hpp"
#include "shared/mux/frame.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* bytes, std::size_t size) {
  const std::string_view message{reinterpret_cast<const char*>(bytes), size};
  const auto frame = mux::parse_frame(message);
  if (!frame) return 0;
  CHECK(mux::encode(frame->stream, frame->kind, frame->payload) == message);
  if (frame->kind == mux::Kind::window) CHECK(mux::encode_window(frame->stream, frame->credit) == message);
  return 0;
}
