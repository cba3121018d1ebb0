// Requests that arrive over a link, answered by the server's own handler.
#include <atomic>

#include "shared/http/problem.hpp"
#include "shared/mux/head.hpp"
#include "shared/mux/mux.hpp"

namespace mux {
namespace {

/// What the stream's callbacks and the Responder share: whether the peer still listens, and who wants to know.
class Ending {
 public:
  bool gone() const { return gone_.load(std::memory_order_relaxed); }
  void on_close(std::function<void()> handler) {
    {
      const std::scoped_lock lock{mutex_};
      if (!ended_) {
        on_close_ = std::move(handler);
        return;
      }
    }
    handler();
  }
  void peer_left() {
    gone_ = true;
    end();
  }
  void end() {
    std::function<void()> handler;
    {
      const std::scoped_lock lock{mutex_};
      if (std::exchange(ended_, true)) return;
      handler = std::exchange(on_close_, nullptr);
    }
    if (handler) handler();
  }

 private:
  std::atomic<bool> gone_{false};
  std::mutex mutex_;
  bool ended_ = false;
  std::function<void()> on_close_;
};

class LinkBytes final : public http::ByteStream {
 public:
  LinkBytes(std::shared_ptr<Stream> stream, std::shared_ptr<Ending> ending, bool silent)
      : stream_(std::move(stream)), ending_(std::move(ending)), silent_(silent) {}
  ~LinkBytes() override { cut(); }

  bool write(std::string bytes) override {
    if (closed_ || ending_->gone()) return false;
    if (silent_) return true;
    if (stream_->write(bytes)) return true;
    overflowed_ = true;
    return false;
  }
  void close() override { finish(true); }
  void cut() override { finish(false); }
  void on_close(std::function<void()> handler) override { ending_->on_close(std::move(handler)); }

 private:
  void finish(bool whole) {
    if (closed_.exchange(true)) return;
    // As over HTTP: a reader that is too slow is cut, not waited for.
    if (whole && !overflowed_)
      stream_->end();
    else
      stream_->reset(overflowed_ ? "too slow" : "cut");
    ending_->end();
  }

  const std::shared_ptr<Stream> stream_;
  const std::shared_ptr<Ending> ending_;
  const bool silent_;
  std::atomic<bool> closed_{false};
  std::atomic<bool> overflowed_{false};
};

class LinkResponder final : public http::Responder {
 public:
  LinkResponder(std::shared_ptr<Stream> stream, std::shared_ptr<Ending> ending, bool head_only)
      : stream_(std::move(stream)), ending_(std::move(ending)), head_only_(head_only) {}
  ~LinkResponder() override {
    if (!answered_) answer(http::Problems{}.answer(http::unanswered, "the handler dropped the request"));
  }

  void answer(http::Response response) override {
    if (answered_.exchange(true)) return;
    if (head_only_) response.body.clear();
    stream_->write(encode_head(response, response.body.size()) + response.body);
    stream_->end();
    ending_->end();
  }
  std::shared_ptr<http::ByteStream> stream(int status, http::Headers headers) override {
    if (answered_.exchange(true) || ending_->gone()) return nullptr;
    stream_->write(encode_head(http::Response{.status = status, .headers = std::move(headers)}, std::nullopt));
    return std::make_shared<LinkBytes>(stream_, ending_, head_only_);
  }
  void upgrade(std::string, std::function<void(std::shared_ptr<http::WebSocket>)>) override {
    answer(http::Problems{}.answer(http::no_websocket, "a request over a node's link cannot become a WebSocket"));
  }
  bool gone() const override { return ending_->gone(); }

 private:
  const std::shared_ptr<Stream> stream_;
  const std::shared_ptr<Ending> ending_;
  const bool head_only_;
  std::atomic<bool> answered_{false};
};

/// One request while it is read. On the link's thread; owned by the stream's callbacks.
class Arriving {
 public:
  Arriving(std::shared_ptr<Stream> stream, std::string peer, http::Handler handler)
      : stream_(std::move(stream)), peer_(std::move(peer)), handler_(std::move(handler)) {}

  void feed(std::string_view bytes) {
    if (handed_over_) return;
    if (!head_done_) {
      std::string_view rest;
      switch (head_.feed(bytes, rest)) {
        case HeadLine::State::waiting:
          return;
        case HeadLine::State::too_long:
          return refuse(http::header_too_large, "a head over a link may have " + std::to_string(head_max) + " bytes");
        case HeadLine::State::whole:
          break;
      }
      auto head = request_head(head_.line());
      if (!head) return refuse(http::malformed, head.error().detail);
      if (head->length > request_body_max)
        return refuse(http::too_large, "a body over a link may have " + std::to_string(request_body_max) + " bytes");
      head_done_ = true;
      request_ = std::move(head->request);
      length_ = head->length;
      bytes = rest;
    }
    request_.body += bytes;
    if (request_.body.size() > length_) return refuse(http::malformed, "a body longer than its length");
    if (request_.body.size() == length_) hand_over();
  }
  void peer_ended() {
    if (!handed_over_) refuse(http::malformed, "half a request");
  }
  void peer_left() {
    handed_over_ = true;
    ending_->peer_left();
  }

 private:
  void hand_over() {
    handed_over_ = true;
    const bool head_only = request_.method == "HEAD";
    if (head_only) request_.method = "GET";
    request_.peer = peer_;
    const auto handler = std::exchange(handler_, nullptr);
    handler(std::move(request_), std::make_shared<LinkResponder>(stream_, ending_, head_only));
  }
  void refuse(const http::Refusal& refusal, std::string_view detail) {
    handed_over_ = true;
    LinkResponder{stream_, ending_, false}.answer(http::Problems{}.answer(refusal, detail));
  }

  const std::shared_ptr<Stream> stream_;
  const std::shared_ptr<Ending> ending_ = std::make_shared<Ending>();
  const std::string peer_;
  http::Handler handler_;
  HeadLine head_;
  http::Request request_;
  std::uint64_t length_ = 0;
  bool head_done_ = false;
  bool handed_over_ = false;
};

}  // namespace

void serve_request(std::shared_ptr<Stream> stream, std::string peer, http::Handler handler) {
  const auto arriving = std::make_shared<Arriving>(stream, std::move(peer), std::move(handler));
  stream->on_data([arriving](const std::string& bytes) { arriving->feed(bytes); });
  stream->on_end([arriving] { arriving->peer_ended(); });
  stream->on_reset([arriving](const std::string&) { arriving->peer_left(); });
}

}  // namespace mux
