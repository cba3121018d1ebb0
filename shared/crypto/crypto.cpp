#include "shared/crypto/crypto.hpp"

#include <openssl/evp.h>
#include <sodium.h>

#include <cstring>

#include "shared/base/check.hpp"

namespace crypto {
namespace {

// Made once: sodium's own state, and OpenSSL's SHA-256, whose look-up costs more than a short hash.
struct Ready {
  Ready() : sha256(EVP_MD_fetch(nullptr, "SHA256", nullptr)) { CHECK(sodium_init() >= 0 && sha256 != nullptr); }
  EVP_MD* sha256;
};
const Ready& ready() {
  static const Ready once;
  return once;
}

const unsigned char* data(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* data(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

constexpr int url_variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;

}  // namespace

std::string hex(std::span<const unsigned char> bytes) {
  std::string text(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), bytes.data(), bytes.size());
  text.pop_back();
  return text;
}

std::string base64url(std::span<const unsigned char> bytes) {
  std::string text(sodium_base64_encoded_len(bytes.size(), url_variant), '\0');
  sodium_bin2base64(text.data(), text.size(), bytes.data(), bytes.size(), url_variant);
  text.pop_back();
  return text;
}

base::Result<std::string> from_hex(std::string_view text) {
  std::string bytes(text.size() / 2, '\0');
  std::size_t length = 0;
  if (text.size() % 2 != 0 ||
      sodium_hex2bin(data(bytes), bytes.size(), text.data(), text.size(), nullptr, &length, nullptr) != 0 ||
      length != bytes.size())
    return base::Error{bad_text, "expected hexadecimal digits, two a byte"};
  return bytes;
}

base::Result<std::string> from_base64url(std::string_view text) {
  std::string bytes(text.size() / 4 * 3 + 3, '\0');
  std::size_t length = 0;
  const char* end = nullptr;
  if (sodium_base642bin(data(bytes), bytes.size(), text.data(), text.size(), nullptr, &length, &end, url_variant) !=
          0 ||
      end != text.data() + text.size())
    return base::Error{bad_text, "expected base64url without padding"};
  bytes.resize(length);
  return bytes;
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  CHECK(EVP_DigestInit_ex(static_cast<EVP_MD_CTX*>(context_), ready().sha256, nullptr) == 1);
}
Sha256::~Sha256() { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_)); }
void Sha256::update(std::string_view text) {
  CHECK(EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_), text.data(), text.size()) == 1);
}
Digest Sha256::finish() {
  Digest digest{};
  CHECK(EVP_DigestFinal_ex(static_cast<EVP_MD_CTX*>(context_), digest.data(), nullptr) == 1);
  return digest;
}

Digest sha256(std::string_view text) {
  Sha256 hash;
  hash.update(text);
  return hash.finish();
}

Digest hmac_sha256(std::string_view key, std::string_view text) {
  crypto_auth_hmacsha256_state state;
  Digest digest{};
  crypto_auth_hmacsha256_init(&state, data(key), key.size());
  crypto_auth_hmacsha256_update(&state, data(text), text.size());
  crypto_auth_hmacsha256_final(&state, digest.data());
  sodium_memzero(&state, sizeof state);
  return digest;
}

Digest hmac_sha256(std::span<const unsigned char> key, std::string_view text) {
  return hmac_sha256(std::string_view{reinterpret_cast<const char*>(key.data()), key.size()}, text);
}

Digest hmac_sha256(const Key& key, std::string_view text) {
  return hmac_sha256(std::span<const unsigned char>{key.reveal()}, text);
}

Key derive(const Key& key, std::string_view purpose) { return Key{hmac_sha256(key, purpose)}; }

bool equal(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

void random_fill(std::span<unsigned char> out) {
  ready();
  randombytes_buf(out.data(), out.size());
}

Key random_key() {
  std::array<unsigned char, 32> bytes{};
  random_fill(bytes);
  Key key{bytes};
  sodium_memzero(bytes.data(), bytes.size());
  return key;
}

std::string random_token(std::size_t bytes) {
  std::string chance(bytes, '\0');
  random_fill({data(chance), chance.size()});
  return base64url(chance);
}

SigningKey SigningKey::generate() { return from_seed(random_key()); }

SigningKey SigningKey::from_seed(const Key& seed) {
  ready();
  static_assert(crypto_sign_SEEDBYTES == 32 && crypto_sign_SECRETKEYBYTES == 64);
  SigningKey key;
  std::array<unsigned char, 64> secret{};
  crypto_sign_seed_keypair(key.public_.data(), secret.data(), seed.reveal().data());
  key.secret_ = Secret{secret};
  key.seed_ = seed;
  sodium_memzero(secret.data(), secret.size());
  return key;
}

Signature SigningKey::sign(std::string_view message) const {
  Signature signature{};
  crypto_sign_detached(signature.data(), nullptr, data(message), message.size(), secret_.reveal().data());
  return signature;
}

bool verify(const PublicKey& key, std::string_view message, std::span<const unsigned char> signature) {
  ready();
  return signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(signature.data(), data(message), message.size(), key.data()) == 0;
}

base::Result<PublicKey> public_key_from_text(std::string_view text) {
  const auto bytes = from_base64url(text);
  PublicKey key{};
  if (!bytes || bytes->size() != key.size()) return base::Error{bad_text, "expected an Ed25519 public key"};
  std::memcpy(key.data(), bytes->data(), key.size());
  return key;
}

std::string password_hash(std::string_view password) {
  ready();
  CHECK(password.size() <= password_max);
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  // It fails only where 64 MiB cannot be had, and then nothing else goes on either.
  CHECK(crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), password_passes, password_memory,
                              crypto_pwhash_ALG_ARGON2ID13) == 0);
  return hash.data();
}

bool password_verify(std::string_view hash, std::string_view password) {
  ready();
  if (password.size() > password_max || hash.size() >= crypto_pwhash_STRBYTES) return false;
  const std::string text{hash};
  return crypto_pwhash_str_verify(text.c_str(), password.data(), password.size()) == 0;
}

bool password_is_outdated(std::string_view hash) {
  ready();
  const std::string text{hash};
  return crypto_pwhash_str_needs_rehash(text.c_str(), password_passes, password_memory) != 0;
}

std::string seal(const Key& key, std::string_view plain, std::string_view context) {
  std::string sealed(nonce_size + plain.size() + tag_size, '\0');
  random_fill({data(sealed), nonce_size});
  unsigned long long length = 0;
  crypto_aead_xchacha20poly1305_ietf_encrypt(data(sealed) + nonce_size, &length, data(plain), plain.size(),
                                             data(context), context.size(), nullptr, data(sealed), key.reveal().data());
  CHECK(length == plain.size() + tag_size);
  return sealed;
}

base::Result<Secret<std::string>> open(const Key& key, std::string_view sealed, std::string_view context) {
  ready();
  if (sealed.size() < nonce_size + tag_size) return base::Error{not_ours, "too short to be sealed"};
  std::string plain(sealed.size() - nonce_size - tag_size, '\0');
  const std::string_view body = sealed.substr(nonce_size);
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(data(plain), nullptr, nullptr, data(body), body.size(), data(context),
                                                 context.size(), data(sealed), key.reveal().data()) != 0)
    return base::Error{not_ours, "sealed by another key, for another context, or changed"};
  return Secret{std::move(plain)};
}

}  // namespace crypto
