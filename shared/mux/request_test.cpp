#include <gtest/gtest.h>

#include "shared/http/client.hpp"
#include "shared/http/raw_test.hpp"
#include "shared/http/server.hpp"
#include "shared/mux/mux.hpp"

namespace mux {
namespace {

using http::test::eventually;
using http::test::Heard;

/// A node's link to a server as they are in life: HTTP, an upgrade, two ends.
class Requests : public ::testing::Test {
 protected:
  void SetUp() override {
    server_ = std::move(*http::serve({}, [this](http::Request, std::shared_ptr<http::Responder> responder) {
      responder->upgrade("mux", [this](std::shared_ptr<http::WebSocket> socket) {
        auto link = attach(
            std::move(socket), false,
            {.opened =
                 [this](const std::string& what, std::shared_ptr<Stream> stream) {
                   if (what != request_stream) return stream->reset("nothing of that name");
                   serve_request(std::move(stream), "link:prn_1",
                                 [this](http::Request request, auto to) { handle(std::move(request), std::move(to)); });
                 },
             .closed = [this](const std::string& reason) { closed_.say(reason); }});
        const std::scoped_lock lock{mutex_};
        far_ = std::move(link);
      });
    }));
    auto socket = http::client({.url = "http://127.0.0.1:" + std::to_string(server_->port())})
                      ->websocket({.method = "GET", .path = "/link"}, "mux");
    ASSERT_TRUE(socket);
    link_ = attach(std::move(*socket), true, {});
  }
  void TearDown() override {
    link_.reset();
    std::shared_ptr<Link> far;
    {
      const std::scoped_lock lock{mutex_};
      kept_.clear();
      streams_.clear();
      far.swap(far_);
    }
    far.reset();
    server_.reset();
  }

  void handle(http::Request request, std::shared_ptr<http::Responder> responder) {
    if (request.path == "/echo")
      return responder->answer({200,
                                {{"X-Seen", std::string{http::find(request.headers, "x-seen").value_or("")}}},
                                request.method + " " + request.query + " " + request.peer + " " + request.body});
    if (request.path == "/large") return responder->answer({200, {}, std::string(5 << 20, 'l')});
    if (request.path == "/upgrade") return responder->upgrade("x", [](auto) {});
    if (request.path == "/drop") return;
    if (request.path == "/follow") {
      auto stream = responder->stream(200, {{"Content-Type", "text/event-stream"}});
      stream->on_close([this] { closed_.say("stream"); });
      const std::scoped_lock lock{mutex_};
      streams_.push_back(std::move(stream));
      return;
    }
    const std::scoped_lock lock{mutex_};
    kept_.push_back(std::move(responder));
  }
  http::Response ask(const http::Request& request) {
    const auto response = std::make_shared<http::Response>();
    const auto answered = std::make_shared<std::atomic<bool>>(false);
    send_request(*link_, request, [response, answered](http::Response got) {
      *response = std::move(got);
      *answered = true;
    });
    EXPECT_TRUE(eventually([&] { return answered->load(); }));
    return *response;
  }
  std::shared_ptr<http::ByteStream> followed() {
    eventually([&] {
      const std::scoped_lock lock{mutex_};
      return !streams_.empty();
    });
    const std::scoped_lock lock{mutex_};
    return streams_.at(0);
  }
  std::shared_ptr<http::Responder> kept() {
    eventually([&] {
      const std::scoped_lock lock{mutex_};
      return !kept_.empty();
    });
    const std::scoped_lock lock{mutex_};
    return kept_.at(0);
  }
  /// What a server that sees these bytes on a request stream answers.
  std::string tell(std::string_view bytes) {
    const auto stream = link_->open(request_stream);
    const auto said = std::make_shared<std::pair<std::mutex, std::string>>();
    const auto ended = std::make_shared<std::atomic<bool>>(false);
    stream->on_data([said](const std::string& piece) {
      const std::scoped_lock lock{said->first};
      said->second += piece;
    });
    stream->on_end([ended] { *ended = true; });
    stream->on_reset([ended](const std::string&) { *ended = true; });
    stream->write(bytes);
    stream->end();
    EXPECT_TRUE(eventually([&] { return ended->load(); }));
    const std::scoped_lock lock{said->first};
    return said->second;
  }

  std::unique_ptr<http::Server> server_;
  std::shared_ptr<Link> link_;
  std::mutex mutex_;
  std::shared_ptr<Link> far_;
  std::vector<std::shared_ptr<http::Responder>> kept_;
  std::vector<std::shared_ptr<http::ByteStream>> streams_;
  Heard closed_, heard_;
};

TEST_F(Requests, GoOverALinkAsTheyGoOverHttp) {
  const std::string body(800'000, 'b');
  const auto answer =
      ask({.method = "POST", .path = "/echo", .query = "a=1", .headers = {{"X-Seen", "ä\"\n"}}, .body = body});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(http::find(answer.headers, "x-seen"), "ä\"\n");
  EXPECT_EQ(answer.body, "POST a=1 link:prn_1 " + body);
}

TEST_F(Requests, ALargeAnswerComesWhole) {
  const auto answer = ask({.method = "GET", .path = "/large"});
  EXPECT_EQ(answer.body.size(), 5U << 20);
}

TEST_F(Requests, ManyAtOnceAreAnsweredEach) {
  Heard answers;
  for (int i = 0; i < 200; ++i)
    send_request(*link_, {.method = "GET", .path = "/echo", .query = std::to_string(i)},
                 [&answers](const http::Response& response) { answers.say(response.body); });
  ASSERT_TRUE(answers.wait(200));
  const auto words = answers.words();
  EXPECT_EQ(std::set<std::string>(words.begin(), words.end()).size(), 200U);
}

TEST_F(Requests, AskedByHeadHaveNoBody) {
  const auto answer = ask({.method = "HEAD", .path = "/large"});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "");
}

TEST_F(Requests, CannotBecomeAWebSocket) {
  const auto answer = ask({.method = "GET", .path = "/upgrade"});
  EXPECT_EQ(answer.status, 501);
  EXPECT_NE(answer.body.find("\"reason\":\"not_supported\""), std::string::npos);
}

TEST_F(Requests, ThatAHandlerDropsAreAnswered500) { EXPECT_EQ(ask({.method = "GET", .path = "/drop"}).status, 500); }

TEST_F(Requests, ThatAreMalformedAreRefusedByName) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"nonsense\n", "malformed"},
      {"[]\n", "malformed"},
      {"{\"method\":\"GET\"}\n", "malformed"},
      {R"({"method":"GET","path":"/echo","query":"","headers":[["a"]],"length":0})"
       "\n",
       "malformed"},
      {R"({"method":"GET","path":"/echo","query":"","headers":[],"length":-1})"
       "\n",
       "malformed"},
      {R"({"method":"GET","path":"/echo","query":"","headers":[],"length":0,"more":1})"
       "\n",
       "malformed"},
      {R"({"method":"GET","path":"/echo","query":"","headers":[],"length":0})"
       "\nbody",
       "malformed"},
      {R"({"method":"GET","path":"/echo","query":"","headers":[],"length":5})"
       "\nabc",
       "malformed"},
      {R"({"method":"GET","path":"/echo","query":"","headers":[],"length":99999999})"
       "\n",
       "too_large"},
      {std::string(40'000, ' '), "header_too_large"},
      {"", "malformed"},
  };
  for (const auto& [bytes, reason] : cases)
    EXPECT_NE(tell(bytes).find("\"reason\":\"" + reason + "\""), std::string::npos) << bytes.substr(0, 100);
}

TEST_F(Requests, AFollowedOneGivesItsHeadThenPiecesThenTheEnd) {
  const auto stream = follow_request(
      *link_, {.method = "GET", .path = "/follow"},
      [this](const http::Response& head) { heard_.say("head " + std::to_string(head.status)); },
      [this](const std::string& piece) { heard_.say(piece); }, [this] { heard_.say("end"); });
  ASSERT_TRUE(heard_.wait(1));
  followed()->write("data: 1\n\n");
  ASSERT_TRUE(heard_.wait(2));
  followed()->write("data: 2\n\n");
  ASSERT_TRUE(heard_.wait(3));
  followed()->close();
  ASSERT_TRUE(heard_.wait(4));
  EXPECT_EQ(heard_.words(), (std::vector<std::string>{"head 200", "data: 1\n\n", "data: 2\n\n", "end"}));
  EXPECT_TRUE(closed_.wait(1));
}

TEST_F(Requests, ResettingAFollowedOneClosesItAtTheServer) {
  const auto stream = follow_request(
      *link_, {.method = "GET", .path = "/follow"}, [this](const http::Response&) { heard_.say("head"); },
      [](const std::string&) {}, [] {});
  ASSERT_TRUE(heard_.wait(1));
  const auto far = followed();
  stream->reset("enough");
  ASSERT_TRUE(closed_.wait(1));
  EXPECT_FALSE(far->write("x"));
}

TEST_F(Requests, ALostLinkAnswersWithNothing) {
  send_request(*link_, {.method = "GET", .path = "/kept"},
               [this](const http::Response& r) { heard_.say(std::to_string(r.status)); });
  const auto responder = kept();
  EXPECT_FALSE(responder->gone());
  link_->close("done");
  ASSERT_TRUE(heard_.wait(1));
  EXPECT_EQ(heard_.words()[0], "0");
  EXPECT_TRUE(eventually([&] { return responder->gone(); }));
  ASSERT_TRUE(closed_.wait(1));
  EXPECT_EQ(closed_.words()[0], "done");
  send_request(*link_, {.method = "GET", .path = "/kept"},
               [this](const http::Response& r) { heard_.say(std::to_string(r.status)); });
  EXPECT_EQ(heard_.count(), 2U);
}

TEST_F(Requests, TheServersEndLetsGoOfALinkWhoseNodeVanished) {
  link_.reset();
  EXPECT_TRUE(closed_.wait(1));
  EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
}

}  // namespace
}  // namespace mux
