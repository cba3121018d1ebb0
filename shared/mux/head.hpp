// Inside shared/mux only: the one line of JSON before a body, and the bytes that follow it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "shared/base/result.hpp"
#include "shared/http/http.hpp"

namespace mux {

inline constexpr std::size_t head_max = 32 << 10;
inline constexpr std::size_t request_body_max = 1 << 20;
inline constexpr std::size_t response_body_max = 64 << 20;

struct RequestHead {
  http::Request request;  // without its body
  std::uint64_t length = 0;
};
struct ResponseHead {
  http::Response response;
  std::optional<std::uint64_t> length;  // nothing: to the end of the stream
};

std::string encode_head(const http::Request&);
std::string encode_head(const http::Response&, std::optional<std::uint64_t> length);
/// Errors: `invalid` (not that object, a member missing, unknown or of another type).
base::Result<RequestHead> request_head(std::string_view line);
base::Result<ResponseHead> response_head(std::string_view line);

/// Cuts the head line off what arrives; whatever follows it is the body.
class HeadLine {
 public:
  enum class State { waiting, whole, too_long };
  /// `rest` is what came after the line, once it is whole.
  State feed(std::string_view bytes, std::string_view& rest);
  const std::string& line() const { return line_; }

 private:
  std::string line_;
};

}  // namespace mux
