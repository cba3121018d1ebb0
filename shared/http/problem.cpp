#include "shared/http/problem.hpp"

#include "shared/base/id.hpp"

namespace http {
namespace {

// Details are ours, but one may quote a header: what JSON cannot hold as it is becomes a question mark.
void append_quoted(std::string& json, std::string_view text) {
  json += '"';
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') json += '\\';
    json += static_cast<unsigned char>(letter) < 0x20 || static_cast<unsigned char>(letter) > 0x7e ? '?' : letter;
  }
  json += '"';
}

}  // namespace

Problems::Problems() : random_(base::Random::kernel_key(), 0, 0) {}

std::string Problems::request_id() {
  const std::scoped_lock lock{mutex_};
  return base::id_text("req", base::uuid7(base::WallClock{}.now(), random_));
}

Response Problems::answer(const Refusal& refusal, std::string_view detail) {
  const std::string id = request_id();
  std::string json = R"({"type":)";
  append_quoted(json, "/docs/problems/" + std::string{refusal.reason});
  json += ",\"title\":";
  append_quoted(json, refusal.title);
  json += ",\"status\":" + std::to_string(refusal.status) + ",\"reason\":";
  append_quoted(json, refusal.reason);
  json += ",\"detail\":";
  append_quoted(json, detail);
  json += ",\"next\":";
  append_quoted(json, refusal.next);
  json += ",\"request_id\":";
  append_quoted(json, id);
  json += "}";
  Response response{.status = refusal.status,
                    .headers = {{"Content-Type", "application/problem+json"}, {std::string{request_id_header}, id}},
                    .body = json};
  if (refusal.status == 503) response.headers.emplace_back("Retry-After", "1");
  if (refusal.status == 426) response.headers.emplace_back("Upgrade", "websocket");
  return response;
}

std::string_view phrase(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 101:
      return "Switching Protocols";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 402:
      return "Payment Required";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "Status";
  }
}

}  // namespace http
