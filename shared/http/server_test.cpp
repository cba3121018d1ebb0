#include "shared/http/server.hpp"

#include <gtest/gtest.h>

#include "shared/http/client.hpp"
#include "shared/http/raw_test.hpp"

namespace http {
namespace {

using namespace std::chrono_literals;
using test::eventually;
using test::Heard;
using test::Raw;

void echo(Request request, std::shared_ptr<Responder> responder) {
  responder->answer({200,
                     {{"Content-Type", "text/plain"}},
                     request.method + " " + request.path + "?" + request.query + " " + request.body});
}

struct Running {
  explicit Running(Handler handler, Limits limits = {}, ServerOptions options = {}) {
    options.limits = limits;
    auto served = serve(options, std::move(handler));
    if (!served) throw std::runtime_error(served.error().detail);
    server = std::move(*served);
  }
  std::uint16_t port() const { return server->port(); }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port()); }
  std::unique_ptr<Client> client() const { return http::client({.url = url()}); }
  std::string tell(std::string_view bytes) const {
    Raw raw{port()};
    raw.send(bytes);
    return raw.read_all();
  }

  std::unique_ptr<Server> server;
};

bool refused(const std::string& answer, int status, std::string_view reason) {
  return answer.starts_with("HTTP/1.1 " + std::to_string(status) + " ") &&
         answer.find("application/problem+json") != answer.npos &&
         answer.find("\"reason\":\"" + std::string{reason} + "\"") != answer.npos &&
         answer.find("\"request_id\":\"req_") != answer.npos && answer.find("Connection: close") != answer.npos;
}

std::size_t count(std::string_view text, std::string_view of) {
  std::size_t times = 0;
  for (auto at = text.find(of); at != text.npos; at = text.find(of, at + of.size())) ++times;
  return times;
}

// --- limits, each by its name ---

TEST(Limit, AHeadBeyondItsLimitIsRefused) {
  Running running{echo, {.head = 2048}};
  const auto answer = running.tell("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(4096, 'x') + "\r\n\r\n");
  EXPECT_TRUE(refused(answer, 431, "header_too_large")) << answer;
}

TEST(Limit, AHeadThatNeverEndsIsRefusedAtTheLimit) {
  Running running{echo, {.head = 2048}};
  EXPECT_TRUE(
      refused(running.tell("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(100'000, 'x')), 431, "header_too_large"));
}

TEST(Limit, ABodyThatPromisesTooMuchIsRefusedAtOnce) {
  Running running{echo, {.body = 1000}};
  const auto answer = running.tell("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n");
  EXPECT_TRUE(refused(answer, 413, "too_large")) << answer;
}

TEST(Limit, AChunkedBodyIsRefusedWhereItPassesTheLimit) {
  Running running{echo, {.body = 1000}};
  const std::string chunk = "258\r\n" + std::string(600, 'x') + "\r\n";
  const auto answer = running.tell("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + chunk);
  EXPECT_TRUE(refused(answer, 413, "too_large")) << answer;
}

TEST(Limit, ABodyOfExactlyTheLimitPasses) {
  Running running{echo, {.body = 1000}};
  const auto answer = running.client()->send({.method = "POST", .path = "/", .body = std::string(1000, 'x')});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
}

TEST(Limit, ASlowHeadIsRefused) {
  Running running{echo, {.head_time = 40ms}};
  const auto answer = running.tell("GET / HTTP/1.1\r\nHost: a\r\n");
  EXPECT_TRUE(refused(answer, 408, "timeout")) << answer;
}

TEST(Limit, ASlowBodyIsRefused) {
  Running running{echo, {.body_time = 40ms}};
  const auto answer = running.tell("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
  EXPECT_TRUE(refused(answer, 408, "timeout")) << answer;
}

TEST(Limit, AConnectionTooManyIsToldSo) {
  Running running{echo, {.connections = 2}};
  Raw first{running.port()};
  Raw second{running.port()};
  ASSERT_TRUE(eventually([&] { return running.server->connections() == 2; }));
  const auto answer = running.tell("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(refused(answer, 503, "overloaded")) << answer;
  first.close();
  EXPECT_TRUE(eventually([&] { return running.server->connections() < 2; }));
  EXPECT_TRUE(running.client()->send({.method = "GET", .path = "/"}));
}

TEST(Limit, AnIdleConnectionIsClosedWithoutAWord) {
  Running running{echo, {.idle = 40ms}};
  Raw raw{running.port()};
  EXPECT_EQ(raw.read_all(), "");
  EXPECT_TRUE(eventually([&] { return running.server->connections() == 0; }));
}

// --- what is malformed is refused, not guessed ---

TEST(Malformed, IsRefusedByName) {
  Running running{echo};
  const std::vector<std::string> requests{
      "nonsense\r\n\r\n",
      "GET / HTTP/9.9\r\nHost: a\r\n\r\n",
      "GET nowhere HTTP/1.1\r\nHost: a\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",                        // no Host
      "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",  // two of them
      "GET / HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n",
      "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
  };
  for (const auto& request : requests) {
    const auto answer = running.tell(request);
    EXPECT_TRUE(refused(answer, 400, "malformed")) << request << "\n=> " << answer;
  }
}

// --- requests and answers ---

TEST(Server, KeepsTheConnectionBetweenRequests) {
  std::mutex mutex;
  std::set<std::string> peers;
  Running running{[&](Request request, std::shared_ptr<Responder> responder) {
    {
      const std::scoped_lock lock{mutex};
      peers.insert(request.peer);
    }
    responder->answer({204});
  }};
  const auto client = running.client();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(client->send({.method = "GET", .path = "/"})->status, 204);
  EXPECT_EQ(peers.size(), 1U);
}

TEST(Server, AnswersPipelinedRequestsInTheirOrder) {
  std::vector<std::shared_ptr<Responder>> waiting;
  Running running{[&](Request request, std::shared_ptr<Responder> responder) {
    // Odd ones are answered by another thread, later than the next one could have been.
    if (request.path.back() % 2 == 0) return responder->answer({200, {}, "[" + request.path + "]"});
    std::thread{[responder, path = request.path] { responder->answer({200, {}, "[" + path + "]"}); }}.detach();
  }};
  Raw raw{running.port()};
  std::string all;
  for (int i = 0; i < 10; ++i)
    all += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n" + (i == 9 ? "Connection: close\r\n" : "") + "\r\n";
  raw.send(all);
  const std::string answers = raw.read_all();
  std::size_t at = 0;
  for (int i = 0; i < 10; ++i) {
    at = answers.find("[/" + std::to_string(i) + "]", at);
    ASSERT_NE(at, answers.npos) << i << answers;
  }
}

TEST(Server, ReadsAChunkedBodyByteByByteAndLeavesTrailersOut) {
  Running running{[](Request request, std::shared_ptr<Responder> responder) {
    responder->answer({200, {}, request.body + (find(request.headers, "x-late") ? " late" : "")});
  }};
  Raw raw{running.port()};
  for (const char letter :
       std::string_view{"POST /c HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "5;note=x\r\nhello\r\n6\r\n world\r\n0\r\nX-Late: 1\r\n\r\n"})
    raw.send({&letter, 1});
  const auto answer = raw.read_all();
  EXPECT_TRUE(answer.ends_with("\r\n\r\nhello world")) << answer;
}

TEST(Server, ContinuesOnlyForABodyItWillTake) {
  Running running{echo, {.body = 100}};
  Raw raw{running.port()};
  raw.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(raw.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  raw.send("ok");
  EXPECT_TRUE(raw.read_until(" ok").ends_with("POST /? ok"));
  const auto answer = running.tell("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 200\r\n\r\n");
  EXPECT_TRUE(refused(answer, 413, "too_large")) << answer;
}

TEST(Server, AnswersHeadLikeGetWithoutTheBody) {
  Running running{echo};
  const auto answer = running.tell("HEAD /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << answer;
  EXPECT_NE(answer.find("Content-Length: 8"), answer.npos) << answer;
}

TEST(Server, SendsALargeAnswerWhole) {
  const std::string large(24 << 20, 'q');
  Running running{[&](Request, std::shared_ptr<Responder> responder) { responder->answer({200, {}, large}); }};
  const auto client = running.client();
  for (int i = 0; i < 3; ++i) {
    const auto answer = client->send({.method = "GET", .path = "/"});
    ASSERT_TRUE(answer) << answer.error().detail;
    EXPECT_EQ(answer->body, large);
  }
}

TEST(Server, SpeaksHttp10) {
  Running running{echo};
  const auto answer = running.tell("GET /x HTTP/1.0\r\n\r\n");
  EXPECT_NE(answer.find("Connection: close"), answer.npos);
  EXPECT_TRUE(answer.ends_with("GET /x? "));
  EXPECT_EQ(count(running.tell("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /y HTTP/1.0\r\n\r\n"), "200 OK"),
            2U);
}

TEST(Server, AnswersForAHandlerThatDropsTheRequest) {
  Running running{[](Request, std::shared_ptr<Responder>) {}};
  const auto answer = running.client()->send({.method = "GET", .path = "/"});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 500);
  EXPECT_NE(answer->body.find("\"reason\":\"internal\""), std::string::npos);
}

std::string id_in(std::string_view answer) {
  const std::string_view name = "X-Request-Id: ";
  if (count(answer, name) != 1) return "not one";
  answer.remove_prefix(answer.find(name) + name.size());
  return std::string{answer.substr(0, answer.find('\r'))};
}

TEST(Server, GivesEachAnswerARequestIdUnlessTheHandlerDid) {
  Running running{[](Request request, std::shared_ptr<Responder> responder) {
    if (request.path == "/own") return responder->answer({200, {{"x-request-id", "req_own"}}, ""});
    if (request.path == "/stream") return responder->stream(200, {})->close();
    responder->answer({200, {}, ""});
  }};
  const auto get = [&](const std::string& path) {
    return running.tell("GET " + path + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  };
  EXPECT_TRUE(id_in(get("/")).starts_with("req_")) << get("/");
  EXPECT_NE(id_in(get("/")), id_in(get("/")));
  EXPECT_TRUE(id_in(get("/stream")).starts_with("req_")) << get("/stream");
  EXPECT_EQ(count(get("/own"), "X-Request-Id"), 0U);
}

TEST(Server, ARefusalOfItsOwnSaysTheSameRequestIdInHeadAndBodyAndWhereItIsExplained) {
  Running running{echo};
  const std::string answer = running.tell("GET\r\n\r\n");
  EXPECT_NE(answer.find("\"request_id\":\"" + id_in(answer) + "\""), answer.npos) << answer;
  EXPECT_NE(answer.find(R"("type":"/docs/problems/malformed")"), answer.npos) << answer;
}

TEST(Server, SpokenToInTlsOnAPlainPortItRefusesAtTheFirstByte) {
  Running running{echo, {.head_time = std::chrono::minutes{10}}};
  Raw raw{running.port()};
  raw.send("\x16\x03\x01");
  const std::string answer = raw.read_all();
  EXPECT_TRUE(refused(answer, 400, "malformed")) << answer;
  EXPECT_NE(answer.find("begin its URL with http://"), answer.npos) << answer;
}

TEST(Server, NeverLetsAHeaderBecomeTwo) {
  Running running{[](Request, std::shared_ptr<Responder> responder) {
    responder->answer({200, {{"X-Name", "a\r\nSet-Cookie: b=c"}}, "x"});
  }};
  const auto answer = running.client()->send({.method = "GET", .path = "/"});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 500);
  EXPECT_FALSE(find(answer->headers, "set-cookie"));
}

TEST(Server, TellsARunningRequestThatItsPeerIsGone) {
  Heard heard;
  std::mutex mutex;
  std::shared_ptr<Responder> kept;
  Running running{[&](Request, std::shared_ptr<Responder> responder) {
    const std::scoped_lock lock{mutex};
    kept = std::move(responder);
  }};
  Raw raw{running.port()};
  raw.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto current = [&] {
    const std::scoped_lock lock{mutex};
    return kept;
  };
  ASSERT_TRUE(eventually([&] { return current() != nullptr; }));
  EXPECT_FALSE(current()->gone());
  raw.close();
  EXPECT_TRUE(eventually([&] { return current()->gone(); }));
}

TEST(Server, AResponderMayOutliveTheServer) {
  std::shared_ptr<Responder> kept;
  std::atomic<bool> has{false};
  auto running = std::make_unique<Running>([&](Request, std::shared_ptr<Responder> responder) {
    kept = std::move(responder);
    has = true;
  });
  Raw raw{running->port()};
  raw.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(eventually([&] { return has.load(); }));
  running->server->drain(0ms);
  running.reset();
  EXPECT_TRUE(kept->gone());
  kept->answer({200, {}, "too late"});
  kept.reset();
}

TEST(Server, ServesTwoHundredConnectionsAtOnce) {
  Running running{[](Request, std::shared_ptr<Responder> responder) { responder->answer({200, {}, "here"}); }};
  std::vector<std::unique_ptr<Raw>> all;
  for (int i = 0; i < 200; ++i) {
    all.push_back(std::make_unique<Raw>(running.port()));
    ASSERT_TRUE(all.back()->connected());
  }
  for (int round = 0; round < 3; ++round) {
    for (const auto& each : all) each->send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    for (const auto& each : all) EXPECT_TRUE(each->read_until("here").starts_with("HTTP/1.1 200 OK"));
  }
  EXPECT_EQ(running.server->connections(), 200);
}

// --- where it listens ---

TEST(Listening, APortInUseIsNamed) {
  Running running{echo};
  const auto second = serve({.port = running.port()}, echo);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, port_in_use);
  EXPECT_NE(second.error().detail.find(std::to_string(running.port())), std::string::npos);
}

TEST(Listening, BeyondLoopbackNeedsTls) {
  const auto server = serve({.address = "0.0.0.0"}, echo);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().reason, tls_needed);
}

TEST(Listening, ACertificateThatCannotBeReadIsNamedWithWhy) {
  const auto server = serve({.cert_file = "/nowhere/cert.pem", .key_file = "/nowhere/key.pem"}, echo);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().reason, certificate_refused);
  EXPECT_EQ(server.error().detail, "certificate file /nowhere/cert.pem: No such file or directory");
}

TEST(Listening, AnAddressWithColonsStandsInBracketsInItsUrl) {
  const Running four{echo};
  EXPECT_EQ(four.server->url(), four.url());
  auto six = serve({.address = "::1"}, echo);
  if (!six) GTEST_SKIP() << "no IPv6 here: " << six.error().detail;
  EXPECT_EQ((*six)->url(), "http://[::1]:" + std::to_string((*six)->port()));
  const auto answer = client({.url = (*six)->url()})->send({.method = "GET", .path = "/x"});
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->body, "GET /x? ");
}

// --- draining ---

TEST(Drain, LetsARunningRequestFinishAndTakesNoNewOne) {
  std::atomic<bool> running_now{false};
  std::atomic<bool> go{false};
  Running running{[&](Request, std::shared_ptr<Responder> responder) {
    running_now = true;
    std::thread{[&go, responder] {
      eventually([&] { return go.load(); });
      responder->answer({200, {}, "finished"});
    }}.detach();
  }};
  Raw raw{running.port()};
  Raw idle{running.port()};
  raw.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(eventually([&] { return running_now.load(); }));
  std::thread drainer{[&] { running.server->drain(test::patience); }};
  EXPECT_EQ(idle.read_all(), "");
  EXPECT_TRUE(eventually([&] { return !Raw{running.port()}.connected(); }));
  go = true;
  const auto answer = raw.read_all();
  EXPECT_TRUE(answer.ends_with("finished")) << answer;
  EXPECT_NE(answer.find("Connection: close"), answer.npos);
  raw.close();
  drainer.join();
  EXPECT_EQ(running.server->connections(), 0);
}

TEST(Drain, RunsWhatWasPutOffAndThenStops) {
  Heard heard;
  Running running{echo};
  running.server->after(1ms, [&] { heard.say("ran"); });
  EXPECT_TRUE(heard.wait(1));
  running.server->after(1h, [&] { heard.say("never"); });
  running.server->drain(0ms);
  EXPECT_EQ(heard.count(), 1U);
}

// --- the client's own manners ---

TEST(Client, AsksOnceMoreWhenTheKeptConnectionHadGone) {
  Running running{echo, {.idle = 40ms}};
  const auto client = running.client();
  ASSERT_TRUE(client->send({.method = "GET", .path = "/a"}));
  ASSERT_TRUE(eventually([&] { return running.server->connections() == 0; }));
  const auto answer = client->send({.method = "POST", .path = "/b", .body = "x"});
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->body, "POST /b? x");
}

TEST(Client, SaysUnavailableWhenNobodyListensOrNobodyAnswers) {
  std::uint16_t port = 0;
  {
    Running running{echo};
    port = running.port();
  }
  const auto none = client({.url = "http://127.0.0.1:" + std::to_string(port)})->send({.method = "GET", .path = "/"});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().reason, base::unavailable);

  std::mutex mutex;
  std::vector<std::shared_ptr<Responder>> kept;
  Running silent{[&](Request, std::shared_ptr<Responder> responder) {
    const std::scoped_lock lock{mutex};
    kept.push_back(std::move(responder));
  }};
  const auto late = client({.url = silent.url(), .timeout = 50ms})->send({.method = "POST", .path = "/"});
  ASSERT_FALSE(late);
  EXPECT_NE(late.error().detail.find("timed out"), std::string::npos);
  const std::scoped_lock lock{mutex};
  EXPECT_EQ(kept.size(), 1U);  // a POST is not sent twice
  kept.clear();
}

TEST(Client, RefusesAnAddressWithoutAScheme) {
  EXPECT_EQ(client({.url = "127.0.0.1:80"})->send({.method = "GET", .path = "/"}).error().reason, base::invalid);
}

TEST(Text, QueriesAreSplitAndDecodedOrRefused) {
  const auto query = parse_query("a=1&b=x%20y+z&c&a=%C3%A4");
  ASSERT_TRUE(query);
  EXPECT_EQ(*query,
            (std::vector<std::pair<std::string, std::string>>{{"a", "1"}, {"b", "x y z"}, {"c", ""}, {"a", "ä"}}));
  for (const auto* bad : {"a=%", "a=%1", "a=%zz"}) EXPECT_FALSE(parse_query(bad)) << bad;
  EXPECT_EQ(percent_encode("a b/ä~"), "a%20b%2F%C3%A4~");
  EXPECT_EQ(percent_decode("a+b%2F"), "a+b/");
}

}  // namespace
}  // namespace http
