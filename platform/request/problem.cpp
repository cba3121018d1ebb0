#include "platform/request/runner.hpp"
#include "shared/json/document.hpp"

namespace request {
namespace {

struct Title {
  int status;
  std::string_view title;
};

Title title_of(base::Kind kind) {
  switch (kind) {
    case base::Kind::invalid:
      return {400, "The request is not valid"};
    case base::Kind::unauthenticated:
      return {401, "Nobody is signed in"};
    case base::Kind::forbidden:
      return {403, "Not permitted"};
    case base::Kind::not_found:
      return {404, "Not there"};
    case base::Kind::conflict:
      return {409, "In conflict with what is there"};
    case base::Kind::too_large:
      return {413, "Too large"};
    case base::Kind::unprocessable:
      return {422, "Cannot be done with this"};
    case base::Kind::limited:
      return {429, "Too often"};
    case base::Kind::internal:
      return {500, "A mistake of ours"};
    case base::Kind::unavailable:
      return {503, "Not available now"};
  }
  CHECK(false);
}

constexpr base::Reason wrong_method_reason{"method_not_allowed", base::Kind::invalid,
                                           "See /openapi.json for what there is."};

constexpr base::Reason content_unsupported{"content_unsupported", base::Kind::invalid,
                                           "Send JSON as it is, with Content-Type: application/json."};

http::Response written(const Title& title, const base::Error& error, std::string_view request_id) {
  json::Writer out;
  out.object();
  out.member("type", "/docs/problems/" + std::string{error.reason.word});
  out.member("title", title.title);
  out.member("status", static_cast<std::int64_t>(title.status));
  out.member("reason", error.reason.word);
  if (!error.detail.empty()) out.member("detail", error.detail);
  if (!error.pointer.empty()) out.member("pointer", error.pointer);
  if (!error.reason.next.empty()) out.member("next", error.reason.next);
  out.member("request_id", request_id);
  out.end();
  http::Response response{
      .status = title.status, .headers = {{"Content-Type", "application/problem+json"}}, .body = out.take()};
  if (error.reason.kind == base::Kind::unavailable || error.reason.kind == base::Kind::limited)
    response.headers.emplace_back("Retry-After", "1");
  if (error.reason.kind == base::Kind::unauthenticated) response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

}  // namespace

http::Response problem(const base::Error& error, std::string_view request_id) {
  return written(title_of(error.reason.kind), error, request_id);
}

http::Response wrong_method(const std::string& allowed, std::string_view request_id) {
  http::Response response =
      written({405, "Not with this method"}, base::Error{wrong_method_reason, "allowed: " + allowed}, request_id);
  response.headers.emplace_back("Allow", allowed);
  return response;
}

http::Response wrong_content(const std::string& why, std::string_view request_id) {
  http::Response response = written({415, "Not in this form"}, base::Error{content_unsupported, why}, request_id);
  response.headers.emplace_back("Accept", "application/json");
  response.headers.emplace_back("Accept-Encoding", "identity");
  return response;
}

}  // namespace request
