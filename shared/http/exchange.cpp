// The Responder of a request that came over a connection: it brings the answer to the connection's thread.
#include "shared/http/connection.hpp"

namespace http {
namespace {

/// The writer's end of a streamed answer. Dropped, it is cut.
class StreamEnd final : public ByteStream {
 public:
  StreamEnd(std::shared_ptr<Connection> connection, std::shared_ptr<Flow> flow)
      : connection_(std::move(connection)), flow_(std::move(flow)) {}
  ~StreamEnd() override { cut(); }

  bool write(std::string bytes) override {
    if (bytes.empty()) return true;
    const Flow::Written written = flow_->write(std::move(bytes));
    if (written.wake) wake();
    return written.taken;
  }
  void close() override {
    if (flow_->close()) wake();
  }
  void cut() override {
    if (flow_->cut()) wake();
  }
  void on_close(std::function<void()> handler) override {
    flow_->on_close([loop = connection_->loop(), handler = std::move(handler)] {
      if (!loop->run(handler)) handler();
    });
  }

 private:
  // Always posted: what is written in one go leaves in one piece.
  void wake() {
    connection_->loop()->post([connection = connection_] { connection->pump(); });
  }

  const std::shared_ptr<Connection> connection_;
  const std::shared_ptr<Flow> flow_;
};

class Exchange final : public Responder {
 public:
  explicit Exchange(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  ~Exchange() override {
    if (!answered_) answer(connection_->house().problems.answer(unanswered, "the handler dropped the request"));
  }

  void answer(Response response) override {
    if (answered_.exchange(true)) return;
    if (connection_->loop()->here()) return connection_->respond(std::move(response));
    connection_->loop()->post([connection = connection_, response = std::move(response)]() mutable {
      connection->respond(std::move(response));
    });
  }

  std::shared_ptr<ByteStream> stream(int status, Headers headers) override {
    if (answered_.exchange(true)) return nullptr;
    if (connection_->gone()) {
      connection_->loop()->run([connection = connection_] { connection->cut(); });
      return nullptr;
    }
    auto flow = std::make_shared<Flow>();
    auto end = std::make_shared<StreamEnd>(connection_, flow);
    // Posted even from the network thread: on_close is set before anything can close it.
    const bool posted = connection_->loop()->post([connection = connection_, status, headers = std::move(headers),
                                                   flow] { connection->respond_by_stream(status, headers, flow); });
    return posted ? end : nullptr;
  }

  void upgrade(std::string subprotocol, std::function<void(std::shared_ptr<WebSocket>)> ready) override {
    if (answered_.exchange(true)) return;
    connection_->loop()->run(
        [connection = connection_, subprotocol = std::move(subprotocol), ready = std::move(ready)]() mutable {
          connection->upgrade(subprotocol, std::move(ready));
        });
  }

  bool gone() const override { return connection_->gone(); }

 private:
  const std::shared_ptr<Connection> connection_;
  std::atomic<bool> answered_{false};
};

}  // namespace

std::shared_ptr<Responder> responder(std::shared_ptr<Connection> connection) {
  return std::make_shared<Exchange>(std::move(connection));
}

}  // namespace http
