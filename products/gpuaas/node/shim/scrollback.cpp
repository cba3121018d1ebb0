#include "products/gpuaas/node/shim/scrollback.hpp"

#include "shared/base/check.hpp"

namespace shim {
namespace {

constexpr std::size_t line_search_max = 4096;  // a longer line is cut in its middle

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

std::size_t length_of(char first) {
  const auto byte = static_cast<unsigned char>(first);
  if (byte >= 0xF0) return 4;
  if (byte >= 0xE0) return 3;
  if (byte >= 0xC0) return 2;
  return 1;
}

}  // namespace

std::size_t clean_start(std::string_view bytes) {
  const auto line = bytes.substr(0, line_search_max).find('\n');
  if (line != std::string_view::npos) return line + 1;
  std::size_t at = 0;
  while (at < bytes.size() && at < 3 && continues(bytes[at])) ++at;
  return at;
}

std::string_view whole_characters(std::string_view bytes) {
  for (std::size_t back = 1; back <= 3 && back <= bytes.size(); ++back) {
    const char byte = bytes[bytes.size() - back];
    if (continues(byte)) continue;
    const bool unfinished = length_of(byte) > back;
    return unfinished && back < bytes.size() ? bytes.substr(0, bytes.size() - back) : bytes;
  }
  return bytes;
}

void Scrollback::append(std::string_view bytes) {
  bytes_ += bytes;
  if (bytes_.size() < 2 * keep_) return;
  const std::size_t cut = bytes_.size() - keep_;
  bytes_.erase(0, cut);
  start_ += static_cast<std::int64_t>(cut);
}

std::int64_t Scrollback::begin() const {
  const std::size_t extra = bytes_.size() > keep_ ? bytes_.size() - keep_ : 0;
  if (start_ == 0 && extra == 0) return 0;
  const auto kept_bytes = std::string_view{bytes_}.substr(extra);
  return start_ + static_cast<std::int64_t>(extra + clean_start(kept_bytes));
}

std::string_view Scrollback::from(std::int64_t offset, std::size_t max) const {
  CHECK(offset >= start_ && offset <= end());
  return std::string_view{bytes_}.substr(static_cast<std::size_t>(offset - start_), max);
}

}  // namespace shim
