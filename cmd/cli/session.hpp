// Session: the server, as one signed-in person asks it. Each change carries an Idempotency-Key of its own and is sent
// again under the same key while the connection breaks or the server is busy, so that it happens once.
#pragma once

#include <memory>
#include <string>

#include "cmd/cli/words/outcome.hpp"
#include "shared/http/client.hpp"

namespace cli {

struct Server {
  std::string url;
  std::string token;    // may be empty: then the server says 401
  std::string ca_file;  // empty: the system's
};

struct Ask {
  std::string method = "GET";
  std::string path = {};
  std::vector<std::pair<std::string, std::string>> query = {};
  std::string body = {};
  http::Headers headers = {};
};

class Session final {
 public:
  explicit Session(Server);

  /// Failures: what the server refused, by its problem; `unavailable` where nobody answered in time.
  Outcome<http::Response> call(const Ask&);
  /// The body of `call`, parsed.
  Outcome<json::Document> read(const Ask&);
  /// Until the stream ends (a value), `piece` returns false (a value), or it breaks (`unavailable`).
  Outcome<void> stream(const Ask&, const std::function<void()>& begins,
                       const std::function<bool(std::string_view)>& piece);
  Outcome<std::shared_ptr<http::WebSocket>> websocket(const std::string& path, const std::string& subprotocol);

  const Server& server() const { return server_; }

 private:
  http::Request request(const Ask&) const;
  Failure nobody(const base::Error&) const;

  const Server server_;
  const std::unique_ptr<http::Client> client_;
};

/// 128 bits of the kernel's, as 32 hexadecimal digits.
std::string random_key();

}  // namespace cli
