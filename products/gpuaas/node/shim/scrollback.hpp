// Scrollback: the last bytes of a terminal, addressed by their offset since its first byte. A reader that keeps its own
// offset is never in anyone's way: when it is too slow it finds that its bytes are gone, and by how much.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace shim {

class Scrollback final {
 public:
  explicit Scrollback(std::size_t keep) : keep_(keep) {}

  void append(std::string_view bytes);
  std::int64_t end() const { return start_ + static_cast<std::int64_t>(bytes_.size()); }
  /// Where a new reader begins: the oldest kept byte, moved on to a line's start where older ones are gone.
  std::int64_t begin() const;
  /// At most `max` bytes from `offset`, which is at least begin() or taken as such by the caller.
  std::string_view from(std::int64_t offset, std::size_t max) const;
  bool kept(std::int64_t offset) const { return offset >= start_; }

 private:
  std::size_t keep_;
  std::int64_t start_ = 0;  // offset of bytes_[0]
  std::string bytes_;       // up to twice `keep_`, so that cutting its front is rare
};

/// The first place in `bytes` that starts a line, or at least a UTF-8 character (RFC 3629: 10xxxxxx continues one).
std::size_t clean_start(std::string_view bytes);
/// `bytes` without an unfinished UTF-8 character at its end; all of them when they are nothing else.
std::string_view whole_characters(std::string_view bytes);

}  // namespace shim
