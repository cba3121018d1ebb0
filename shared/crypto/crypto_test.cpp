#include "shared/crypto/crypto.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

namespace crypto {
namespace {

class Folder : public ::testing::Test {
 protected:
  Folder() { std::filesystem::create_directories(path_); }
  ~Folder() override { std::filesystem::remove_all(path_); }
  const std::filesystem::path path_ =
      std::filesystem::temp_directory_path() / ("crypto_test-" + std::to_string(::getpid()));
};

TEST(Crypto, Sha256IsTheStandards) {  // FIPS 180-4 examples
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  Sha256 pieces;
  pieces.update("a");
  pieces.update("");
  pieces.update("bc");
  EXPECT_EQ(pieces.finish(), sha256("abc"));
}

TEST(Crypto, HmacIsTheStandards) {  // RFC 4231, cases 2 and 6
  EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  const Key key{std::array<unsigned char, 32>{1}};
  EXPECT_EQ(hmac_sha256(key, "a"), hmac_sha256(key.reveal(), "a"));
  EXPECT_NE(derive(key, "a").reveal(), derive(key, "b").reveal());
}

TEST(Crypto, EncodingsRoundTripAndRefuseWhatIsNoneOfTheirs) {
  for (std::size_t n = 0; n < 40; ++n) {
    std::string bytes(n, '\0');
    random_fill({reinterpret_cast<unsigned char*>(bytes.data()), n});
    EXPECT_EQ(from_base64url(base64url(bytes)).value(), bytes);
    EXPECT_EQ(from_hex(hex(bytes_of(bytes))).value(), bytes);
  }
  EXPECT_EQ(base64url("\xfb\xff"), "-_8");
  for (const char* text : {"+/8", "-_8=", "a", "a b=", "-_9"}) EXPECT_FALSE(from_base64url(text)) << text;
  for (const char* text : {"0", "0g", "0x", "12 "}) EXPECT_FALSE(from_hex(text)) << text;
}

TEST(Crypto, EqualComparesWholeTexts) {
  EXPECT_TRUE(equal("", ""));
  EXPECT_TRUE(equal("abc", "abc"));
  EXPECT_FALSE(equal("abc", "abd"));
  EXPECT_FALSE(equal("abc", "abcd"));
}

TEST(Crypto, TokensAreLongAndNeverTheSame) {
  std::set<std::string> tokens;
  for (int i = 0; i < 100; ++i) tokens.insert(random_token());
  EXPECT_EQ(tokens.size(), 100U);
  EXPECT_EQ(tokens.begin()->size(), 43U);
}

TEST(Crypto, SignaturesAreTheStandards) {  // RFC 8032, 7.1, test 2
  std::array<unsigned char, 32> seed{};
  const std::string bytes = from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").value();
  std::copy(bytes.begin(), bytes.end(), seed.begin());
  const SigningKey key = SigningKey::from_seed(Key{seed});
  EXPECT_EQ(hex(key.public_key()), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  EXPECT_EQ(hex(key.sign("\x72")),
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

TEST(Crypto, ASignatureIsOfOneKeyAndOneMessage) {
  const SigningKey key = SigningKey::generate();
  Signature signature = key.sign("message");
  EXPECT_TRUE(verify(key.public_key(), "message", signature));
  EXPECT_FALSE(verify(key.public_key(), "massage", signature));
  EXPECT_FALSE(verify(SigningKey::generate().public_key(), "message", signature));
  EXPECT_FALSE(verify(key.public_key(), "message", std::span{signature}.first(63)));
  signature[3] ^= 1;
  EXPECT_FALSE(verify(key.public_key(), "message", signature));
  EXPECT_EQ(public_key_from_text(base64url(key.public_key())).value(), key.public_key());
  EXPECT_FALSE(public_key_from_text("abc"));
}

TEST_F(Folder, AKeyFileIsItsOwnersAlone) {
  const SigningKey key = SigningKey::generate();
  const auto file = path_ / "node.key";
  ASSERT_TRUE(key.save(file));
  struct stat status{};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(SigningKey::load(file)->public_key(), key.public_key());

  EXPECT_EQ(key.save(file).error().reason, bad_key);  // never written over
  ASSERT_EQ(::chmod(file.c_str(), 0640), 0);
  EXPECT_NE(SigningKey::load(file).error().detail.find("readable by others"), std::string::npos);
  EXPECT_EQ(SigningKey::load(path_ / "absent").error().reason, bad_key);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator{path_}, {}), 1);  // no draft is left
}

TEST_F(Folder, ADamagedKeyFileIsRefused) {
  const auto file = path_ / "key";
  for (const std::string text : {"", "ed25519", "ed25519 ", "ed25519 abc\n", "key abc\n"}) {
    std::ofstream{file} << text;
    ASSERT_EQ(::chmod(file.c_str(), 0600), 0);
    EXPECT_FALSE(SigningKey::load(file)) << text;
  }
}

TEST_F(Folder, TheFirstWhoAsksMakesTheKey) {
  const auto first = load_or_make_key(path_ / "body.key");
  const auto second = load_or_make_key(path_ / "body.key");
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->reveal(), second->reveal());
  EXPECT_FALSE(SigningKey::load(path_ / "body.key"));  // of another kind
  EXPECT_FALSE(load_or_make_key(path_ / "absent" / "body.key"));
}

TEST(Crypto, APasswordIsVerifiedByItsHashAlone) {
  const std::string hash = password_hash("correct horse");
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=65536,t=2,p=1$")) << hash;
  EXPECT_TRUE(password_verify(hash, "correct horse"));
  EXPECT_FALSE(password_verify(hash, "correct horses"));
  EXPECT_FALSE(password_verify(hash, std::string(password_max + 1, 'a')));
  EXPECT_FALSE(password_verify("", "correct horse"));
  EXPECT_FALSE(password_verify(std::string(1000, '$'), "correct horse"));
  EXPECT_NE(password_hash("correct horse"), hash);  // salted
  EXPECT_FALSE(password_is_outdated(hash));
  EXPECT_TRUE(password_is_outdated("$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHRzYWx0$AAAAAAAAAAAAAAAAAAAAAA"));
}

TEST(Crypto, WhatIsSealedOpensWithItsKeyAndContextOnly) {
  const Key key = random_key();
  const std::string sealed = seal(key, "plain", "session 1");
  EXPECT_EQ(open(key, sealed, "session 1")->reveal(), "plain");
  EXPECT_EQ(open(key, sealed, "session 2").error().reason, not_ours);
  EXPECT_EQ(open(random_key(), sealed, "session 1").error().reason, not_ours);
  EXPECT_NE(seal(key, "plain", "session 1"), sealed);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    std::string changed = sealed;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_FALSE(open(key, changed, "session 1")) << i;
    EXPECT_FALSE(open(key, sealed.substr(0, i), "session 1")) << i;
  }
}

}  // namespace
}  // namespace crypto
