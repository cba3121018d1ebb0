#include "cmd/cli/session.hpp"

#include <algorithm>
#include <thread>

#include "cmd/cli/words/arguments.hpp"
#include "cmd/cli/words/terminal.hpp"
#include "shared/base/random.hpp"

namespace cli {
namespace {

constexpr std::chrono::seconds answer_time{60};
constexpr std::chrono::seconds retry_after_max = std::chrono::days{1};

std::string query_text(const std::vector<std::pair<std::string, std::string>>& query) {
  std::string out;
  for (const auto& [name, value] : query)
    out += (out.empty() ? "" : "&") + http::percent_encode(name) + "=" + http::percent_encode(value);
  return out;
}

std::optional<std::chrono::seconds> retry_after(const http::Response& response) {
  const auto sent = http::find(response.headers, "Retry-After");
  const auto seconds = sent ? whole_number(*sent) : std::nullopt;
  return seconds ? std::optional{std::chrono::seconds{std::clamp<std::int64_t>(*seconds, 0, retry_after_max.count())}}
                 : std::nullopt;
}

std::string request_id(const http::Response& response) {
  return std::string{http::find(response.headers, "X-Request-Id").value_or("")};
}

Trouble trouble_of(const base::Error& error) {
  return error.detail.find("refused") == std::string::npos ? Trouble::lost : Trouble::refused;
}

}  // namespace

std::string random_key() {
  static constexpr std::string_view digits = "0123456789abcdef";
  constexpr std::size_t bytes = 16;
  const base::Random::Key key = base::Random::kernel_key();
  std::string out;
  for (std::size_t i = 0; i < bytes; ++i) {
    out += digits[key[i] >> 4];
    out += digits[key[i] & 15];
  }
  return out;
}

Session::Session(Server server)
    : server_(std::move(server)),
      client_(http::client({.url = server_.url, .ca_file = server_.ca_file, .timeout = answer_time})) {}

http::Request Session::request(const Ask& ask) const {
  http::Request request{
      .method = ask.method, .path = ask.path, .query = query_text(ask.query), .headers = ask.headers, .body = ask.body};
  request.headers.emplace_back("User-Agent", "gpuaas-cli");
  if (!server_.token.empty()) request.headers.emplace_back("Authorization", "Bearer " + server_.token);
  if (!ask.body.empty()) request.headers.emplace_back("Content-Type", "application/json");
  if (ask.method != "GET") request.headers.emplace_back("Idempotency-Key", random_key());
  return request;
}

Failure Session::nobody(const base::Error& error) const {
  if (error.reason.kind == base::Kind::invalid)
    return {.exit = Exit::usage, .what = error.detail, .next = "Give --url or GPUAAS_URL as http://HOST:PORT."};
  return {
      .exit = Exit::unavailable,
      .what = error.detail.find(server_.url) == std::string::npos ? server_.url + ": " + error.detail : error.detail,
      .next = "Is the server running? Try again in a moment, or give another --url."};
}

Outcome<http::Response> Session::call(const Ask& ask) {
  const http::Request sent = request(ask);
  Backoff backoff;
  while (true) {
    auto answer = client_->send(sent);
    std::optional<std::chrono::milliseconds> wait;
    if (!answer) {
      if (answer.error().reason.kind == base::Kind::unavailable) wait = backoff.next(trouble_of(answer.error()));
      if (!wait) return std::unexpected(nobody(answer.error()));
    } else if (answer->status / 100 == 2) {
      return std::move(*answer);
    } else {
      Failure failure = failure_of(answer->status, answer->body, request_id(*answer));
      const auto problem = json::Document::parse(answer->body);
      const auto trouble = cli::trouble_of(answer->status, problem ? (*problem)["reason"].as_text() : "");
      if (trouble) wait = backoff.next(*trouble, retry_after(*answer));
      if (!wait) return std::unexpected(std::move(failure));
    }
    std::this_thread::sleep_for(*wait);
  }
}

Outcome<json::Document> Session::read(const Ask& ask) {
  auto answer = call(ask);
  if (!answer) return std::unexpected(answer.error());
  auto parsed = json::Document::parse(answer->body.empty() ? "null" : answer->body);
  if (!parsed)
    return std::unexpected(Failure{.exit = Exit::failed,
                                   .what = "the answer is no JSON: " + parsed.error().detail,
                                   .next = "Is " + server_.url + " a GPUaaS server?",
                                   .request = request_id(*answer)});
  return std::move(*parsed);
}

Outcome<void> Session::stream(const Ask& ask, const std::function<void()>& begins,
                              const std::function<bool(std::string_view)>& piece) {
  http::Response head;
  std::string refused;
  auto done = client_->stream(
      request(ask),
      [&](const http::Response& response) {
        head = response;
        if (head.status == 200) begins();
        return true;
      },
      [&](std::string_view bytes) {
        if (head.status == 200) return piece(bytes);
        refused += bytes;
        return true;
      });
  if (!done && head.status == 200)
    return std::unexpected(Failure{
        .exit = Exit::unavailable, .what = "the stream broke off before its end", .next = "Try again in a moment."});
  if (!done) return std::unexpected(nobody(done.error()));
  if (head.status != 200) return std::unexpected(failure_of(head.status, refused, request_id(head)));
  return {};
}

Outcome<std::shared_ptr<http::WebSocket>> Session::websocket(const std::string& path, const std::string& subprotocol) {
  std::optional<Failure> refused;
  auto opened = client_->websocket({.method = "GET", .path = path}, subprotocol, [&](const http::Response& answer) {
    refused = failure_of(answer.status, answer.body, request_id(answer));
  });
  if (opened) return std::move(*opened);
  return std::unexpected(refused ? std::move(*refused) : nobody(opened.error()));
}

}  // namespace cli
