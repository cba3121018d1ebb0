#include <gtest/gtest.h>

#include "shared/http/client.hpp"
#include "shared/http/raw_test.hpp"
#include "shared/http/server.hpp"

namespace http {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using test::Heard;
using test::Raw;

class WebSockets : public ::testing::Test {
 protected:
  /// Accepts with the first subprotocol offered, echoes unless told otherwise, and keeps the server's end in `far_`.
  void serve_sockets(Limits limits = {}, bool starts = true) {
    auto served = serve({.limits = limits}, [this, starts](Request request, std::shared_ptr<Responder> responder) {
      if (request.path == "/none") return responder->answer({403, {{"X-Request-Id", "req_1"}}, "why not"});
      if (request.path == "/much") return responder->answer({503, {}, std::string(refusal_max + 1, 'x')});
      const auto offered = find(request.headers, "sec-websocket-protocol").value_or("");
      responder->upgrade(std::string{offered.substr(0, offered.find(','))},
                         [this, starts](std::shared_ptr<WebSocket> socket) {
                           socket->on_message([this, weak = std::weak_ptr{socket}](std::string message, bool binary) {
                             far_heard_.say(message.size() > 100 ? std::to_string(message.size()) : message);
                             if (const auto far = weak.lock()) far->send(std::move(message), binary);
                           });
                           socket->on_close([this](std::uint16_t code, std::string reason) {
                             far_heard_.say("closed " + std::to_string(code) + " " + reason);
                           });
                           if (starts) socket->start();
                           const std::scoped_lock lock{mutex_};
                           far_ = std::move(socket);
                         });
    });
    server_ = std::move(*served);
  }
  std::shared_ptr<WebSocket> dial(std::string path = "/", std::string subprotocols = "") {
    auto dialled = client({.url = "http://127.0.0.1:" + std::to_string(server_->port())})
                       ->websocket({.method = "GET", .path = std::move(path)}, std::move(subprotocols),
                                   [this](const Response& answer) { refusal_ = answer; });
    if (!dialled) {
      why_not_ = dialled.error().detail;
      return nullptr;
    }
    auto near = std::move(*dialled);
    near->on_message([this](std::string message, bool binary) {
      near_heard_.say((binary ? "binary " : "text ") +
                      (message.size() > 100 ? std::to_string(message.size()) : message));
    });
    near->on_close([this](std::uint16_t code, std::string reason) {
      near_heard_.say("closed " + std::to_string(code) + " " + reason);
    });
    near->start();
    return near;
  }
  std::shared_ptr<WebSocket> far() {
    eventually([&] {
      const std::scoped_lock lock{mutex_};
      return far_ != nullptr;
    });
    const std::scoped_lock lock{mutex_};
    return far_;
  }
  void TearDown() override {
    {
      std::shared_ptr<WebSocket> dropped;
      const std::scoped_lock lock{mutex_};
      dropped.swap(far_);
    }
    server_.reset();
  }
  /// A bare peer that has been upgraded.
  std::unique_ptr<Raw> bare() {
    auto raw = std::make_unique<Raw>(server_->port());
    raw->send(
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: one, two\r\n\r\n");
    upgraded_ = raw->read_until("\r\n\r\n");
    return raw;
  }

  Heard near_heard_, far_heard_;
  std::mutex mutex_;
  std::shared_ptr<WebSocket> far_;
  std::string why_not_, upgraded_;
  Response refusal_;
  std::unique_ptr<Server> server_;
};

TEST_F(WebSockets, MessagesGoBothWaysInOrder) {
  serve_sockets();
  const auto near = dial();
  ASSERT_TRUE(near);
  EXPECT_TRUE(near->send("héllo", false));
  EXPECT_TRUE(near->send(std::string("\0\xff", 2), true));
  EXPECT_TRUE(near->send(std::string(900'000, 'x'), false));
  ASSERT_TRUE(near_heard_.wait(3));
  EXPECT_EQ(near_heard_.words(),
            (std::vector<std::string>{"text héllo", "binary " + std::string("\0\xff", 2), "text 900000"}));
  near->close(4001, "enough");
  ASSERT_TRUE(near_heard_.wait(4));
  ASSERT_TRUE(far_heard_.wait(4));
  EXPECT_EQ(near_heard_.last(), "closed 4001 enough");
  EXPECT_EQ(far_heard_.last(), "closed 4001 enough");
  EXPECT_FALSE(near->send("late", false));
}

TEST_F(WebSockets, AcceptWithTheSubprotocolChosen) {
  serve_sockets();
  const auto raw = bare();
  EXPECT_TRUE(upgraded_.starts_with("HTTP/1.1 101 ")) << upgraded_;
  EXPECT_NE(upgraded_.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="), std::string::npos);  // RFC 6455, 1.3
  EXPECT_NE(upgraded_.find("Sec-WebSocket-Protocol: one\r\n"), std::string::npos);
  EXPECT_TRUE(dial("/", "v1.house, v2.house"));
}

TEST_F(WebSockets, ARefusedUpgradeGivesTheAnswerThatRefusedIt) {
  serve_sockets();
  EXPECT_FALSE(dial("/none"));
  EXPECT_TRUE(why_not_.ends_with("the upgrade was answered with 403")) << why_not_;
  EXPECT_EQ(refusal_.status, 403);
  EXPECT_EQ(find(refusal_.headers, "x-request-id"), "req_1");
  EXPECT_EQ(refusal_.body, "why not");
}

TEST_F(WebSockets, ARefusalBeyondItsBoundIsGivenWithoutItsBody) {
  serve_sockets();
  EXPECT_FALSE(dial("/much"));
  EXPECT_EQ(refusal_.status, 503);
  EXPECT_EQ(refusal_.body, "");
}

TEST_F(WebSockets, WhoDoesNotAskForOneIsToldSo) {
  serve_sockets();
  const auto answer =
      client({.url = "http://127.0.0.1:" + std::to_string(server_->port())})->send({.method = "GET", .path = "/"});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 426);
}

TEST_F(WebSockets, NothingIsHeardBeforeStartNorWhilePaused) {
  serve_sockets({}, false);
  const auto near = dial();
  ASSERT_TRUE(near);
  const auto far_end = far();
  ASSERT_TRUE(far_end);
  near->send("one", false);
  far_end->send("a word from the far end comes through all the same", false);
  ASSERT_TRUE(near_heard_.wait(1));
  EXPECT_EQ(far_heard_.count(), 0U);
  far_end->start();
  ASSERT_TRUE(far_heard_.wait(1));
  far_end->pause();
  near->send("two", false);
  far_end->send("and another", false);
  ASSERT_TRUE(near_heard_.wait(3));  // the echo of "one" among them
  EXPECT_EQ(far_heard_.words(), (std::vector<std::string>{"one"}));
  far_end->start();
  ASSERT_TRUE(far_heard_.wait(2));
  EXPECT_EQ(far_heard_.last(), "two");
}

TEST_F(WebSockets, APausedReaderHoldsUpTheSenderAtItsBound) {
  serve_sockets({}, false);
  const auto near = dial();
  ASSERT_TRUE(near);
  const std::string message(100'000, 'x');
  int taken = 0;
  while (near->send(message, true)) ++taken;
  EXPECT_GE(static_cast<std::size_t>(taken) * message.size(), stream_unsent_max - message.size());
  far()->start();
  EXPECT_TRUE(far_heard_.wait(static_cast<std::size_t>(taken)));
}

TEST_F(WebSockets, AMessageBeyondTheLimitClosesWith1009) {
  serve_sockets({.message = 1000});
  const auto near = dial();
  ASSERT_TRUE(near);
  near->send(std::string(1001, 'x'), true);
  ASSERT_TRUE(near_heard_.wait(1));
  EXPECT_TRUE(near_heard_.last().starts_with("closed 1009"));
  EXPECT_TRUE(far_heard_.wait(1));
  EXPECT_TRUE(far_heard_.last().starts_with("closed 1009"));
}

TEST_F(WebSockets, TextThatIsNotUtf8ClosesWith1007) {
  serve_sockets();
  const auto raw = bare();
  raw->send(std::string("\x81\x81\0\0\0\0\xff", 7));
  ASSERT_TRUE(far_heard_.wait(1));
  EXPECT_TRUE(far_heard_.last().starts_with("closed 1007")) << far_heard_.last();
}

TEST_F(WebSockets, AFrameWithoutAMaskClosesWith1002) {
  serve_sockets();
  const auto raw = bare();
  raw->send("\x81\x01x");
  ASSERT_TRUE(far_heard_.wait(1));
  EXPECT_TRUE(far_heard_.last().starts_with("closed 1002")) << far_heard_.last();
}

TEST_F(WebSockets, ASilentPeerIsPingedThenGivenUp) {
  serve_sockets({.idle = 60ms});
  const auto raw = bare();
  EXPECT_EQ(raw->read_until(std::string("\x89\0", 2)), std::string("\x89\0", 2));  // a ping, not answered
  ASSERT_TRUE(far_heard_.wait(1));
  EXPECT_EQ(far_heard_.last(), "closed 1006 the peer is silent");
}

TEST_F(WebSockets, APeerThatVanishesClosesWith1006) {
  serve_sockets();
  bare()->close();
  ASSERT_TRUE(far_heard_.wait(1));
  EXPECT_TRUE(far_heard_.last().starts_with("closed 1006"));
  EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
}

TEST_F(WebSockets, WhatWasSentBeforeClosingStillArrives) {
  serve_sockets();
  auto near = dial();
  ASSERT_TRUE(near);
  for (int i = 0; i < 100; ++i) near->send(std::to_string(i), false);
  near.reset();
  ASSERT_TRUE(far_heard_.wait(101));
  EXPECT_EQ(far_heard_.words()[99], "99");
  EXPECT_EQ(far_heard_.words()[100], "closed 1001 ");
}

TEST_F(WebSockets, AHandlerMayDropItsOwnWebSocket) {
  serve_sockets();
  auto near = dial();
  ASSERT_TRUE(near);
  near->on_message([keeps = near, this](std::string, bool) mutable {
    keeps.reset();
    near_heard_.say("dropped");
  });
  near->send("x", false);
  near.reset();
  EXPECT_TRUE(near_heard_.wait(1));
  EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
}

TEST_F(WebSockets, DrainingClosesWith1001) {
  serve_sockets();
  const auto near = dial();
  ASSERT_TRUE(near);
  ASSERT_TRUE(far());
  server_->drain(test::patience);
  ASSERT_TRUE(near_heard_.wait(1));
  EXPECT_EQ(near_heard_.last(), "closed 1001 the server shuts down");
  EXPECT_EQ(server_->connections(), 0);
}

}  // namespace
}  // namespace http
