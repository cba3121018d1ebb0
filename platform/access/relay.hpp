// Relay: what a node says on one stream, to the one who reads it over HTTP, and what he says back. Either end may go at
// any time, a revocation may cut both, and each takes the other with it.
//
// The node's stream keeps the relay and the reader's end: once the stream is over, both are let go. What the reader's
// end calls knows of itself only weakly, so that no ring is left when somebody goes before the other has come.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>

#include "shared/http/http.hpp"
#include "shared/mux/mux.hpp"

namespace entrance {

class Relay final : public std::enable_shared_from_this<Relay> {
 public:
  /// Called once, by whoever is first: "closed" (the reader), "node" or "cut".
  using Ended = std::function<void(std::string_view by)>;
  Relay(std::shared_ptr<mux::Stream> node, Ended);

  /// The reader's end has come, once. Null: he was gone before it could.
  void join(const std::shared_ptr<http::ByteStream>&);
  void join(const std::shared_ptr<http::WebSocket>&);

  /// Closes both ends, whether the reader's has come or not.
  void cut(std::string_view reason);

 private:
  using Close = std::function<void(std::string_view reason)>;
  void cut_by(Close);
  void left(std::string_view reason);
  void ended(std::string_view by);

  const std::shared_ptr<mux::Stream> node_;
  const Ended ended_;
  std::atomic<bool> over_ = false;
  std::mutex mutex_;
  Close close_;  // the reader's end
};

}  // namespace entrance
