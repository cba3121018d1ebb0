#include "shared/mux/head.hpp"

#include <boost/json.hpp>

namespace mux {
namespace {

namespace json = boost::json;
using base::Error;
using base::Result;

json::array to_json(const http::Headers& headers) {
  json::array all;
  for (const auto& [name, value] : headers) all.push_back(json::array{json::string{name}, json::string{value}});
  return all;
}

Error bad(std::string_view what) { return {base::invalid, "the head of a message over a link: " + std::string{what}}; }

/// Takes members off an object; what is left over is unknown.
class Members {
 public:
  static Result<Members> parse(std::string_view line) {
    boost::system::error_code ec;
    json::parse_options options;
    options.max_depth = 4;
    json::value value = json::parse(json::string_view{line.data(), line.size()}, ec, {}, options);
    if (ec) return bad(ec.message());
    if (!value.is_object()) return bad("not an object");
    return Members{std::move(value.as_object())};
  }

  std::string text(const char* name) {
    const json::value value = take(name);
    if (!value.is_string()) return fail(name), std::string{};
    return {value.get_string().data(), value.get_string().size()};
  }
  std::optional<std::uint64_t> number(const char* name, bool needed) {
    if (!needed && !object_.contains(name)) return std::nullopt;
    const json::value value = take(name);
    if (!value.is_int64() || value.get_int64() < 0) return fail(name), std::nullopt;
    return static_cast<std::uint64_t>(value.get_int64());
  }
  http::Headers headers() {
    http::Headers all;
    const json::value value = take("headers");
    if (!value.is_array()) return fail("headers"), all;
    for (const auto& each : value.get_array()) {
      const bool pair = each.is_array() && each.get_array().size() == 2 && each.get_array()[0].is_string() &&
                        each.get_array()[1].is_string();
      if (!pair) return fail("headers"), all;
      const auto text_at = [&](std::size_t i) {
        const auto& text = each.get_array()[i].get_string();
        return std::string{text.data(), text.size()};
      };
      all.emplace_back(text_at(0), text_at(1));
    }
    return all;
  }
  Result<void> done() {
    if (!wrong_.empty()) return bad("\"" + wrong_ + "\" is missing or of another type");
    if (!object_.empty()) return bad("a member that is unknown");
    return {};
  }

 private:
  explicit Members(json::object object) : object_(std::move(object)) {}
  json::value take(const char* name) {
    json::value value;
    if (const auto* found = object_.if_contains(name)) value = *found;
    object_.erase(name);
    return value;
  }
  void fail(const char* name) {
    if (wrong_.empty()) wrong_ = name;
  }

  json::object object_;
  std::string wrong_;
};

}  // namespace

std::string encode_head(const http::Request& request) {
  return json::serialize(json::object{{"method", request.method},
                                      {"path", request.path},
                                      {"query", request.query},
                                      {"headers", to_json(request.headers)},
                                      {"length", static_cast<std::int64_t>(request.body.size())}}) +
         "\n";
}

std::string encode_head(const http::Response& response, std::optional<std::uint64_t> length) {
  json::object head{{"status", response.status}, {"headers", to_json(response.headers)}};
  if (length) head["length"] = static_cast<std::int64_t>(*length);
  return json::serialize(head) + "\n";
}

Result<RequestHead> request_head(std::string_view line) {
  auto members = Members::parse(line);
  if (!members) return members.error();
  RequestHead head;
  head.request.method = members->text("method");
  head.request.path = members->text("path");
  head.request.query = members->text("query");
  head.request.headers = members->headers();
  head.length = members->number("length", true).value_or(0);
  if (auto done = members->done(); !done) return done.error();
  if (head.request.method.empty() || !head.request.path.starts_with('/')) return bad("no method, or a path without /");
  return head;
}

Result<ResponseHead> response_head(std::string_view line) {
  auto members = Members::parse(line);
  if (!members) return members.error();
  ResponseHead head;
  const auto status = members->number("status", true).value_or(0);
  head.response.headers = members->headers();
  head.length = members->number("length", false);
  if (auto done = members->done(); !done) return done.error();
  if (status < 100 || status > 599) return bad("a status that is none");
  head.response.status = static_cast<int>(status);
  return head;
}

HeadLine::State HeadLine::feed(std::string_view bytes, std::string_view& rest) {
  const auto end = bytes.find('\n');
  line_.append(bytes.substr(0, end));
  if (line_.size() > head_max) return State::too_long;
  if (end == std::string_view::npos) return State::waiting;
  rest = bytes.substr(end + 1);
  return State::whole;
}

}  // namespace mux
