// Runner: finds the route, authenticates, authorizes, decodes, runs, records, answers. No policy of its own.
//
// Always true
//   - idempotency key, state change, audit record, log entry and jobs are in one transaction, or none of them is;
//   - another tenant's object is answered as one that never was, after the same work;
//   - a stream is cut when the decision that allowed it changes.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "platform/request/ports.hpp"
#include "platform/request/request.hpp"
#include "shared/http/http.hpp"

namespace request {

struct Ports {
  Authenticator& authenticator;
  Authorizer& authorizer;
  Recorder& recorder;
  Idempotency& idempotency;
  Feed* feed = nullptr;
  Nodes* nodes = nullptr;
  std::vector<OneUse*> one_use = {};
};

struct RunnerOptions {
  base::Random::Key dice;      // 256 bits from the kernel at each start; fixed only in the simulator
  base::Random::Key body_key;  // bodies are compared by HMAC under it; the same in all replicas
  int threads = 4;             // prepare and reads; 0: where they are asked for (the simulator)
  int queue_max = 2048;        // past it 503 with Retry-After
  std::int64_t first_request = 1;
  bool reasons_listed = true;      // a reason that its route does not list is logged; a test's made-up routes list none
  std::string cookie = "session";  // the console's: its value is a credential, and non-reads then need a CSRF token
  std::string console_origin = {};  // empty: the request's own Host
};

class Runner {
 public:
  virtual ~Runner() = default;  // waits for what runs
  /// Any thread; answers now for what memory knows, else later.
  virtual void handle(http::Request, std::shared_ptr<http::Responder>) = 0;
  /// The same for a principal whose link carries the request (a node): no credential is looked for.
  virtual void handle_as(const Caller&, http::Request, std::shared_ptr<http::Responder>) = 0;
  /// Looks at every open stream's decision again; called by the edge's timer and when an epoch grows.
  virtual void decide_streams_again() = 0;
  virtual const std::vector<Route>& routes() const = 0;
  struct Stats {
    std::int64_t requests, anonymous, unauthenticated, overloaded, replayed, decided_again, streams;
  };
  virtual Stats stats() const = 0;
};

/// Refuses (`invalid`, with the route) a table with two routes for one path and method, a POST without a key, a path
/// without scope that is not the platform's, or an operation twice.
base::Result<std::unique_ptr<Runner>> make_runner(db::Store&, const base::Clock&, std::vector<Routes>, Ports,
                                                  RunnerOptions);

/// problem+json (RFC 9457) of an error, as every edge answers it.
http::Response problem(const base::Error&, std::string_view request_id);

/// 405, of a path that is there: only the table of routes can say it, so no kind of error has this status.
http::Response wrong_method(const std::string& allowed, std::string_view request_id);

/// 415, of a body in another form than JSON as it is; the answer's head says what is read (RFC 9110, 15.5.16).
http::Response wrong_content(const std::string& why, std::string_view request_id);

/// Gives each route an operation of its own: where several share a permission, by the scope in their path
/// (`binding_create_at_project`), and then by the path's last word. Errors: `invalid`, where that does not do.
base::Result<void> name_operations(std::vector<Route>&);

/// OpenAPI 3.1 of the table, canonical: the same routes give the same bytes.
std::string openapi(const std::vector<Route>&);

}  // namespace request
