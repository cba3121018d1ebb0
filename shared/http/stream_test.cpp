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

class Streams : public ::testing::Test {
 protected:
  void serve_stream(Limits limits = {}) {
    auto served = serve({.limits = limits}, [this](Request, std::shared_ptr<Responder> responder) {
      auto stream = responder->stream(200, {{"Content-Type", "text/event-stream"}});
      stream->on_close([this] { closed_.say("closed"); });
      const std::scoped_lock lock{mutex_};
      stream_ = std::move(stream);
    });
    server_ = std::move(*served);
  }
  void TearDown() override {
    forget();
    server_.reset();
  }
  std::shared_ptr<ByteStream> stream() {
    const std::scoped_lock lock{mutex_};
    return stream_;
  }
  void forget() {
    std::shared_ptr<ByteStream> dropped;
    const std::scoped_lock lock{mutex_};
    dropped.swap(stream_);
  }
  bool stands() {
    return eventually([&] { return stream() != nullptr; });
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(server_->port()); }

  std::mutex mutex_;
  std::shared_ptr<ByteStream> stream_;
  Heard closed_;
  std::unique_ptr<Server> server_;
};

TEST_F(Streams, EventsArriveAsTheyAreWrittenAndTheConnectionIsKept) {
  serve_stream();
  Raw raw{server_->port()};
  for (int round = 0; round < 2; ++round) {
    forget();
    raw.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_NE(raw.read_until("\r\n\r\n").find("Transfer-Encoding: chunked"), std::string::npos);
    ASSERT_TRUE(stands());
    EXPECT_TRUE(stream()->write("data: 1\n\n"));
    EXPECT_EQ(raw.read_until("\n\n\r\n"), "9\r\ndata: 1\n\n\r\n");
    EXPECT_TRUE(stream()->write("data: 2\n\n"));
    EXPECT_EQ(raw.read_until("\n\n\r\n"), "9\r\ndata: 2\n\n\r\n");
    stream()->close();
    EXPECT_EQ(raw.read_until("0\r\n\r\n"), "0\r\n\r\n");
    EXPECT_TRUE(closed_.wait(static_cast<std::size_t>(round + 1)));
    EXPECT_FALSE(stream()->write("late"));
  }
  EXPECT_EQ(closed_.count(), 2U);
}

TEST_F(Streams, ToHttp10TheyEndWithTheConnection) {
  serve_stream();
  Raw raw{server_->port()};
  raw.send("GET / HTTP/1.0\r\n\r\n");
  ASSERT_TRUE(stands());
  stream()->write("data: 1\n\n");
  stream()->close();
  const auto answer = raw.read_all();
  EXPECT_EQ(answer.find("chunked"), answer.npos);
  EXPECT_TRUE(answer.ends_with("\r\n\r\ndata: 1\n\n")) << answer;
}

TEST_F(Streams, AReaderThatIsTooSlowIsCut) {
  serve_stream();
  Raw raw{server_->port(), 4096};
  raw.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(stands());
  const std::string piece(64 << 10, 'x');
  std::size_t written = 0;
  while (stream()->write(piece)) written += piece.size();
  // The kernel's buffers take some; ours takes no more than its limit beyond them.
  EXPECT_GE(written, stream_unsent_max - piece.size());
  EXPECT_EQ(closed_.count(), 0U);
  stream()->close();
  EXPECT_TRUE(closed_.wait(1));
  EXPECT_TRUE(eventually([&] { return server_->connections() == 0; }));
}

TEST_F(Streams, APeerThatLeavesIsNoticedWithoutAWrite) {
  serve_stream();
  {
    Raw raw{server_->port()};
    raw.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(stands());
    raw.read_until("\r\n\r\n");
  }
  EXPECT_TRUE(closed_.wait(1));
  EXPECT_FALSE(stream()->write("data: 1\n\n"));
  stream()->close();
  EXPECT_EQ(closed_.count(), 1U);
}

TEST_F(Streams, OneThatIsCutGivesWhatWasWrittenAndEndsWithoutItsLastChunk) {
  serve_stream();
  Raw raw{server_->port()};
  raw.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(stands());
  EXPECT_TRUE(stream()->write("data: 1\n\n"));
  stream()->cut();
  stream()->close();  // too late: somebody has said that more was to come
  const auto answer = raw.read_all();
  EXPECT_TRUE(answer.ends_with("\r\n\r\n9\r\ndata: 1\n\n\r\n")) << answer;
  EXPECT_TRUE(closed_.wait(1));
  EXPECT_FALSE(stream()->write("late"));
}

TEST_F(Streams, OneThatWasClosedIsNotCutAfterwards) {
  serve_stream();
  Raw raw{server_->port()};
  raw.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(stands());
  stream()->close();
  stream()->cut();
  EXPECT_TRUE(raw.read_until("0\r\n\r\n").ends_with("0\r\n\r\n"));
}

TEST_F(Streams, TheClientKnowsOneThatWasCutFromOneThatEnded) {
  serve_stream();
  for (const bool whole : {true, false}) {
    forget();
    std::thread writer{[&] {
      if (!stands()) return;
      stream()->write("a line\n");
      whole ? stream()->close() : stream()->cut();
    }};
    std::string body;
    const auto done = client({.url = url()})
                          ->stream(
                              {.method = "GET", .path = "/"}, [](const Response&) { return true; },
                              [&](std::string_view piece) {
                                body += piece;
                                return true;
                              });
    writer.join();
    EXPECT_EQ(body, "a line\n");
    EXPECT_EQ(done.has_value(), whole);
  }
}

TEST_F(Streams, ADroppedStreamIsCut) {
  serve_stream();
  Raw raw{server_->port()};
  raw.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(stands());
  forget();
  EXPECT_FALSE(raw.read_all().ends_with("0\r\n\r\n"));
  EXPECT_TRUE(closed_.wait(1));
}

TEST_F(Streams, DrainingCutsThem) {
  serve_stream();
  Raw raw{server_->port()};
  raw.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(stands());
  stream()->write("data: last\n\n");
  std::thread drainer{[&] { server_->drain(test::patience); }};
  const auto answer = raw.read_all();
  EXPECT_TRUE(answer.ends_with("data: last\n\n\r\n")) << answer;
  raw.close();
  drainer.join();
  EXPECT_EQ(closed_.count(), 1U);
}

TEST_F(Streams, TheClientFollowsThemPieceByPieceAndMayStop) {
  serve_stream();
  std::thread writer{[&] {
    if (!stands()) return;
    for (int i = 0; i < 1000 && stream()->write("id: " + std::to_string(i) + "\ndata: x\n\n"); ++i) {
    }
  }};
  EventParser parser;
  std::vector<std::string> ids;
  int status = 0;
  const auto done = client({.url = url()})
                        ->stream(
                            {.method = "GET", .path = "/"},
                            [&](const Response& head) {
                              status = head.status;
                              return true;
                            },
                            [&](std::string_view piece) {
                              parser.feed(piece, [&](const Event& event) { ids.push_back(event.id); });
                              return ids.size() < 1000;
                            });
  writer.join();
  EXPECT_TRUE(done);
  EXPECT_EQ(status, 200);
  ASSERT_EQ(ids.size(), 1000U);
  EXPECT_EQ(ids.back(), "999");
  EXPECT_TRUE(closed_.wait(1));
}

TEST(Events, AreParsedHoweverTheyAreCut) {
  const std::string text =
      ": hello\r\nid: 7\r\nevent: change\r\ndata: a\r\ndata:b\r\n\r\n\ndata\n\nid: 8\rdata: c\r\r\ndata: \xC3\xA4\n\n";
  const std::vector<std::string> expected{"7 change a\nb", "7  ", "8  c", "8  \xC3\xA4"};
  for (std::size_t cut = 1; cut <= text.size(); ++cut) {
    EventParser parser;
    std::vector<std::string> heard;
    for (std::size_t at = 0; at < text.size(); at += cut)
      parser.feed(std::string_view{text}.substr(at, cut),
                  [&](const Event& event) { heard.push_back(event.id + " " + event.event + " " + event.data); });
    EXPECT_EQ(heard, expected) << cut;
  }
}

}  // namespace
}  // namespace http
