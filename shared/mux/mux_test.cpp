#include "shared/mux/mux.hpp"

#include <gtest/gtest.h>

#include <random>

#include "shared/http/client.hpp"
#include "shared/http/raw_test.hpp"
#include "shared/http/server.hpp"
#include "shared/mux/frame.hpp"
#include "shared/mux/link.hpp"

namespace mux {
namespace {

using namespace std::chrono_literals;
using http::test::eventually;
using http::test::Heard;

/// A WebSocket in the test's hand: what the link sends is kept, what the peer says is said by the test.
class Hand final : public http::WebSocket {
 public:
  bool send(std::string message, bool) override {
    const std::scoped_lock lock{mutex_};
    if (full_) return false;
    sent_.push_back(std::move(message));
    return true;
  }
  void close(std::uint16_t code, std::string_view reason) override {
    closed_.say(std::to_string(code) + " " + std::string{reason});
  }
  void on_message(std::function<void(std::string, bool)> handler) override { message_ = std::move(handler); }
  void on_close(std::function<void(std::uint16_t, std::string)> handler) override { close_ = std::move(handler); }
  void start() override {}
  void pause() override {}

  void says(std::string frame, bool binary = true) { message_(std::move(frame), binary); }
  void breaks() { close_(1006, "broken"); }
  void full(bool is) {
    const std::scoped_lock lock{mutex_};
    full_ = is;
  }
  /// "kind stream payload", data as its size; without pings.
  std::vector<std::string> sent() {
    static constexpr std::array names{"?", "open", "data", "window", "end", "reset", "ping", "pong"};
    const std::scoped_lock lock{mutex_};
    std::vector<std::string> lines;
    for (const auto& each : sent_) {
      const auto frame = parse_frame(each);
      if (!frame) return {"malformed"};
      if (frame->kind == Kind::ping) continue;
      std::string line =
          std::string{names.at(static_cast<std::size_t>(frame->kind))} + " " + std::to_string(frame->stream);
      if (frame->kind == Kind::data) line += " " + std::to_string(frame->payload.size());
      if (frame->kind == Kind::window) line += " " + std::to_string(frame->credit);
      if (frame->kind == Kind::open || frame->kind == Kind::reset) line += " " + std::string{frame->payload};
      lines.push_back(line);
    }
    return lines;
  }
  std::string last_sent() {
    const auto lines = sent();
    return lines.empty() ? "nothing" : lines.back();
  }
  std::size_t data_sent(std::uint32_t stream) {
    const std::scoped_lock lock{mutex_};
    std::size_t size = 0;
    for (const auto& each : sent_)
      if (const auto frame = parse_frame(each); frame && frame->kind == Kind::data && frame->stream == stream)
        size += frame->payload.size();
    return size;
  }
  Heard closed_;

 private:
  std::mutex mutex_;
  std::vector<std::string> sent_;
  bool full_ = false;
  std::function<void(std::string, bool)> message_;
  std::function<void(std::uint16_t, std::string)> close_;
};

class OneEnd : public ::testing::Test {
 protected:
  static constexpr Pace unhurried{.ping_every = 1h, .silence = 2h};  // a Hand answers no ping

  void SetUp() override { attach_link(); }
  void attach_link(Pace pace = unhurried) {
    link_.reset();
    hand_ = std::make_shared<Hand>();
    link_ = attach(hand_, true,
                   {.opened =
                        [this](std::string what, std::shared_ptr<Stream> stream) {
                          heard_.say("opened " + what);
                          hear(stream);
                          const std::scoped_lock lock{mutex_};
                          opened_.push_back(std::move(stream));
                        },
                    .closed = [this](std::string reason) { heard_.say("link " + reason); }},
                   pace);
  }
  void hear(const std::shared_ptr<Stream>& stream) {
    stream->on_data([this](const std::string& bytes) {
      heard_.say(bytes.size() < 100 ? "data " + bytes : std::to_string(bytes.size()));
    });
    stream->on_end([this] { heard_.say("end"); });
    stream->on_reset([this](const std::string& reason) { heard_.say("reset " + reason); });
  }
  std::shared_ptr<Stream> opened(std::size_t index) {
    eventually([&] {
      const std::scoped_lock lock{mutex_};
      return opened_.size() > index;
    });
    const std::scoped_lock lock{mutex_};
    return opened_.at(index);
  }
  bool hears(const std::vector<std::string>& words) { return heard_.wait(words.size()) && heard_.words() == words; }

  Heard heard_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<Stream>> opened_;
  std::shared_ptr<Hand> hand_;
  std::shared_ptr<Link> link_;
};

using Words = std::vector<std::string>;

TEST_F(OneEnd, OpensWithOddNumbersAndHearsInOrder) {
  const auto first = link_->open("logs");
  const auto second = link_->open("shell");
  hear(first);
  first->write("abc");
  second->end();
  EXPECT_EQ(hand_->sent(), (Words{"open 1 logs", "open 3 shell", "data 1 3", "end 3"}));
  hand_->says(encode(1, Kind::data, "x"));
  hand_->says(encode(1, Kind::data, "y"));
  hand_->says(encode(1, Kind::end, ""));
  EXPECT_TRUE(hears({"data x", "data y", "end"}));
}

TEST_F(OneEnd, WhatCameBeforeTheHandlersWereSetIsHeardAllTheSame) {
  const auto stream = link_->open("logs");
  hand_->says(encode(1, Kind::data, "early"));
  hand_->says(encode(1, Kind::end, ""));
  hear(stream);
  EXPECT_TRUE(hears({"data early", "end"}));
}

TEST_F(OneEnd, NeverSendsMoreThanItsWindow) {
  const auto stream = link_->open("logs");
  EXPECT_TRUE(stream->write(std::string(2 * window_initial, 'x')));
  EXPECT_EQ(hand_->data_sent(1), window_initial);
  hand_->says(encode_window(1, 1000));
  EXPECT_EQ(hand_->data_sent(1), window_initial + 1000U);
  hand_->says(encode_window(1, window_initial));
  EXPECT_EQ(hand_->data_sent(1), 2U * window_initial);
}

TEST_F(OneEnd, TakesNoMoreThanFourWindowsUnsent) {
  const auto stream = link_->open("logs");
  std::size_t taken = 0;
  while (stream->write(std::string(window_initial, 'x'))) taken += window_initial;
  EXPECT_EQ(taken, 6U * window_initial);  // one is out, and the write that passes four is the last
}

TEST_F(OneEnd, ASlowStreamHoldsUpNobody) {
  const auto slow = link_->open("slow");
  const auto quick = link_->open("quick");
  slow->write(std::string(2 * window_initial, 'x'));
  quick->write("q");
  EXPECT_EQ(hand_->data_sent(3), 1U);
}

TEST_F(OneEnd, StreamsTakeTurnsAFrameEach) {
  const auto first = link_->open("a");
  const auto second = link_->open("b");
  hand_->full(true);
  first->write(std::string(3 * frame_max, 'x'));
  second->write(std::string(3 * frame_max, 'x'));
  hand_->full(false);
  ASSERT_TRUE(eventually([&] { return hand_->sent().size() == 8; }));
  EXPECT_EQ(hand_->sent(), (Words{"open 1 a", "open 3 b", "data 1 65536", "data 3 65536", "data 1 65536",
                                  "data 3 65536", "data 1 65536", "data 3 65536"}));
}

TEST_F(OneEnd, GivesTheWindowBackAsItIsConsumed) {
  const auto stream = link_->open("logs");
  hear(stream);
  hand_->says(encode(1, Kind::data, std::string(frame_max, 'x')));
  EXPECT_TRUE(eventually([&] { return hand_->last_sent() == "window 1 65536"; }));
}

TEST_F(OneEnd, AHeldStreamGivesNothingBackUntilTheReaderSaysSo) {
  const auto stream = link_->open("logs");
  stream->hold(true);
  hear(stream);
  for (int i = 0; i < 4; ++i) hand_->says(encode(1, Kind::data, std::string(frame_max, 'x')));
  ASSERT_TRUE(heard_.wait(4));
  EXPECT_EQ(hand_->sent(), (Words{"open 1 logs"}));
  stream->consumed(100'000);
  EXPECT_EQ(hand_->last_sent(), "window 1 100000");
  stream->consumed(10 << 20);  // more than there was
  EXPECT_EQ(hand_->last_sent(), "window 1 " + std::to_string(window_initial - 100'000));
}

TEST_F(OneEnd, AResetIsHeardOnceAndNothingAfterIt) {
  const auto stream = link_->open("logs");
  hear(stream);
  hand_->says(encode(1, Kind::reset, "enough"));
  hand_->says(encode(1, Kind::data, "late"));
  EXPECT_TRUE(hears({"reset enough"}));
  EXPECT_FALSE(stream->write("x"));
  hand_->says(encode(2, Kind::open, "next"));
  EXPECT_TRUE(hears({"reset enough", "opened next"}));
}

TEST_F(OneEnd, ResettingHereSilencesTheStream) {
  const auto stream = link_->open("logs");
  hear(stream);
  stream->reset("done");
  hand_->says(encode(1, Kind::data, "late"));
  hand_->says(encode(2, Kind::open, "next"));
  EXPECT_TRUE(hears({"opened next"}));
  EXPECT_EQ(hand_->last_sent(), "reset 1 done");
}

TEST_F(OneEnd, AStreamMayBeWrittenAfterThePeerEnded) {
  hand_->says(encode(2, Kind::open, "ask"));
  hand_->says(encode(2, Kind::end, ""));
  ASSERT_TRUE(hears({"opened ask", "end"}));
  EXPECT_TRUE(opened(0)->write("answer"));
  opened(0)->end();
  EXPECT_EQ(hand_->sent(), (Words{"data 2 6", "end 2"}));
}

TEST_F(OneEnd, ALostLinkEndsAllItsStreams) {
  const auto ours = link_->open("logs");
  hear(ours);
  hand_->says(encode(2, Kind::open, "shell"));
  opened(0);
  hand_->breaks();
  EXPECT_TRUE(hears({"opened shell", "reset link lost", "reset link lost", "link broken"}));
  EXPECT_FALSE(link_->alive());
  EXPECT_FALSE(ours->write("x"));
  EXPECT_EQ(link_->open("more"), nullptr);
}

TEST_F(OneEnd, AStreamOpenedOnADyingLinkStillHearsThatItIsLost) {
  const auto stream = link_->open("logs");
  hand_->breaks();
  ASSERT_TRUE(heard_.wait(1));
  hear(stream);
  EXPECT_TRUE(hears({"link broken", "reset link lost"}));
}

TEST_F(OneEnd, AFullWebSocketLosesNothing) {
  const auto stream = link_->open("logs");
  hand_->full(true);
  stream->write("abc");
  hand_->says(encode(0, Kind::ping, ""));
  stream->end();
  EXPECT_EQ(hand_->sent(), (Words{"open 1 logs"}));
  hand_->full(false);
  EXPECT_TRUE(eventually([&] { return hand_->sent() == Words{"open 1 logs", "pong 0", "data 1 3", "end 1"}; }));
}

TEST_F(OneEnd, AStreamTooManyIsReset) {
  for (std::uint32_t i = 1; i <= streams_max; ++i) hand_->says(encode(2 * i, Kind::open, "x"));
  ASSERT_TRUE(heard_.wait(streams_max));
  hand_->says(encode(2 * streams_max + 2, Kind::open, "x"));
  EXPECT_EQ(hand_->last_sent(), "reset " + std::to_string(2 * streams_max + 2) + " too many streams");
  EXPECT_TRUE(link_->alive());
  EXPECT_EQ(link_->open("x"), nullptr);
}

TEST_F(OneEnd, MalformedFramesCloseTheLinkWithAReason) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases{
      {{"abcd"}, "a frame shorter than its head"},
      {{std::string("\0\0\0\1\x9", 5)}, "a frame of an unknown kind"},
      {{encode(0, Kind::data, "x")}, "a frame without a stream"},
      {{encode(5, Kind::ping, "")}, "a ping with a stream"},
      {{encode(2, Kind::open, "")}, "an open that asks for nothing, or at too much length"},
      {{encode(2, Kind::open, "x"), encode(2, Kind::open, "x")}, "an open that reuses a number"},
      {{encode(3, Kind::open, "x")}, "an open that reuses a number"},
      {{encode(2, Kind::data, "x")}, "a frame for a stream that nobody opened"},
      {{encode(1, Kind::data, "x")}, "a frame for a stream that nobody opened"},
      {{encode(2, Kind::open, "x"), encode(2, Kind::data, "")}, "data of no bytes, or of too many"},
      {{encode(2, Kind::open, "x"), encode(2, Kind::window, "abc")}, "a window without a credit"},
      {{encode(2, Kind::open, "x"), encode_window(2, 1)}, "a credit beyond the window"},
      {{encode(2, Kind::open, "x"), encode(2, Kind::end, ""), encode(2, Kind::data, "x")}, "data after the end"},
      {{encode(2, Kind::open, "x"), encode(2, Kind::end, "x")}, "a payload where none belongs"},
  };
  for (const auto& [frames, reason] : cases) {
    attach_link();
    for (const auto& frame : frames) hand_->says(frame);
    EXPECT_TRUE(hand_->closed_.wait(1)) << reason;
    EXPECT_EQ(hand_->closed_.words(), (Words{"1002 malformed frame: " + reason}));
    EXPECT_FALSE(link_->alive());
  }
}

TEST_F(OneEnd, DataBeyondTheWindowOrTheFrameClosesTheLink) {
  hand_->says(encode(2, Kind::open, "x"));
  opened(0)->hold(true);
  for (std::size_t sent = 0; sent < window_initial; sent += frame_max)
    hand_->says(encode(2, Kind::data, std::string(frame_max, 'x')));
  EXPECT_TRUE(link_->alive());
  hand_->says(encode(2, Kind::data, "x"));
  EXPECT_EQ(hand_->closed_.words(), (Words{"1002 malformed frame: data beyond the window"}));
  attach_link();
  hand_->says(encode(2, Kind::open, "x"));
  hand_->says(encode(2, Kind::data, std::string(frame_max, 'x')) + "y");
  EXPECT_EQ(hand_->closed_.words(), (Words{"1002 malformed frame: data of no bytes, or of too many"}));
  attach_link();
  hand_->says(encode(2, Kind::open, "x"), false);
  EXPECT_EQ(hand_->closed_.words(), (Words{"1002 malformed frame: a message of text"}));
}

TEST_F(OneEnd, ALinkWithoutAPongIsClosed) {
  attach_link({.ping_every = 5ms, .silence = 30ms});
  ASSERT_TRUE(hand_->closed_.wait(1));
  EXPECT_EQ(hand_->closed_.words(), (Words{"1008 silent for 30 ms"}));
}

TEST_F(OneEnd, LettingTheLinkGoClosesItAndEndsItsStreams) {
  const auto stream = link_->open("logs");
  hear(stream);
  link_.reset();
  EXPECT_EQ(heard_.words(), (Words{"reset link lost", "link the link was let go"}));
  EXPECT_EQ(hand_->closed_.words(), (Words{"1001 the link was let go"}));
}

// Whatever a peer sends, the link either lives or says why not. The same bytes every time.
TEST_F(OneEnd, RandomBytesNeverDoHarm) {
  std::mt19937 dice{20260};
  for (int round = 0; round < 200; ++round) {
    attach_link();
    const auto ours = link_->open("x");
    for (int i = 0; i < 200 && link_->alive(); ++i) {
      std::string message(dice() % 24, '\0');
      for (auto& byte : message) byte = static_cast<char>(dice());
      // Mostly nearly right: a small stream number and a kind that exists.
      if (message.size() >= head_size && dice() % 8 != 0) {
        message.replace(0, 3, std::string(3, '\0'));
        message[3] = static_cast<char>(dice() % 6);
        message[4] = static_cast<char>(dice() % 8);
        if (dice() % 2 == 0) message.resize(head_size);
      }
      const auto frame = parse_frame(message);
      if (frame) EXPECT_EQ(encode(frame->stream, frame->kind, frame->payload), message);
      hand_->says(message);
      if (!frame) EXPECT_FALSE(link_->alive());
    }
    EXPECT_EQ(hand_->closed_.count(), link_->alive() ? 0U : 1U);
  }
}

}  // namespace
}  // namespace mux
