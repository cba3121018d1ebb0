#include "cmd/server/edge.hpp"

#include <fstream>
#include <sstream>

#include "shared/crypto/crypto.hpp"

namespace server {
namespace {

constexpr std::string_view nonce_placeholder = "__CSP_NONCE__";

std::string type_of(const std::filesystem::path& path) {
  static const std::unordered_map<std::string, std::string> types{{".html", "text/html; charset=utf-8"},
                                                                  {".js", "text/javascript; charset=utf-8"},
                                                                  {".css", "text/css; charset=utf-8"},
                                                                  {".svg", "image/svg+xml"},
                                                                  {".png", "image/png"},
                                                                  {".woff2", "font/woff2"},
                                                                  {".json", "application/json"},
                                                                  {".txt", "text/plain; charset=utf-8"}};
  const auto found = types.find(path.extension().string());
  return found == types.end() ? "application/octet-stream" : found->second;
}

http::Response text(int status, std::string body, std::string type = "text/plain; charset=utf-8") {
  return {.status = status,
          .headers = {{"Content-Type", std::move(type)},
                      {"Cache-Control", "no-store"},
                      {"X-Content-Type-Options", "nosniff"}},
          .body = std::move(body)};
}

// Styles need a nonce because the components write some while they run; nothing else may come from anywhere but here.
std::string policy(const std::string& nonce) {
  return "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-" + nonce +
         "'; connect-src 'self'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; worker-src 'self'; "
         "base-uri 'none'; form-action 'self'; "
         "frame-ancestors 'none'";
}

}  // namespace

Edge::Edge(house::House& house, std::filesystem::path console)
    : house_(house), contract_(request::openapi(house.runner().routes())), docs_(house.runner().routes()) {
  if (!console.empty() && std::filesystem::is_directory(console)) load(console);
}

void Edge::load(const std::filesystem::path& folder) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in{entry.path(), std::ios::binary};
    std::ostringstream body;
    body << in.rdbuf();
    const std::string path = "/" + std::filesystem::relative(entry.path(), folder).generic_string();
    files_[path] = {.type = type_of(entry.path()), .body = body.str(), .hashed = path.starts_with("/assets/")};
  }
}

void Edge::handle(http::Request request, std::shared_ptr<http::Responder> responder) const {
  if (request.path.starts_with("/v1/")) return house_.runner().handle(std::move(request), std::move(responder));
  if (request.method != "GET" && request.method != "HEAD") return responder->answer(text(405, "Only GET here.\n"));
  if (request.path == "/healthz") return responder->answer(text(200, "ok\n"));
  if (request.path == "/readyz") {
    const bool ready = house_.ready();
    return responder->answer(text(ready ? 200 : 503, ready ? "ready\n" : "the log is not heard\n"));
  }
  if (request.path == "/metrics")
    return responder->answer(text(200, house_.metrics(), "text/plain; version=0.0.4; charset=utf-8"));
  if (request.path == "/openapi.json") return responder->answer(text(200, contract_, "application/json"));
  if (Docs::owns(request.path)) return responder->answer(docs_.answer(request.path));
  responder->answer(page(request.path));
}

http::Response Edge::page(const std::string& path) const {
  if (files_.empty()) return text(404, "The console is not built. Next: cd web && npm ci && npm run build\n");
  const auto found = files_.find(path);
  if (found == files_.end() || path == "/index.html") {
    // A page's URL is the console's own to read; a file that is not there is not.
    return path.starts_with("/assets/") ? text(404, "Not there.\n") : index();
  }
  http::Response response = text(200, found->second.body, found->second.type);
  response.headers[1].second = found->second.hashed ? "public, max-age=31536000, immutable" : "public, max-age=300";
  return response;
}

http::Response Edge::index() const {
  const std::string nonce = crypto::random_token(16);
  std::string body = files_.at("/index.html").body;
  for (std::size_t at = body.find(nonce_placeholder); at != std::string::npos; at = body.find(nonce_placeholder, at))
    body.replace(at, nonce_placeholder.size(), nonce);
  http::Response response = text(200, std::move(body), "text/html; charset=utf-8");
  response.headers.emplace_back("Content-Security-Policy", policy(nonce));
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  response.headers.emplace_back("X-Frame-Options", "DENY");
  return response;
}

}  // namespace server
