// Cryptography by its purpose, never our own primitives: libsodium for keys, passwords and sealing, OpenSSL for SHA-256
// (it uses the processor's instructions).
//
// Always true
//   - a secret key is a Secret: it is neither printed nor encoded, and wiped when it ends;
//   - a key file is readable by its owner only, or it is not read;
//   - comparing a secret takes the same time whatever differs.
//
// Chance here comes from the kernel (keys, salts, nonces): a stream that is handed in and drawn again by a commit that
// runs again would use a nonce twice.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "shared/base/result.hpp"
#include "shared/telemetry/secret.hpp"

namespace crypto {

using telemetry::Secret;

inline constexpr base::Reason bad_key{"bad_key", base::Kind::internal, "Restore the key file, or make a new one."};
inline constexpr base::Reason bad_text{"invalid", base::Kind::invalid, "Send the text as it was printed."};
inline constexpr base::Reason not_ours{"not_ours", base::Kind::forbidden, "Use what this installation sealed."};

using Digest = std::array<unsigned char, 32>;
using Key = Secret<std::array<unsigned char, 32>>;
using Signature = std::array<unsigned char, 64>;
using PublicKey = std::array<unsigned char, 32>;

inline std::span<const unsigned char> bytes_of(std::string_view text) {
  return {reinterpret_cast<const unsigned char*>(text.data()), text.size()};
}

std::string hex(std::span<const unsigned char>);
/// Without padding (RFC 4648, section 5).
std::string base64url(std::span<const unsigned char>);
inline std::string base64url(std::string_view bytes) { return base64url(bytes_of(bytes)); }
/// Errors: `invalid`.
base::Result<std::string> from_hex(std::string_view);
base::Result<std::string> from_base64url(std::string_view);

/// FIPS 180-4.
Digest sha256(std::string_view);
/// SHA-256 of what comes in pieces.
class Sha256 final {
 public:
  Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;
  ~Sha256();
  void update(std::string_view);
  Digest finish();  // once

 private:
  void* context_;
};

/// RFC 2104, for authenticating, and for a key's own key: `derive(key, "idempotency bodies")`.
Digest hmac_sha256(std::string_view key, std::string_view text);
Digest hmac_sha256(std::span<const unsigned char> key, std::string_view text);
Digest hmac_sha256(const Key& key, std::string_view text);
Key derive(const Key& key, std::string_view purpose);

/// The same time for every two texts of one length.
bool equal(std::string_view, std::string_view);

void random_fill(std::span<unsigned char>);
Key random_key();
/// `bytes` of chance, as base64url.
std::string random_token(std::size_t bytes = 32);

/// Ed25519 (RFC 8032).
class SigningKey final {
 public:
  static SigningKey generate();
  static SigningKey from_seed(const Key& seed);
  /// Errors: `bad_key` (no such file, readable by others, not a key).
  static base::Result<SigningKey> load(const std::filesystem::path&);
  /// A new file, mode 0600, on disk when it returns. Errors: `bad_key` (it exists, or cannot be written).
  base::Result<void> save(const std::filesystem::path&) const;

  Signature sign(std::string_view message) const;
  const PublicKey& public_key() const { return public_; }

 private:
  SigningKey() = default;
  Secret<std::array<unsigned char, 64>> secret_;
  Key seed_;
  PublicKey public_{};
};
bool verify(const PublicKey&, std::string_view message, std::span<const unsigned char> signature);
/// Errors: `invalid`.
base::Result<PublicKey> public_key_from_text(std::string_view base64url_text);

/// A key of 32 bytes in a file of its own, made by the first who asks. Errors: `bad_key`.
base::Result<Key> load_or_make_key(const std::filesystem::path&);

// argon2id (RFC 9106), some 60 ms and 64 MiB a call: for `prepare`, never inside a transaction.
inline constexpr unsigned long long password_passes = 2;
inline constexpr std::size_t password_memory = 64 << 20;
inline constexpr std::size_t password_max = 1024;  // bytes; longer is refused by `verify` and a bug in `password_hash`

std::string password_hash(std::string_view password);
bool password_verify(std::string_view hash, std::string_view password);
/// Made with other limits than today's: hash again at the next sign-in.
bool password_is_outdated(std::string_view hash);

/// Sealed: a random nonce and XChaCha20-Poly1305 of `plain`; `context` is bound to it and needed to open it.
std::string seal(const Key&, std::string_view plain, std::string_view context);
/// Errors: `not_ours` (another key, another context, changed bytes).
base::Result<Secret<std::string>> open(const Key&, std::string_view sealed, std::string_view context);

}  // namespace crypto
