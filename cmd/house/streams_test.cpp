// What is open and why it may be: event streams, the links of nodes and the sessions that are relayed over them,
// against the whole house on both engines. The node is in the test's hand and dials a real server.
#include <gtest/gtest.h>

#include <thread>

#include "cmd/house/asking.hpp"
#include "shared/crypto/crypto.hpp"
#include "shared/http/client.hpp"
#include "shared/http/server.hpp"
#include "shared/mux/messages.hpp"
#include "shared/mux/mux.hpp"
#include "tests/support/engines.hpp"

namespace house {
namespace {

using asking::Reply;

bool eventually(const std::function<bool()>& holds) {
  for (int i = 0; i < 2000; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return false;
}

/// Somebody who follows events: whether the stream stands, and whether the house closed it.
class Follower final : public http::Responder, public std::enable_shared_from_this<Follower> {
 public:
  void answer(http::Response response) override { status = response.status; }
  std::shared_ptr<http::ByteStream> stream(int with, http::Headers) override {
    status = with;
    return std::make_shared<Bytes>(shared_from_this());
  }
  void upgrade(std::string, std::function<void(std::shared_ptr<http::WebSocket>)>) override {}
  bool gone() const override { return false; }

  std::atomic<int> status = 0;
  std::atomic<bool> closed = false;

 private:
  class Bytes final : public http::ByteStream {
   public:
    explicit Bytes(std::shared_ptr<Follower> of) : of_(std::move(of)) {}
    bool write(std::string) override { return !of_->closed; }
    void close() override {
      if (of_->closed.exchange(true)) return;
      if (on_close_) on_close_();
    }
    void cut() override { close(); }
    void on_close(std::function<void()> handler) override { on_close_ = std::move(handler); }

   private:
    const std::shared_ptr<Follower> of_;
    std::function<void()> on_close_;
  };
};

/// A node's one key and name, and as many links as the test wants of it.
class HandNode final {
 public:
  explicit HandNode(std::uint16_t port)
      : client_(
            http::client({.url = "http://127.0.0.1:" + std::to_string(port), .timeout = std::chrono::seconds{10}})) {}

  std::string join(const std::string& token) {
    const std::string body = R"({"token":")" + token + R"(","name":"rack-1","public_key":")" +
                             crypto::base64url(key_.public_key()) + R"(","capacity":{}})";
    return id = member(post("/v1/node-joins", body), "node");
  }
  /// A link of this node, by a challenge signed with that key; nothing when it is refused.
  std::shared_ptr<mux::Link> link(const crypto::SigningKey& signer) {
    const std::string said = member(post("/v1/node-challenges", R"({"node":")" + id + R"("})"), "challenge");
    return dial("gpuaas.node." + id + "." + said + "." + crypto::base64url(signer.sign("gpuaas node link " + said)));
  }
  std::shared_ptr<mux::Link> link() { return link(key_); }
  std::shared_ptr<mux::Link> dial(const std::string& subprotocol, http::Headers headers = {}) {
    auto socket =
        client_->websocket({.method = "GET", .path = "/v1/node-link", .headers = std::move(headers)}, subprotocol);
    if (!socket) return nullptr;
    return mux::attach(std::move(*socket), true,
                       {.opened =
                            [this](std::string what, std::shared_ptr<mux::Stream> stream) {
                              stream->on_data([](std::string) {});
                              stream->on_end([] {});
                              stream->on_reset([this](std::string) { ++resets; });
                              const std::lock_guard lock{mutex_};
                              what_ = std::move(what);
                              stream_ = std::move(stream);
                            },
                        .closed = [](std::string) {}});
  }
  static int report(mux::Link& link, const std::string& node, const std::string& body) {
    std::promise<int> status;
    mux::send_request(link,
                      {.method = "POST",
                       .path = "/v1/nodes/" + node + "/reports",
                       .headers = {{"Content-Type", "application/json"}},
                       .body = body},
                      [&](http::Response response) { status.set_value(response.status); });
    return status.get_future().get();
  }
  /// The newest stream that was opened to it, once there is one.
  std::shared_ptr<mux::Stream> stream() {
    EXPECT_TRUE(eventually([&] {
      const std::lock_guard lock{mutex_};
      return stream_ != nullptr;
    }));
    const std::lock_guard lock{mutex_};
    return std::exchange(stream_, nullptr);
  }

  std::string id;
  std::atomic<int> resets = 0;

 private:
  http::Response post(const std::string& path, const std::string& body) {
    auto answer = client_->send(
        {.method = "POST", .path = path, .headers = {{"Content-Type", "application/json"}}, .body = body});
    EXPECT_TRUE(answer) << answer.error().detail;
    return answer ? *answer : http::Response{};
  }
  static std::string member(const http::Response& answer, const char* name) {
    return Reply{.status = answer.status, .body = answer.body, .headers = {}}.member(name);
  }

  const std::unique_ptr<http::Client> client_;
  const crypto::SigningKey key_ = crypto::SigningKey::generate();
  std::mutex mutex_;
  std::string what_;
  std::shared_ptr<mux::Stream> stream_;
};

class OpenStreams : public test::OnEveryEngine {
 protected:
  void SetUp() override {
    auto opened = asking::open_fresh(test::fresh_database(GetParam()), clock_);
    ASSERT_TRUE(opened) << opened.error().detail;
    house_ = std::move(*opened);
    auto served = http::serve({}, [this](http::Request request, std::shared_ptr<http::Responder> responder) {
      house_->runner().handle(std::move(request), std::move(responder));
    });
    ASSERT_TRUE(served) << served.error().detail;
    server_ = std::move(*served);
    admin_ = house_->bootstrapped()->admin_key;
    acme_ = "/v1/organizations/" + house_->bootstrapped()->organization.text();
    project_ = made(acme_ + "/projects", R"({"name":"lab"})", "id");
  }
  void TearDown() override {
    server_.reset();  // what lives on its threads tells the house first
    house_.reset();
    OnEveryEngine::TearDown();
  }

  struct Person {
    std::string id, key_id, key, binding;
  };
  Person person(const std::string& name, const std::string& role) {
    Person made_one{.id = made(acme_ + "/service-accounts", R"({"name":")" + name + R"("})", "id")};
    made_one.binding =
        made(acme_ + "/bindings", R"({"principal":")" + made_one.id + R"(","role":")" + role + R"("})", "id");
    const Reply key = ask("POST", acme_ + "/api-keys", admin_, R"({"name":"k","principal":")" + made_one.id + R"("})");
    EXPECT_EQ(key.status, 201) << key.body;
    made_one.key = key.member("token");
    made_one.key_id = key.member("id");
    return made_one;
  }
  std::string made(const std::string& path, const std::string& body, const char* member) {
    const Reply reply = ask("POST", path, admin_, body);
    EXPECT_EQ(reply.status, 201) << path << " " << reply.body;
    return reply.member(member);
  }
  Reply ask(const std::string& method, const std::string& path, const std::string& key, const std::string& body = {},
            const std::string& query = {}) {
    return asking::ask(
        *house_, {.method = method,
                  .path = path,
                  .query = query,
                  .headers = {{"Authorization", "Bearer " + key}, {"Idempotency-Key", "k" + std::to_string(++asked_)}},
                  .body = body,
                  .peer = "127.0.0.1:1"});
  }
  std::shared_ptr<Follower> follows(const Person& who) {
    auto follower = std::make_shared<Follower>();
    house_->runner().handle({.method = "GET",
                             .path = acme_ + "/events",
                             .headers = {{"Authorization", "Bearer " + who.key}},
                             .peer = "127.0.0.1:1"},
                            follower);
    EXPECT_TRUE(eventually([&] { return follower->status != 0; }));
    EXPECT_EQ(follower->status, 200);
    return follower;
  }

  /// An instance that runs on that node, as far as the house knows.
  std::string running_on(HandNode& node, mux::Link& link) {
    const std::string capacity =
        R"({"name":"rack-1","capacity":{"cpu_millicores":4000,"memory":34359738368,"gpus":4,"gpu_model":"H100",)"
        R"("gpu_memory":85899345920,"simulated":true},"instances":[]})";
    EXPECT_EQ(HandNode::report(link, node.id, capacity), 200);
    const std::string instance =
        made("/v1/projects/" + project_ + "/instances",
             R"({"name":"train)" + std::to_string(++asked_) + R"(","shape":"sim-h100-1","command":["true"]})", "id");
    const auto state = [&] { return ask("GET", "/v1/instances/" + instance, admin_).member("state"); };
    EXPECT_TRUE(eventually([&] { return state() == "placed"; }));
    const std::string now = base::to_text(clock_.now());
    EXPECT_EQ(HandNode::report(link, node.id,
                               R"({"name":"rack-1","capacity":null,"instances":[{"instance":")" + instance +
                                   R"(","state":"running","at":")" + now + R"(","started_at":")" + now +
                                   R"(","exit":null}]})"),
              200);
    EXPECT_EQ(state(), "running");
    return instance;
  }
  /// The person's own end of a session.
  struct Open {
    std::shared_ptr<http::WebSocket> socket;
    std::shared_ptr<std::atomic<int>> closed = std::make_shared<std::atomic<int>>(0);
  };
  Open opened(const std::string& instance, const Person& who) {
    const Reply session = ask("POST", "/v1/instances/" + instance + "/access-sessions", who.key, "{}");
    EXPECT_EQ(session.status, 201) << session.body;
    const auto client = http::client({.url = "http://127.0.0.1:" + std::to_string(server_->port())});
    auto socket = client->websocket({.method = "GET", .path = session.member("url")},
                                    "gpuaas.ticket." + session.member("ticket"));
    EXPECT_TRUE(socket) << socket.error().detail;
    Open open;
    if (!socket) return open;
    open.socket = std::move(*socket);
    open.socket->on_message([](std::string, bool) {});
    open.socket->on_close([closed = open.closed](std::uint16_t code, std::string) { *closed = code; });
    open.socket->start();
    return open;
  }
  /// How often it is recorded that this was done with the resource; what was committed is in the log a moment later.
  std::size_t records(const std::string& resource, const std::string& action) {
    const Reply page = ask("GET", acme_ + "/audit-records", admin_, "", "resource=" + resource + "&action=" + action);
    const auto parsed = json::Document::parse(page.body);
    return parsed ? (*parsed)["items"].size() : 0;
  }
  std::string ended_by(const std::string& instance) {
    const auto page = json::Document::parse(ask("GET", "/v1/resources/" + instance + "/access-sessions", admin_).body);
    return page && (*page)["items"].size() == 1 ? (*page)["items"][0]["ended_by"].as_text() : "not one session";
  }

  base::WallClock clock_;
  std::unique_ptr<House> house_;
  std::unique_ptr<http::Server> server_;
  std::string admin_, acme_, project_;
  std::atomic<int> asked_ = 0;
};
INSTANTIATE_TEST_SUITE_P(On, OpenStreams, test::engines(), test::engine_name);

TEST_P(OpenStreams, OneIsCutWhenWhatAllowedItEndsAndTheOthersGoOn) {
  const Person unbound = person("unbound", "viewer");
  const Person keyless = person("keyless", "viewer");
  const Person disabled = person("disabled", "viewer");
  const Person stays = person("stays", "viewer");
  const auto of_unbound = follows(unbound), of_keyless = follows(keyless), of_disabled = follows(disabled),
             of_stays = follows(stays);
  EXPECT_EQ(ask("DELETE", acme_ + "/bindings/" + unbound.binding, admin_).status, 200);
  EXPECT_TRUE(eventually([&] { return of_unbound->closed.load(); }));
  EXPECT_FALSE(of_keyless->closed);
  EXPECT_EQ(ask("DELETE", acme_ + "/api-keys/" + keyless.key_id, admin_).status, 200);
  EXPECT_TRUE(eventually([&] { return of_keyless->closed.load(); }));
  EXPECT_FALSE(of_disabled->closed);
  EXPECT_EQ(ask("POST", "/v1/principals/" + disabled.id + "/disable", admin_, "{}").status, 200);
  EXPECT_TRUE(eventually([&] { return of_disabled->closed.load(); }));
  std::this_thread::sleep_for(std::chrono::milliseconds{500});  // two more looks at every stream
  EXPECT_FALSE(of_stays->closed);
}

TEST_P(OpenStreams, ACursorThatTheLogNeverGaveIsRefusedAndTheNewestIsFollowed) {
  const auto follow = [&](const std::string& last, const std::string& query) {
    http::Request request{.method = "GET",
                          .path = acme_ + "/events",
                          .query = query,
                          .headers = {{"Authorization", "Bearer " + admin_}},
                          .peer = "127.0.0.1:1"};
    if (!last.empty()) request.headers.emplace_back("Last-Event-ID", last);
    return asking::ask(*house_, std::move(request));
  };
  std::int64_t newest = 0;
  EXPECT_TRUE(eventually([&] {
    const auto page = json::Document::parse(ask("GET", acme_ + "/audit-records", admin_, "", "limit=500").body);
    if (page && (*page)["items"].size() > 0) newest = (*page)["items"].items().back()["index"].as_int();
    return newest > 0;
  }));
  for (const std::string& last : {std::string{"0"}, std::to_string(newest)}) {
    EXPECT_EQ(follow(last, "").status, 200) << last;
    EXPECT_EQ(follow("", "after=" + last).status, 200) << last;
  }
  for (const std::string last : {"-1", "999999", "x", "1x", "99999999999999999999"}) {
    const Reply reply = follow(last, "");
    EXPECT_EQ(reply.status, 400) << last;
    EXPECT_EQ(reply.reason(), "cursor_unknown") << last;
    EXPECT_NE(reply.member("next"), "") << last;
  }
  for (const std::string after : {"after=-5", "after=999999"}) EXPECT_EQ(follow("", after).status, 400) << after;
}

TEST_P(OpenStreams, OnlyANodeThatProvedItsKeyHasALink) {
  HandNode node{server_->port()};
  ASSERT_FALSE(node.join(house_->bootstrapped()->join_token).empty());
  EXPECT_EQ(node.link(crypto::SigningKey::generate()), nullptr);
  EXPECT_EQ(node.dial("gpuaas.node." + node.id + ".made-up.c2ln"), nullptr);
  EXPECT_EQ(node.dial("", {{"Authorization", "Bearer " + admin_}}), nullptr);  // a person is no node
  EXPECT_EQ(house_->links(), 0);
  const auto link = node.link();
  ASSERT_NE(link, nullptr);
  EXPECT_TRUE(eventually([&] { return house_->links() == 1; }));
  EXPECT_EQ(ask("POST", "/v1/principals/" + node.id + "/disable", admin_, "{}").status, 200);
  EXPECT_TRUE(eventually([&] { return house_->links() == 0 && !link->alive(); }));
  EXPECT_EQ(node.link(), nullptr);
}

TEST_P(OpenStreams, ANewLinkOfANodeReplacesNoneAndEachEndsByItself) {
  HandNode node{server_->port()};
  node.join(house_->bootstrapped()->join_token);
  const auto state = [&] {
    return ask("GET", "/v1/nodes", admin_).body.contains(R"("state":"linked")") ? "linked" : "lost";
  };
  const auto first = node.link();
  const auto second = node.link();
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(eventually([&] { return house_->links() == 2; }));
  EXPECT_TRUE(first->alive());
  const std::string instance = running_on(node, *first);
  first->close("test");
  EXPECT_TRUE(eventually([&] { return house_->links() == 1; }));
  EXPECT_TRUE(second->alive());
  const Open session = opened(instance, person("ann", "project-member"));  // over the second
  EXPECT_NE(node.stream(), nullptr);
  EXPECT_STREQ(state(), "linked");  // by now the end of the first is known to everybody
  second->close("test");
  EXPECT_TRUE(eventually([&] { return house_->links() == 0; }));
  EXPECT_TRUE(eventually([&] { return std::string_view{state()} == "lost"; }));
}

TEST_P(OpenStreams, ASessionIsRecordedWhenItIsAskedForOpensAndEndsWhoeverEndedIt) {
  HandNode node{server_->port()};
  node.join(house_->bootstrapped()->join_token);
  const auto link = node.link();
  ASSERT_NE(link, nullptr);
  const Person ann = person("ann", "project-member");
  const auto ends = [&](const std::string& by, const std::function<void(Open&, mux::Stream&)>& end) {
    const std::string instance = running_on(node, *link);
    EXPECT_EQ(records(instance, "access.session.create"), 0U);
    Open session = opened(instance, ann);
    const auto stream = node.stream();
    ASSERT_NE(stream, nullptr);
    EXPECT_TRUE(eventually([&] { return records(instance, "access.session.open") == 1; })) << by;
    EXPECT_EQ(ended_by(instance), "");
    end(session, *stream);
    EXPECT_TRUE(eventually([&] { return records(instance, "access.session.end") == 1; })) << by;
    EXPECT_EQ(ended_by(instance), by);
    EXPECT_TRUE(eventually([&] { return records(instance, "access.session.create") == 1; })) << by;
    EXPECT_EQ(records(instance, "access.session.open"), 1U);
    EXPECT_EQ(records(instance, "access.session.end"), 1U);
    EXPECT_TRUE(eventually([&] { return *session.closed != 0; })) << by;
  };
  ends("closed", [](Open& session, mux::Stream&) { session.socket->close(1000, "bye"); });
  ends("node", [](Open&, mux::Stream& stream) { stream.end(); });
  ends("node", [](Open&, mux::Stream& stream) { stream.reset("it broke"); });
  const int before = node.resets;
  ends("cut", [&](Open& session, mux::Stream&) {
    EXPECT_EQ(ask("DELETE", acme_ + "/bindings/" + ann.binding, admin_).status, 200);
    EXPECT_TRUE(eventually([&] { return *session.closed == 1008; }));
  });
  EXPECT_TRUE(eventually([&] { return node.resets > before; }));  // and its end at the node too
}

TEST_P(OpenStreams, ALogIsAWholeBodyOnlyWhenItsNodeEndedIt) {
  HandNode node{server_->port()};
  node.join(house_->bootstrapped()->join_token);
  const auto link = node.link();
  ASSERT_NE(link, nullptr);
  const Person ann = person("ann", "project-member");
  const Person bob = person("bob", "project-member");
  const std::string instance = running_on(node, *link);
  const auto whole = [&](const Person& who, const std::function<void(mux::Stream&)>& end) {
    std::atomic<std::size_t> read = 0;
    std::promise<bool> ended;
    std::thread reader{[&] {
      const auto client = http::client({.url = "http://127.0.0.1:" + std::to_string(server_->port())});
      const auto done = client->stream(
          {.method = "GET",
           .path = "/v1/instances/" + instance + "/logs",
           .query = "follow=true",
           .headers = {{"Authorization", "Bearer " + who.key}}},
          [](const http::Response& head) { return head.status == 200; },
          [&](std::string_view piece) {
            read += piece.size();
            return true;
          });
      ended.set_value(done.has_value());
    }};
    if (const auto stream = node.stream()) {
      stream->write("one line\n");
      EXPECT_TRUE(eventually([&] { return read == 9; }));
      end(*stream);
    }
    reader.join();
    return ended.get_future().get();
  };
  EXPECT_TRUE(whole(ann, [](mux::Stream& stream) { stream.end(); }));
  EXPECT_FALSE(whole(ann, [](mux::Stream& stream) { stream.reset("it broke"); }));
  EXPECT_FALSE(whole(
      ann, [&](mux::Stream&) { EXPECT_EQ(ask("DELETE", acme_ + "/api-keys/" + ann.key_id, admin_).status, 200); }));
  EXPECT_FALSE(whole(bob, [&](mux::Stream&) { link->close("the node stops"); }));
}

}  // namespace
}  // namespace house
