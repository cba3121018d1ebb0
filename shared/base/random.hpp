// Random: a stream of dice that is handed in, never shared. ChaCha20 (RFC 8439) keyed by 256 bits, the nonce made of
// the request's number and the step: the same three give the same stream, so that a commit that runs again draws the
// same ids, and a simulated failure replays.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace base {

class Random final {
 public:
  using Key = std::array<unsigned char, 32>;

  Random(const Key& key, std::uint64_t request, std::uint32_t step);
  Random(const Random&) = delete;
  Random& operator=(const Random&) = delete;

  void fill(std::span<unsigned char> out);
  std::uint64_t u64();
  /// Uniform in [0, bound); bound > 0.
  std::uint64_t below(std::uint64_t bound);

  /// 256 bits from the kernel, once a start.
  static Key kernel_key();

 private:
  Key key_;
  std::array<unsigned char, 12> nonce_{};
  std::uint32_t block_ = 0;
  std::array<unsigned char, 64> buffer_{};
  std::size_t used_ = sizeof buffer_;
};

}  // namespace base
