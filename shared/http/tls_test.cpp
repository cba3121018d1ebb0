#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>

#include "shared/http/client.hpp"
#include "shared/http/raw_test.hpp"
#include "shared/http/server.hpp"

namespace http {
namespace {

using test::eventually;
using test::Heard;

/// A key and a certificate for 127.0.0.1 that it signed itself, in files of their own.
class Certificate {
 public:
  explicit Certificate(const char* names) {
    std::string made = (std::filesystem::temp_directory_path() / "http-tls-XXXXXX").string();
    folder_ = ::mkdtemp(made.data());
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME* name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names);
    X509_add_ext(certificate, extension, -1);
    X509_sign(certificate, key, EVP_sha256());
    FILE* file = std::fopen(cert().c_str(), "w");
    PEM_write_X509(file, certificate);
    std::fclose(file);
    file = std::fopen(this->key().c_str(), "w");
    PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    X509_EXTENSION_free(extension);
    X509_free(certificate);
    EVP_PKEY_free(key);
  }
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;
  ~Certificate() { std::filesystem::remove_all(folder_); }

  std::string cert() const { return (folder_ / "cert.pem").string(); }
  std::string key() const { return (folder_ / "key.pem").string(); }

 private:
  std::filesystem::path folder_;
};

struct Secure {
  explicit Secure(Handler handler, const char* names = "IP:127.0.0.1,DNS:localhost") : certificate(names) {
    server = std::move(*serve({.cert_file = certificate.cert(), .key_file = certificate.key()}, std::move(handler)));
  }
  std::string url() const { return "https://127.0.0.1:" + std::to_string(server->port()); }

  Certificate certificate;
  std::unique_ptr<Server> server;
};

void echo(Request request, std::shared_ptr<Responder> responder) {
  responder->answer({200, {}, (request.tls ? "tls " : "plain ") + request.body});
}

TEST(Tls, ACertificateThatIsKnownIsTrusted) {
  Secure secure{echo};
  const auto trusting = client({.url = secure.url(), .ca_file = secure.certificate.cert()});
  const std::string body(700'000, 'b');
  for (int i = 0; i < 3; ++i) {
    const auto answer = trusting->send({.method = "POST", .path = "/", .body = body});
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(answer->body, "tls " + body);
  }
  EXPECT_EQ(secure.server->connections(), 1);
}

TEST(Tls, ACertificateThatNobodyKnowsIsRefusedUnlessAskedFor) {
  Secure secure{echo};
  const auto strict = client({.url = secure.url()})->send({.method = "GET", .path = "/"});
  ASSERT_FALSE(strict);
  EXPECT_NE(strict.error().detail.find("self-signed"), std::string::npos) << strict.error().detail;
  EXPECT_TRUE(client({.url = secure.url(), .insecure = true})->send({.method = "GET", .path = "/"}));
}

TEST(Tls, ACertificateForAnotherHostIsRefused) {
  Secure secure{echo, "DNS:elsewhere.example"};
  const auto answer =
      client({.url = secure.url(), .ca_file = secure.certificate.cert()})->send({.method = "GET", .path = "/"});
  ASSERT_FALSE(answer);
  EXPECT_NE(answer.error().detail.find("mismatch"), std::string::npos) << answer.error().detail;
}

TEST(Tls, WhoSpeaksPlainlyIsClosed) {
  Secure secure{echo};
  test::Raw raw{secure.server->port()};
  raw.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  raw.read_all();
  raw.close();
  EXPECT_TRUE(eventually([&] { return secure.server->connections() == 0; }));
  EXPECT_FALSE(client({.url = "http://127.0.0.1:" + std::to_string(secure.server->port())})
                   ->send({.method = "GET", .path = "/"}));
}

TEST(Tls, AKeyOfAnotherCertificateIsInvalid) {
  const Certificate one{"IP:127.0.0.1"};
  const Certificate other{"IP:127.0.0.1"};
  const auto server = serve({.cert_file = one.cert(), .key_file = other.key()}, echo);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().reason, certificate_refused);
}

TEST(Tls, WithItTheServerListensBeyondLoopback) {
  const Certificate certificate{"IP:127.0.0.1"};
  EXPECT_TRUE(serve({.address = "0.0.0.0", .cert_file = certificate.cert(), .key_file = certificate.key()}, echo));
}

TEST(Tls, StreamsFlowOverIt) {
  Secure secure{[](Request, std::shared_ptr<Responder> responder) {
    auto stream = responder->stream(200, {});
    for (int i = 0; i < 30; ++i) stream->write(std::string(100'000, 's'));
    stream->close();
  }};
  std::size_t size = 0;
  const auto done = client({.url = secure.url(), .insecure = true})
                        ->stream(
                            {.method = "GET", .path = "/"}, [](const Response&) { return true; },
                            [&](std::string_view piece) {
                              size += piece.size();
                              return true;
                            });
  EXPECT_TRUE(done);
  EXPECT_EQ(size, 3'000'000U);
}

TEST(Tls, WebSocketsRunOverIt) {
  Heard heard;
  std::shared_ptr<WebSocket> far;
  Secure secure{[&](Request, std::shared_ptr<Responder> responder) {
    responder->upgrade("", [&](std::shared_ptr<WebSocket> socket) {
      socket->on_message(
          [raw = socket.get()](std::string message, bool binary) { raw->send(std::move(message), binary); });
      socket->start();
      far = std::move(socket);
    });
  }};
  auto dialled = client({.url = secure.url(), .ca_file = secure.certificate.cert()})
                     ->websocket({.method = "GET", .path = "/"}, "");
  ASSERT_TRUE(dialled) << dialled.error().detail;
  (*dialled)->on_message([&](std::string message, bool) { heard.say(std::to_string(message.size())); });
  (*dialled)->start();
  for (const std::size_t size : {1, 126, 70'000, 1'000'000}) (*dialled)->send(std::string(size, 'w'), true);
  ASSERT_TRUE(heard.wait(4));
  EXPECT_EQ(heard.words(), (std::vector<std::string>{"1", "126", "70000", "1000000"}));
  dialled->reset();
  far.reset();
}

}  // namespace
}  // namespace http
