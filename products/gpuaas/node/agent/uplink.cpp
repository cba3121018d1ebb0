#include "products/gpuaas/node/agent/uplink.hpp"

#include <fstream>
#include <future>

#include "products/gpuaas/node/agent/files.hpp"
#include "shared/json/document.hpp"
#include "shared/telemetry/log.hpp"

namespace agent {
namespace {

constexpr std::chrono::seconds answer_time{10};
constexpr std::chrono::seconds dial_time{5};
constexpr std::string_view signed_text = "gpuaas node link ";  // before the challenge: a signature for this use only

base::Error refusal(const http::Response& response) {
  const auto body = json::Document::parse(response.body);
  std::string detail = "the server answered " + std::to_string(response.status);
  if (body && !(*body)["detail"].as_text().empty()) detail += ": " + (*body)["detail"].as_text();
  const bool unknown = response.status == 401 || response.status == 403 || response.status == 404;
  return {unknown ? not_joined : base::unavailable, detail};
}

}  // namespace

base::Result<std::unique_ptr<Uplink>> Uplink::open(Options options) {
  const auto key_file = options.directory / "node.key";
  if (!std::filesystem::exists(key_file)) {
    const auto fresh = crypto::SigningKey::generate();
    if (auto saved = fresh.save(key_file); !saved) return saved.error();
  }
  auto key = crypto::SigningKey::load(key_file);
  if (!key) return key.error();
  auto uplink = std::unique_ptr<Uplink>(new Uplink(std::move(options), std::move(*key)));
  uplink->node_id_ = read_file(uplink->options_.directory / "node.id").value_or("");
  return uplink;
}

base::Result<std::unique_ptr<Uplink>> Uplink::sibling(const std::string& server) const {
  Options options = options_;
  options.server = server;
  options.join_token_file.clear();  // who joined is known to all replicas
  return open(std::move(options));
}

Uplink::Uplink(Options options, crypto::SigningKey key)
    : options_(std::move(options)),
      key_(std::move(key)),
      client_(http::client({.url = options_.server, .timeout = dial_time})) {}

Uplink::~Uplink() { close(); }

base::Result<void> Uplink::join() {
  const auto token = read_file(options_.join_token_file);
  if (!token) return base::Error{not_joined, "there is no join token"};
  json::Writer body;
  body.object().member("token", *token).member("name", options_.name);
  body.member("public_key", crypto::base64url(key_.public_key())).key("capacity").raw(options_.capacity).end();
  auto answer = client_->send({.method = "POST",
                               .path = "/v1/node-joins",
                               .headers = {{"Content-Type", "application/json"}},
                               .body = body.take()});
  if (!answer) return answer.error();
  if (answer->status != 201) return refusal(*answer);
  const auto joined = json::Document::parse(answer->body);
  if (!joined) return joined.error();
  node_id_ = (*joined)["node"].as_text();
  return write_file(options_.directory / "node.id", node_id_);
}

base::Result<std::string> Uplink::challenge() {
  json::Writer body;
  body.object().member("node", node_id_).end();
  auto answer = client_->send({.method = "POST",
                               .path = "/v1/node-challenges",
                               .headers = {{"Content-Type", "application/json"}},
                               .body = body.take()});
  if (!answer) return answer.error();
  if (answer->status >= 300) return refusal(*answer);
  const auto given = json::Document::parse(answer->body);
  if (!given) return given.error();
  return (*given)["challenge"].as_text();
}

base::Result<void> Uplink::connect(std::function<void(std::string, std::shared_ptr<mux::Stream>)> opened,
                                   std::function<void()> closed) {
  if (node_id_.empty())
    if (auto joined = join(); !joined) return joined.error();
  auto given = challenge();
  if (!given && given.error().reason == not_joined && std::filesystem::exists(options_.join_token_file)) {
    if (auto joined = join(); !joined) return joined.error();  // another installation, or one made anew
    given = challenge();
  }
  if (!given) return given.error();
  const std::string signature = crypto::base64url(key_.sign(std::string{signed_text} + *given));
  auto socket = client_->websocket({.method = "GET", .path = "/v1/node-link"},
                                   "gpuaas.node." + node_id_ + "." + *given + "." + signature);
  if (!socket) return socket.error();
  auto link = mux::attach(std::move(*socket), true,
                          {.opened = std::move(opened), .closed = [closed = std::move(closed)](std::string reason) {
                             telemetry::warning("the link to the server is lost", {{"reason", reason}});
                             closed();
                           }});
  const std::lock_guard lock{mutex_};
  link_ = std::move(link);
  return {};
}

std::shared_ptr<mux::Link> Uplink::link() const {
  const std::lock_guard lock{mutex_};
  return link_;
}

bool Uplink::alive() const {
  const auto now = link();
  return now && now->alive();
}

void Uplink::close() {
  std::shared_ptr<mux::Link> last;
  {
    const std::lock_guard lock{mutex_};
    last.swap(link_);
  }
  if (last) last->close("node stops");
}

base::Result<http::Response> Uplink::call(http::Request request) {
  const auto now = link();
  if (!now) return base::Error{base::unavailable, "no link"};
  auto promise = std::make_shared<std::promise<http::Response>>();
  auto answered = promise->get_future();
  mux::send_request(*now, request, [promise](http::Response response) { promise->set_value(std::move(response)); });
  if (answered.wait_for(answer_time) != std::future_status::ready)
    return base::Error{base::unavailable, "no answer to " + request.path};
  auto response = answered.get();
  if (response.status == 0) return base::Error{base::unavailable, "the link was lost"};
  return response;
}

void Uplink::send(http::Request request) {
  if (const auto now = link()) mux::send_request(*now, request, [](http::Response) {});
}

std::shared_ptr<mux::Stream> Uplink::follow(const std::string& path, std::function<void(std::string_view)> piece) {
  const auto now = link();
  if (!now) return nullptr;
  return mux::follow_request(
      *now, {.method = "GET", .path = path}, [](http::Response) {}, [piece](std::string text) { piece(text); },
      [piece] { piece({}); });
}

}  // namespace agent
