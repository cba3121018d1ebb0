// Uplink: who this node is, and its one link to a server. The identity is an Ed25519 key made here, which never leaves;
// a join token, once, makes it a principal, and each link begins with the server's challenge, signed.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "shared/base/result.hpp"
#include "shared/crypto/crypto.hpp"
#include "shared/http/client.hpp"
#include "shared/mux/mux.hpp"

namespace agent {

inline constexpr base::Reason not_joined{"not_joined", base::Kind::unauthenticated,
                                         "Give the node a join token: gpuaas join-token create."};

class Uplink final {
 public:
  struct Options {
    std::filesystem::path directory;
    std::string server;
    std::string name;
    std::filesystem::path join_token_file;
    std::string capacity = "{}";  // JSON: what an operator sees of the node
  };
  /// Errors: `bad_key` (an identity that cannot be read).
  static base::Result<std::unique_ptr<Uplink>> open(Options);
  ~Uplink();

  /// Joins where that is due, and dials. Errors: `not_joined`, `unavailable`, what the server refused with.
  base::Result<void> connect(std::function<void(std::string what, std::shared_ptr<mux::Stream>)> opened,
                             std::function<void()> closed);
  bool alive() const;
  void close();

  const std::string& node_id() const { return node_id_; }
  const std::string& server() const { return options_.server; }
  /// The same node's way to another replica. Errors: as `open`.
  base::Result<std::unique_ptr<Uplink>> sibling(const std::string& server) const;
  /// Over the link, on the caller's thread. Errors: `unavailable` (no link, no answer in time).
  base::Result<http::Response> call(http::Request);
  void send(http::Request);  // no answer is waited for
  /// `piece` gets what came, and an empty text at the end.
  std::shared_ptr<mux::Stream> follow(const std::string& path, std::function<void(std::string_view piece)> piece);

 private:
  Uplink(Options, crypto::SigningKey);
  base::Result<void> join();
  base::Result<std::string> challenge();
  std::shared_ptr<mux::Link> link() const;

  const Options options_;
  const crypto::SigningKey key_;
  std::unique_ptr<http::Client> client_;
  std::string node_id_;  // empty: not joined
  mutable std::mutex mutex_;
  std::shared_ptr<mux::Link> link_;
};

}  // namespace agent
