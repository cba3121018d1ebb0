#include "cmd/server/docs/problems.hpp"

#include "cmd/server/docs/html.hpp"
#include "platform/request/ports.hpp"
#include "shared/base/check.hpp"
#include "shared/http/problem.hpp"
#include "shared/json/document.hpp"

namespace server {
namespace {

using base::Kind;

std::string_view meaning_of(Kind kind) {
  switch (kind) {
    case Kind::invalid:
      return "The request itself is wrong: sent again as it is, it will be refused again. Where one member is at "
             "fault, the problem's `pointer` names it (RFC 6901).";
    case Kind::unauthenticated:
      return "The server does not know who asks. Nothing was looked at or changed.";
    case Kind::forbidden:
      return "The server knows who asks, and they lack what this takes here. Nothing was changed, and the refusal is "
             "in the audit records.";
    case Kind::not_found:
      return "There is nothing of that name or id, or it is not for who asks: the two are never told apart.";
    case Kind::conflict:
      return "The request is well-formed, but not with what is there now. Look at the present state first.";
    case Kind::too_large:
      return "More was sent at once than is taken.";
    case Kind::unprocessable:
      return "The request is understood, but cannot be done with these values.";
    case Kind::limited:
      return "Too much is asked for at a time. The header `Retry-After` says when to ask again.";
    case Kind::internal:
      return "Something failed that should not. It is not the request's fault, and it is in the server's log under its "
             "request id.";
    case Kind::unavailable:
      return "It cannot be answered now, and may be in a moment: send the same request again, a change under the same "
             "Idempotency-Key, after `Retry-After`.";
  }
  CHECK(false);
}

// The status and the title are asked of the edge that answers them, so that there is one list of those.
Problem answered(const http::Response& response, Kind kind) {
  const auto body = json::Document::parse(response.body);
  CHECK(body.has_value());
  Problem out{.status = response.status, .title = (*body)["title"].as_text(), .meaning = std::string{meaning_of(kind)}};
  if (const std::string& next = (*body)["next"].as_text(); !next.empty()) out.next.insert(next);
  return out;
}

Problem& add(std::map<std::string, Problem>& all, const base::Reason& reason) {
  auto [at, is_new] = all.try_emplace(std::string{reason.word});
  if (is_new) at->second = answered(request::problem({reason}, ""), reason.kind);
  if (!reason.next.empty()) at->second.next.emplace(reason.next);
  return at->second;
}

// Of any route: base's own, which no route declares, and the runner's.
constexpr base::Reason of_any_route[] = {
    base::not_found,       base::forbidden,       base::invalid,          base::unauthenticated, base::unavailable,
    base::contended,       base::internal,        request::key_missing,   request::key_reused,   request::in_flight,
    request::rate_limited, request::csrf_missing, request::cursor_unknown};
constexpr http::Refusal before_any_route[] = {http::malformed,       http::timed_out,    http::too_large,
                                              http::no_upgrade,      http::no_websocket, http::overloaded,
                                              http::header_too_large};

}  // namespace

std::map<std::string, Problem> problems(const std::vector<request::Route>& routes) {
  std::map<std::string, Problem> all;
  for (const base::Reason& each : of_any_route) add(all, each);
  all.emplace("method_not_allowed", answered(request::wrong_method("", ""), Kind::invalid));
  all.emplace("content_unsupported", answered(request::wrong_content("", ""), Kind::invalid));
  for (const http::Refusal& each : before_any_route) {
    const Kind kind = each.status >= 500 ? Kind::unavailable : Kind::invalid;
    all.emplace(each.reason, Problem{each.status, std::string{each.title}, std::string{meaning_of(kind)}})
        .first->second.next.emplace(each.next);
  }
  for (const request::Route& route : routes)
    for (const base::Reason& each : route.options.reasons) {
      const auto known = all.find(std::string{each.word});
      const bool of_any = known != all.end() && known->second.routes.empty();
      Problem& problem = add(all, each);
      if (!of_any) problem.routes.push_back(&route);
    }
  return all;
}

std::string problem_list(const std::map<std::string, Problem>& all) {
  std::string out =
      "<p class=\"sub\">Every answer that is no success is <code>application/problem+json</code> (RFC 9457). A program "
      "acts on <code>reason</code>, a stable word; <code>detail</code> and <code>next</code> are for people; "
      "<code>request_id</code> finds it in the server's log.</p>\n<div class=\"scroll\"><table>\n"
      "<tr><th>Reason</th><th>Status</th><th>Title</th><th>What to do</th></tr>\n";
  for (const auto& [word, each] : all)
    out += "<tr><td>" + link("/docs/problems/" + word, word) + "</td><td>" + std::to_string(each.status) + "</td><td>" +
           escaped(each.title) + "</td><td>" + (each.next.empty() ? "" : escaped(*each.next.begin())) + "</td></tr>\n";
  return out + "</table></div>";
}

std::string problem_page(const std::string& word, const Problem& problem) {
  std::string out = "<p class=\"sub\">" + escaped(problem.title) + "</p>\n<dl>\n<dt>Status</dt><dd>" +
                    std::to_string(problem.status) + "</dd>\n<dt>What it means</dt><dd>" + escaped(problem.meaning) +
                    "</dd>\n<dt>What to do next</dt>";
  if (problem.next.empty()) out += "<dd>See the problem's <code>detail</code>.</dd>";
  for (const std::string& each : problem.next) out += "<dd>" + escaped(each) + "</dd>";
  out += "\n<dt>Where it comes from</dt>";
  if (problem.routes.empty()) out += "<dd>Any request may be answered so.</dd>";
  for (const request::Route* each : problem.routes)
    out += "<dd>" + link("/docs/api#" + each->operation, std::string{method_name(each->method)} + " " + each->path) +
           "</dd>";
  return out + "\n</dl>\n<h2>In an answer</h2>\n<pre>{\"type\":\"/docs/problems/" + escaped(word) +
         "\",\"status\":" + std::to_string(problem.status) + ",\"reason\":\"" + escaped(word) + "\", …}</pre>";
}

}  // namespace server
