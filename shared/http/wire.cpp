#include "shared/http/wire.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "shared/http/server.hpp"

namespace http {
namespace {

using base::Error;

std::string tls_failure() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return "the TLS handshake failed";
  if (ERR_SYSTEM_ERROR(code)) return std::strerror(ERR_GET_REASON(code));  // a file's, such as ENOENT
  const char* reason = ERR_reason_error_string(code);
  return reason == nullptr ? "TLS error " + std::to_string(code) : std::string{reason};
}

// OpenSSL's own socket BIO writes without MSG_NOSIGNAL, and a library must not change what SIGPIPE does to a process.
int socket_of(BIO* bio) { return static_cast<int>(reinterpret_cast<std::intptr_t>(BIO_get_data(bio))); }

int bio_write(BIO* bio, const char* from, int size) {
  BIO_clear_retry_flags(bio);
  const auto sent = ::send(socket_of(bio), from, static_cast<std::size_t>(size), MSG_NOSIGNAL);
  if (sent < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_write(bio);
  return static_cast<int>(sent);
}

int bio_read(BIO* bio, char* to, int size) {
  BIO_clear_retry_flags(bio);
  const auto got = ::recv(socket_of(bio), to, static_cast<std::size_t>(size), 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) BIO_set_retry_read(bio);
  return static_cast<int>(got);
}

long bio_control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

const BIO_METHOD* socket_method() {
  static BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "socket");
    BIO_meth_set_write(made, bio_write);
    BIO_meth_set_read(made, bio_read);
    BIO_meth_set_ctrl(made, bio_control);
    return made;
  }();
  return method;
}

ssl_st* tls_over(const Tls& context, int descriptor) {
  SSL* ssl = SSL_new(context.get());
  BIO* bio = BIO_new(socket_method());
  BIO_set_data(bio, reinterpret_cast<void*>(static_cast<std::intptr_t>(descriptor)));
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl, bio, bio);
  SSL_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  return ssl;
}

// Only http/1.1 is spoken; a client that offers a list without it is let in all the same, as ALPN is advice here.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                    unsigned int in_size, void*) {
  static constexpr unsigned char ours[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_size, ours, sizeof ours - 1, in, in_size) != OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

base::Result<Tls> tls_server(const std::string& cert_file, const std::string& key_file) {
  Tls context{SSL_CTX_new(TLS_server_method()), SSL_CTX_free};
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_alpn_select_cb(context.get(), choose_protocol, nullptr);
  if (SSL_CTX_use_certificate_chain_file(context.get(), cert_file.c_str()) != 1)
    return Error{certificate_refused, "certificate file " + cert_file + ": " + tls_failure()};
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return Error{certificate_refused, "key file " + key_file + ": " + tls_failure()};
  if (SSL_CTX_check_private_key(context.get()) != 1)
    return Error{certificate_refused, "the key in " + key_file + " does not belong to the certificate in " + cert_file};
  return context;
}

base::Result<Tls> tls_client(const std::string& ca_file, bool insecure) {
  Tls context{SSL_CTX_new(TLS_client_method()), SSL_CTX_free};
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_options(context.get(), SSL_OP_IGNORE_UNEXPECTED_EOF);
  SSL_CTX_set_verify(context.get(), insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
  if (insecure) return context;
  const int loaded = ca_file.empty() ? SSL_CTX_set_default_verify_paths(context.get())
                                     : SSL_CTX_load_verify_locations(context.get(), ca_file.c_str(), nullptr);
  if (loaded != 1) return Error{base::invalid, "CA file " + ca_file + ": " + tls_failure()};
  return context;
}

Wire::Wire(Wire&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), ssl_(std::exchange(other.ssl_, nullptr)) {}

Wire& Wire::operator=(Wire&& other) noexcept {
  if (this == &other) return *this;
  close();
  descriptor_ = std::exchange(other.descriptor_, -1);
  ssl_ = std::exchange(other.ssl_, nullptr);
  return *this;
}

Wire::~Wire() { close(); }

void Wire::secure_as_server(const Tls& context) {
  ssl_ = tls_over(context, descriptor_);
  SSL_set_accept_state(ssl_);
}

void Wire::secure_as_client(const Tls& context, const std::string& host, bool verify_host) {
  ssl_ = tls_over(context, descriptor_);
  SSL_set_connect_state(ssl_);
  unsigned char address[sizeof(in6_addr)];
  const bool numeric =
      inet_pton(AF_INET, host.c_str(), address) == 1 || inet_pton(AF_INET6, host.c_str(), address) == 1;
  if (!numeric) SSL_set_tlsext_host_name(ssl_, host.c_str());
  if (!verify_host) return;
  if (numeric) {
    X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), host.c_str());
  } else {
    SSL_set_hostflags(ssl_, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    SSL_set1_host(ssl_, host.c_str());
  }
}

Moved Wire::from_tls(int result) {
  switch (SSL_get_error(ssl_, result)) {
    case SSL_ERROR_WANT_READ:
      return Moved::wait_read;
    case SSL_ERROR_WANT_WRITE:
      return Moved::wait_write;
    default:
      return Moved::closed;
  }
}

Moved Wire::handshake() {
  if (ssl_ == nullptr) return Moved::some;
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_);
  if (result == 1) return Moved::some;
  const Moved moved = from_tls(result);
  if (moved == Moved::closed) {
    const long verdict = SSL_get_verify_result(ssl_);
    failure_ = verdict == X509_V_OK ? tls_failure() : X509_verify_cert_error_string(verdict);
    ERR_clear_error();
  }
  return moved;
}

Moved Wire::read(char* to, std::size_t size, std::size_t& moved) {
  if (descriptor_ < 0) return Moved::closed;
  if (ssl_ != nullptr) {
    ERR_clear_error();
    const int result = SSL_read_ex(ssl_, to, size, &moved);
    return result == 1 ? Moved::some : from_tls(result);
  }
  while (true) {
    const auto got = ::recv(descriptor_, to, size, 0);
    if (got > 0) {
      moved = static_cast<std::size_t>(got);
      return Moved::some;
    }
    if (got < 0 && errno == EINTR) continue;
    return got < 0 && errno == EAGAIN ? Moved::wait_read : Moved::closed;
  }
}

Moved Wire::write(const char* from, std::size_t size, std::size_t& moved) {
  if (descriptor_ < 0) return Moved::closed;
  if (ssl_ != nullptr) {
    ERR_clear_error();
    const int result = SSL_write_ex(ssl_, from, size, &moved);
    return result == 1 ? Moved::some : from_tls(result);
  }
  while (true) {
    const auto sent = ::send(descriptor_, from, size, MSG_NOSIGNAL);
    if (sent >= 0) {
      moved = static_cast<std::size_t>(sent);
      return Moved::some;
    }
    if (errno == EINTR) continue;
    return errno == EAGAIN ? Moved::wait_write : Moved::closed;
  }
}

bool Wire::pending() const { return ssl_ != nullptr && SSL_pending(ssl_) > 0; }

void Wire::shut_writing() {
  if (descriptor_ < 0) return;
  if (ssl_ != nullptr && SSL_is_init_finished(ssl_) != 0) {
    ERR_clear_error();
    SSL_shutdown(ssl_);
  }
  ::shutdown(descriptor_, SHUT_WR);
}

void Wire::close() {
  if (ssl_ != nullptr) SSL_free(std::exchange(ssl_, nullptr));
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

std::string peer_text(int descriptor) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
  char text[INET6_ADDRSTRLEN] = {};
  if (address.ss_family == AF_INET6) {
    const auto& six = reinterpret_cast<const sockaddr_in6&>(address);
    inet_ntop(AF_INET6, &six.sin6_addr, text, sizeof text);
    return "[" + std::string{text} + "]:" + std::to_string(ntohs(six.sin6_port));
  }
  const auto& four = reinterpret_cast<const sockaddr_in&>(address);
  inet_ntop(AF_INET, &four.sin_addr, text, sizeof text);
  return std::string{text} + ":" + std::to_string(ntohs(four.sin_port));
}

}  // namespace http
