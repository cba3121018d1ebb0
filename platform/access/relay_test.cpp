#include "platform/access/relay.hpp"

#include <gtest/gtest.h>

#include "shared/mux/messages.hpp"

namespace entrance {
namespace {

/// The node's end, in the test's hand. As the real one, a stream that is over lets go of who listened.
class Node final : public mux::Stream {
 public:
  void say(std::string bytes) {
    const auto handler = data_;  // it may be let go of meanwhile
    if (handler) handler(std::move(bytes));
  }
  void ends() { over(std::exchange(end_, nullptr)); }
  void breaks(std::string reason) {
    over([handler = std::exchange(reset_, nullptr), reason = std::move(reason)] { handler(reason); });
  }

  bool write(std::string_view) override { return true; }
  void end() override {}
  void reset(std::string_view reason) override {
    if (reset_by_us.empty()) reset_by_us = reason;
    over(nullptr);
  }
  void on_data(std::function<void(std::string)> handler) override { data_ = std::move(handler); }
  void on_end(std::function<void()> handler) override { end_ = std::move(handler); }
  void on_reset(std::function<void(std::string)> handler) override { reset_ = std::move(handler); }
  void hold(bool) override {}
  void consumed(std::size_t) override {}

  std::string reset_by_us;

 private:
  void over(const std::function<void()>& last) {
    const auto data = std::exchange(data_, nullptr);
    const auto end = std::exchange(end_, nullptr);
    const auto reset = std::exchange(reset_, nullptr);
    if (last) last();
  }

  std::function<void(std::string)> data_, reset_;
  std::function<void()> end_;
};

/// What a reader hears, whichever way it came.
struct Reader {
  std::string heard;
  std::string end;  // the first of "whole", "cut" and "CODE REASON"
  bool keeps_up = true;
  std::function<void()> on_end;

  bool take(std::string_view bytes) {
    if (!keeps_up || !end.empty()) return false;
    heard += bytes;
    return true;
  }
  void over(std::string how) {
    if (!end.empty()) return;
    end = std::move(how);
    if (on_end) on_end();
  }
};

class Body final : public http::ByteStream {
 public:
  explicit Body(Reader& reader) : reader_(reader) {}
  ~Body() override { Body::cut(); }
  bool write(std::string bytes) override { return reader_.take(bytes); }
  void close() override { reader_.over("whole"); }
  void cut() override { reader_.over("cut"); }
  void on_close(std::function<void()> handler) override { reader_.on_end = std::move(handler); }

 private:
  Reader& reader_;
};

class Socket final : public http::WebSocket {
 public:
  explicit Socket(Reader& reader) : reader_(reader) {}
  ~Socket() override { Socket::close(1001, ""); }
  bool send(std::string message, bool) override { return reader_.take(message); }
  void close(std::uint16_t code, std::string_view reason) override {
    reader_.over(std::to_string(code) + " " + std::string{reason});
  }
  void on_message(std::function<void(std::string, bool)>) override {}
  void on_close(std::function<void(std::uint16_t, std::string)> handler) override {
    reader_.on_end = [handler = std::move(handler)] { handler(0, ""); };
  }
  void start() override {}
  void pause() override {}

 private:
  Reader& reader_;
};

class Relays : public ::testing::Test {
 protected:
  void joined_by_body() { relay_->join(std::shared_ptr<http::ByteStream>{std::make_shared<Body>(reader_)}); }
  void joined_by_socket() { relay_->join(std::shared_ptr<http::WebSocket>{std::make_shared<Socket>(reader_)}); }

  Reader reader_;
  std::vector<std::string> ended_;
  const std::shared_ptr<Node> node_ = std::make_shared<Node>();
  std::shared_ptr<Relay> relay_ =
      std::make_shared<Relay>(node_, [this](std::string_view by) { ended_.emplace_back(by); });
};

TEST_F(Relays, ABodyThatTheNodeEndsIsWhole) {
  joined_by_body();
  node_->say("one\n");
  node_->ends();
  EXPECT_EQ(reader_.heard, "one\n");
  EXPECT_EQ(reader_.end, "whole");
  EXPECT_EQ(ended_.size(), 1U);
}

TEST_F(Relays, ABodyWhoseNodeIsLostIsCut) {
  joined_by_body();
  node_->say("one\n");
  node_->breaks("link lost");
  EXPECT_EQ(reader_.heard, "one\n");
  EXPECT_EQ(reader_.end, "cut");
  EXPECT_EQ(ended_.size(), 1U);
}

TEST_F(Relays, ABodyThatARevocationCutsIsCutAtBothEnds) {
  joined_by_body();
  relay_->cut("revoked");
  EXPECT_EQ(reader_.end, "cut");
  EXPECT_FALSE(node_->reset_by_us.empty());
  EXPECT_EQ(ended_, std::vector<std::string>{"cut"});
}

TEST_F(Relays, AReaderOfABodyThatIsTooSlowIsCutAndTheNodeStops) {
  joined_by_body();
  node_->say("one\n");
  reader_.keeps_up = false;
  node_->say("two\n");
  EXPECT_EQ(reader_.heard, "one\n");
  EXPECT_EQ(reader_.end, "cut");
  EXPECT_FALSE(node_->reset_by_us.empty());
  EXPECT_EQ(ended_.size(), 1U);
}

TEST_F(Relays, AReaderOfMessagesThatIsTooSlowIsToldSoAndTheNodeStops) {
  joined_by_socket();
  node_->say(mux::message_text("one", true));
  reader_.keeps_up = false;
  node_->say(mux::message_text("two", true));
  EXPECT_EQ(reader_.heard, "one");
  EXPECT_EQ(reader_.end, "1011 the reader does not keep up");
  EXPECT_FALSE(node_->reset_by_us.empty());
  EXPECT_EQ(ended_.size(), 1U);
}

TEST_F(Relays, MessagesSayWhetherTheirEndWasTheNodesTheNetworksOrARevocations) {
  for (const auto& [ends, said] : std::vector<std::pair<std::function<void()>, std::string>>{
           {[this] { node_->ends(); }, "1000 ended"},
           {[this] { node_->breaks("link lost"); }, "1011 link lost"},
           {[this] { relay_->cut("revoked"); }, "1008 revoked"}}) {
    reader_ = {};
    relay_ = std::make_shared<Relay>(node_, [](std::string_view) {});
    joined_by_socket();
    ends();
    EXPECT_EQ(reader_.end, said);
  }
}

}  // namespace
}  // namespace entrance
