#include "shared/base/id.hpp"

#include <algorithm>
#include <span>

namespace base {
namespace {

constexpr std::string_view letters = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t body_length = 26;  // 130 bits, of which the first two are zero
constexpr Reason bad_id{"invalid", Kind::invalid,
                        "An id is a prefix, an underscore and 26 letters, as it was printed."};

}  // namespace

Uuid uuid7(Instant now, Random& random) {
  Uuid uuid{};
  random.fill(uuid);
  const auto ms = static_cast<std::uint64_t>(micros(now) / 1000);
  for (int i = 0; i < 6; ++i) uuid[static_cast<std::size_t>(i)] = static_cast<unsigned char>(ms >> (40 - 8 * i));
  uuid[6] = static_cast<unsigned char>(0x70 | (uuid[6] & 0x0f));
  uuid[8] = static_cast<unsigned char>(0x80 | (uuid[8] & 0x3f));
  return uuid;
}

std::string id_text(std::string_view prefix, const Uuid& uuid) {
  std::string text(prefix.size() + 1 + body_length, '_');
  char* out = std::copy(prefix.begin(), prefix.end(), text.data()) + 1;
  unsigned buffer = 0;
  int bits = 2;  // two zero bits in front: 130 = 26 x 5
  for (const unsigned char byte : uuid) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      *out++ = letters[(buffer >> bits) & 31];
    }
    buffer &= (1U << bits) - 1;
  }
  return text;
}

Result<Uuid> id_from_text(std::string_view prefix, std::string_view text) {
  if (text.size() != prefix.size() + 1 + body_length || !text.starts_with(prefix) || text[prefix.size()] != '_')
    return Error{bad_id};
  Uuid uuid{};
  std::size_t out = 0;
  unsigned buffer = 0;
  int bits = -2;
  for (const char c : text.substr(prefix.size() + 1)) {
    const std::size_t value = letters.find(c);
    if (value == std::string_view::npos) return Error{bad_id};
    buffer = (buffer << 5) | static_cast<unsigned>(value);
    bits += 5;
    if (bits == 3 && out == 0 && buffer > 7) return Error{bad_id};  // above 2^128
    if (bits >= 8) {
      bits -= 8;
      uuid[out++] = static_cast<unsigned char>(buffer >> bits);
      buffer &= (1U << bits) - 1;
    }
  }
  return uuid;
}

}  // namespace base
