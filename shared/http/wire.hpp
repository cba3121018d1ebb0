// Inside shared/http only. A wire: one connected socket that never blocks, with or without TLS, seen the same way by
// the server, the client and the WebSocket. It moves what can be moved now and says what to wait for otherwise.
//
// Always true
//   - a closed peer is an answer (`closed`), never a signal;
//   - the descriptor is owned: closed with the wire.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "shared/base/result.hpp"

struct ssl_st;
struct ssl_ctx_st;

namespace http {

/// Certificates and how a peer's are judged; shared by all wires of one server or client, which outlive neither.
using Tls = std::shared_ptr<ssl_ctx_st>;

/// Errors: `invalid` (a file that cannot be read, a key that is not the certificate's).
base::Result<Tls> tls_server(const std::string& cert_file, const std::string& key_file);
/// `ca_file` empty: the system's. Errors: `invalid`.
base::Result<Tls> tls_client(const std::string& ca_file, bool insecure);

enum class Moved { some, wait_read, wait_write, closed };

class Wire {
 public:
  Wire() = default;
  explicit Wire(int descriptor) : descriptor_(descriptor) {}
  Wire(Wire&&) noexcept;
  Wire& operator=(Wire&&) noexcept;
  ~Wire();

  int descriptor() const { return descriptor_; }
  bool open() const { return descriptor_ >= 0; }
  bool secure() const { return ssl_ != nullptr; }

  void secure_as_server(const Tls&);
  /// `host` is what the certificate must name, unless the context is insecure.
  void secure_as_client(const Tls&, const std::string& host, bool verify_host);
  /// `some` once it stands; plain wires stand at once.
  Moved handshake();
  std::string failure() const { return failure_; }  // why the handshake failed

  /// At most `size` bytes; `moved` says how many when the answer is `some`.
  Moved read(char* to, std::size_t size, std::size_t& moved);
  Moved write(const char* from, std::size_t size, std::size_t& moved);
  /// Bytes that were decrypted and not yet read: no readiness will come for them.
  bool pending() const;
  /// No more from this side; what was written still goes out.
  void shut_writing();
  void close();

 private:
  Moved from_tls(int result);

  int descriptor_ = -1;
  ssl_st* ssl_ = nullptr;
  std::string failure_;
};

/// "127.0.0.1:40312" of the other end.
std::string peer_text(int descriptor);

}  // namespace http
