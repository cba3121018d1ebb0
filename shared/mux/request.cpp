// Requests that are sent over a link, and what comes back.
#include "shared/mux/head.hpp"
#include "shared/mux/mux.hpp"

namespace mux {
namespace {

/// One answer while it is read. On the link's thread; owned by the stream's callbacks.
class Answer {
 public:
  Answer(std::shared_ptr<Stream> stream, std::function<void(http::Response)> head,
         std::function<void(std::string)> piece, std::function<void()> end)
      : stream_(std::move(stream)), head_(std::move(head)), piece_(std::move(piece)), end_(std::move(end)) {}

  void feed(std::string bytes) {
    if (over_) return;
    if (!head_given_) {
      std::string_view rest;
      const auto state = line_.feed(bytes, rest);
      if (state == HeadLine::State::waiting) return;
      auto head = state == HeadLine::State::whole ? response_head(line_.line())
                                                  : base::Result<ResponseHead>{base::Error{base::invalid, "too long"}};
      if (!head) return give_up(head.error().detail);
      head_given_ = true;
      left_ = head->length;
      head_(std::move(head->response));
      bytes = std::string{rest};
    }
    if (left_ && bytes.size() > *left_) return give_up("a body longer than its length");
    if (left_) *left_ -= bytes.size();
    if (!bytes.empty()) piece_(std::move(bytes));
  }
  void peer_ended() {
    if (over_) return;
    stream_->end();
    finish(head_given_ && left_.value_or(0) == 0);
  }
  void finish(bool whole) {
    if (std::exchange(over_, true)) return;
    if (!head_given_) head_(http::Response{.status = 0});
    whole_ = whole;
    end_();
  }
  bool whole() const { return whole_; }

 private:
  void give_up(std::string_view why) {
    stream_->reset(why);
    finish(false);
  }

  const std::shared_ptr<Stream> stream_;
  const std::function<void(http::Response)> head_;
  const std::function<void(std::string)> piece_;
  const std::function<void()> end_;
  HeadLine line_;
  std::optional<std::uint64_t> left_;  // of the body; nothing: to the end
  bool head_given_ = false;
  bool over_ = false;
  bool whole_ = false;
};

void follow(const std::shared_ptr<Stream>& stream, const http::Request& request,
            const std::shared_ptr<Answer>& answer) {
  stream->on_data([answer](std::string bytes) { answer->feed(std::move(bytes)); });
  stream->on_end([answer] { answer->peer_ended(); });
  stream->on_reset([answer](const std::string&) { answer->finish(false); });
  // Not ended behind the request: a stream that both sides ended could not be reset, and a server would never learn
  // that nobody waits any more.
  stream->write(encode_head(request) + request.body);
}

}  // namespace

void send_request(Link& link, const http::Request& request, std::function<void(http::Response)> done) {
  const auto stream = link.open(request_stream);
  if (!stream) return done(http::Response{.status = 0});
  struct Whole {
    http::Response response;
    std::weak_ptr<Answer> answer;
  };
  const auto whole = std::make_shared<Whole>();
  const auto answer = std::make_shared<Answer>(
      stream, [whole](http::Response head) { whole->response = std::move(head); },
      [whole, weak = std::weak_ptr{stream}](const std::string& piece) {
        whole->response.body += piece;
        if (whole->response.body.size() <= response_body_max) return;
        if (const auto sender = weak.lock()) sender->reset("an answer too large");
        if (const auto reader = whole->answer.lock()) reader->finish(false);
      },
      [whole, done = std::move(done)] {
        const auto reader = whole->answer.lock();
        done(reader && reader->whole() ? std::move(whole->response) : http::Response{.status = 0});
      });
  whole->answer = answer;
  follow(stream, request, answer);
}

std::shared_ptr<Stream> follow_request(Link& link, const http::Request& request,
                                       std::function<void(http::Response)> head, std::function<void(std::string)> piece,
                                       std::function<void()> end) {
  const auto stream = link.open(request_stream);
  if (!stream) {
    head(http::Response{.status = 0});
    end();
    return nullptr;
  }
  follow(stream, request, std::make_shared<Answer>(stream, std::move(head), std::move(piece), std::move(end)));
  return stream;
}

}  // namespace mux
