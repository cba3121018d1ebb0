#include "shared/base/random.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>

#include "shared/base/check.hpp"

namespace base {

Random::Random(const Key& key, std::uint64_t request, std::uint32_t step) : key_(key) {
  std::memcpy(nonce_.data(), &request, sizeof request);
  std::memcpy(nonce_.data() + sizeof request, &step, sizeof step);
}

void Random::fill(std::span<unsigned char> out) {
  while (!out.empty()) {
    if (used_ == buffer_.size()) {
      buffer_.fill(0);
      crypto_stream_chacha20_ietf_xor_ic(buffer_.data(), buffer_.data(), buffer_.size(), nonce_.data(), block_++,
                                         key_.data());
      used_ = 0;
    }
    const std::size_t n = std::min(out.size(), buffer_.size() - used_);
    std::memcpy(out.data(), buffer_.data() + used_, n);
    used_ += n;
    out = out.subspan(n);
  }
}

std::uint64_t Random::u64() {
  std::array<unsigned char, 8> bytes{};
  fill(bytes);
  std::uint64_t value = 0;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

std::uint64_t Random::below(std::uint64_t bound) {
  CHECK(bound > 0);
  const std::uint64_t limit = ~std::uint64_t{0} - (~std::uint64_t{0} % bound);
  for (;;) {
    const std::uint64_t value = u64();
    if (value < limit) return value % bound;
  }
}

Random::Key Random::kernel_key() {
  CHECK(sodium_init() >= 0);
  Key key{};
  randombytes_buf(key.data(), key.size());
  return key;
}

}  // namespace base
