// Ask: one request on its way through the runner, from its route to its answer.
#pragma once

#include <memory>
#include <string>

#include "platform/request/ports.hpp"
#include "platform/request/runner.hpp"
#include "shared/base/check.hpp"

namespace request {

struct Ask {
  http::Request http;
  std::shared_ptr<http::Responder> responder;
  std::uint64_t number = 0;  // the server's own, from which its dice come
  std::string id;            // req_…, in every answer
  base::Instant now;

  const Route* route = nullptr;
  Given given;  // its body is a view of `http.body`
  Target target{Scope{platform}};

  std::string credential;  // empty: none was sent, or the link spoke for its node
  bool by_cookie = false;
  bool by_link = false;  // a node's link carries it
  OneUse* one_use = nullptr;
  Caller caller{};
  std::optional<Authority> authority;  // once it is decided

  std::shared_ptr<const void> input;
  std::shared_ptr<const void> prepared;
  std::string key;  // principal, route and Idempotency-Key; empty: none
  std::string body_mac;

  std::string_view path() const { return http.path; }

  /// Of an ask that was let through.
  const Authority& granted() const {
    CHECK(authority.has_value());
    return *authority;
  }
};

using AskPtr = std::shared_ptr<Ask>;

/// The steps of a call draw from streams of their own: `prepare` 1, `commit` 2, records of refusals 3.
enum class DiceStep : std::uint32_t { id = 0, prepare = 1, commit = 2, refusal = 3 };

}  // namespace request
