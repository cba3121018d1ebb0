// The steps before a handler runs: find the route, who asks, may they, what for. What then runs is in read.cpp,
// change.cpp and stream.cpp.
#include "platform/request/runner.hpp"

#include "platform/request/headers.hpp"
#include "platform/request/runs.hpp"
#include "shared/db/trouble.hpp"
#include "shared/json/json.hpp"
#include "shared/telemetry/log.hpp"

namespace request {
namespace {

constexpr base::Reason no_route{"not_found", base::Kind::not_found, "See /openapi.json for what there is."};

std::optional<std::string> cookie(const http::Request& request, const std::string& name) {
  const std::string begins = name + "=";
  const auto header = http::find(request.headers, "Cookie");
  if (!header) return std::nullopt;
  std::string_view rest = *header;
  while (!rest.empty()) {
    while (rest.starts_with(' ') || rest.starts_with(';')) rest.remove_prefix(1);
    const std::string_view each = rest.substr(0, rest.find(';'));
    if (each.starts_with(begins)) return std::string{each.substr(begins.size())};
    rest.remove_prefix(each.size());
  }
  return std::nullopt;
}

// What a path or a query names reaches a database as text, and PostgreSQL holds neither other bytes nor U+0000.
bool is_text(const std::pair<std::string, std::string>& named) {
  return json::is_utf8(named.second) && named.second.find('\0') == std::string::npos;
}

// What another tenant has is answered as what nobody has: not even why may tell them apart.
base::Error told(const base::Error& why) {
  return why.reason.kind == base::Kind::not_found ? base::Error{why.reason} : why;
}

}  // namespace

std::string csrf_of(std::string_view session_token) {
  return crypto::base64url(crypto::sha256("csrf " + std::string{session_token})).substr(0, 32);
}

Runs::Runs(db::Store& store, const base::Clock& clock, std::vector<Route> routes, RouteIndex index, Ports ports,
           RunnerOptions options)
    : store_(store),
      clock_(clock),
      routes_(std::move(routes)),
      index_(std::move(index)),
      ports_(std::move(ports)),
      options_(std::move(options)),
      next_request_(static_cast<std::uint64_t>(options_.first_request)),
      pool_(options_.threads, static_cast<std::size_t>(options_.queue_max)),
      streams_(store_, clock_, ports_, pool_) {}

Runs::~Runs() {
  streams_.cut_all("server stops");
  std::unique_lock lock{submitted_mutex_};
  all_done_.wait(lock, [this] { return submitted_ == 0; });
}

// What the store still has of ours is waited for at the end: its `done` comes to this object.
void Runs::submit(db::Store::Work work, db::Store::Done done) {
  {
    const std::lock_guard lock{submitted_mutex_};
    ++submitted_;
  }
  store_.change(std::move(work), [this, done = std::move(done)](base::Result<void> result) mutable {
    done(std::move(result));
    const std::lock_guard lock{submitted_mutex_};
    if (--submitted_ == 0) all_done_.notify_all();
  });
}

base::Random Runs::dice(const Ask& ask, DiceStep step) const {
  return base::Random{options_.dice, ask.number, static_cast<std::uint32_t>(step)};
}

void Runs::handle(http::Request request, std::shared_ptr<http::Responder> responder) {
  begin(std::move(request), std::move(responder), nullptr);
}

void Runs::handle_as(const Caller& caller, http::Request request, std::shared_ptr<http::Responder> responder) {
  begin(std::move(request), std::move(responder), &caller);
}

void Runs::begin(http::Request request, std::shared_ptr<http::Responder> responder, const Caller* link) {
  auto ask = std::make_shared<Ask>();
  ask->http = std::move(request);
  ask->responder = std::move(responder);
  ask->number = next_request_.fetch_add(1, std::memory_order_relaxed);
  ask->now = clock_.now();
  auto random = dice(*ask, DiceStep::id);
  ask->id = base::id_text("req", base::uuid7(ask->now, random));
  if (link != nullptr) {
    ask->caller = *link;
    ask->by_link = true;
  }

  const std::string_view method = ask->http.method == "HEAD" ? "GET" : std::string_view{ask->http.method};
  auto match = index_.find(method, ask->path());
  if (match.route == nullptr) {
    if (match.allowed.empty()) return refuse(ask, base::Error{no_route, "no such path"});
    return send(ask, wrong_method(match.allowed, ask->id));
  }
  ask->route = match.route;
  if (!std::ranges::all_of(match.parameters, is_text)) return refuse(ask, base::Error{no_route, "no such path"});
  ask->given.path = std::move(match.parameters);
  ask->given.body = ask->http.body;
  auto query = http::parse_query(ask->http.query);
  if (!query || !std::ranges::all_of(*query, is_text))
    return refuse(ask, base::Error{base::invalid, "the query cannot be decoded"});
  ask->given.query = std::move(*query);
  if (auto once = check_once(ask->http.headers); !once) return refuse(ask, once.error());
  if (auto read = check_content(ask->http); !read) return send(ask, wrong_content(read.error().detail, ask->id));
  authenticate(ask);
}

void Runs::authenticate(const AskPtr& ask) {
  if (ask->route->anyone()) {
    if (!rates_.allow(ask->http.peer, ask->now)) return refuse(ask, base::Error{rate_limited});
    anonymous_.fetch_add(1, std::memory_order_relaxed);
    ask->authority = Authority{ask->route->permission, PrincipalId{}, {platform}, 0};
    return run(ask);
  }
  if (ask->by_link) return authorize(ask);
  if (ask->http.websocket && find_one_use(*ask)) return use_ticket(ask);
  if (ask->route->options.ticketed)  // else a cookie would open it, for a page of anywhere, and as often as one likes
    return unauthenticated(ask,
                           base::Error{base::unauthenticated, "it opens by its ticket, as a WebSocket subprotocol"});
  if (!find_credential(*ask)) return unauthenticated(ask, base::Error{base::unauthenticated});

  if (ask->by_cookie && ask->route->method != GET) {
    const auto sent = http::find(ask->http.headers, "X-CSRF-Token");
    if (!sent || !crypto::equal(*sent, csrf_of(ask->credential))) return refuse(ask, base::Error{csrf_missing});
  }
  if (auto caller = ports_.authenticator.known(ask->credential, ask->now)) {
    ask->caller = std::move(*caller);
    return authorize(ask);
  }
  on_pool(ask, [this, ask] {
    auto caller = store_.read(
        [&](db::Snapshot& snapshot) { return ports_.authenticator.who(snapshot, ask->credential, ask->now); });
    if (!caller) return unauthenticated(ask, caller.error());
    ask->caller = std::move(*caller);
    authorize(ask);
  });
}

bool Runs::find_credential(Ask& ask) const {
  if (const auto header = http::find(ask.http.headers, "Authorization")) {
    constexpr std::string_view bearer = "Bearer ";
    if (!header->starts_with(bearer)) return false;
    ask.credential = header->substr(bearer.size());
    return !ask.credential.empty();
  }
  if (auto session = cookie(ask.http, options_.cookie)) {
    ask.credential = std::move(*session);
    ask.by_cookie = true;
    return !ask.credential.empty();
  }
  return false;
}

bool Runs::find_one_use(Ask& ask) const {
  for (OneUse* each : ports_.one_use) {
    auto credential = offered_credential(ask.http, each->scheme());
    if (!credential) continue;
    ask.credential = std::move(*credential);
    ask.one_use = each;
    return true;
  }
  return false;
}

// A ticket is gone with its first use, so its use is a change: durable before the stream opens.
void Runs::use_ticket(const AskPtr& ask) {
  if (!origin_fits(*ask)) return refuse(ask, base::Error{base::forbidden, "the Origin is not this server's"});
  auto target = target_of(*ask->route, ask->given.path);
  if (!target) return refuse(ask, target.error());
  auto caller = std::make_shared<Caller>();
  submit(
      [this, ask, caller, place = text(*target)](db::Tx& tx) -> base::Result<void> {
        auto random = dice(*ask, DiceStep::refusal);
        const Env env{ask->now, random};
        auto used = ask->one_use->use(
            tx, env, std::string_view{ask->credential}.substr(ask->one_use->scheme().size() + 1), place);
        if (!used) return used.error();
        *caller = std::move(*used);
        return {};
      },
      [this, ask, caller](base::Result<void> done) {
        if (!done) return unauthenticated(ask, done.error());
        ask->caller = std::move(*caller);
        pool_.post_due([this, ask] { authorize(ask); });
      });
}

bool Runs::origin_fits(const Ask& ask) const {
  const auto origin = http::find(ask.http.headers, "Origin");
  if (!origin) return true;  // no browser: nothing rides on its cookies, and the ticket speaks for itself
  if (!options_.console_origin.empty()) return *origin == options_.console_origin;
  const auto host = http::find(ask.http.headers, "Host");
  return host && (*origin == "http://" + std::string{*host} || *origin == "https://" + std::string{*host});
}

void Runs::authorize(const AskPtr& ask) {
  auto target = target_of(*ask->route, ask->given.path);
  if (!target) return refuse(ask, target.error());
  ask->target = std::move(*target);
  if (ask->route->options.bulk) {
    // The handler shows only what its caller may see; there is no scope to decide at but the caller's own home.
    const Scope home = ask->caller.home == OrganizationId{} ? Scope{platform} : Scope{ask->caller.home};
    ask->authority = Authority{ask->route->permission, ask->caller.principal, {home}, 0};
    return run(ask);
  }
  const Permission& permission = *ask->route->permission;
  if (auto yes = ports_.authorizer.from_index(ask->caller.principal, permission, ask->target, ask->now)) {
    ask->authority = std::move(*yes);
    return run(ask);
  }
  on_pool(ask, [this, ask, &permission] {
    auto decided = store_.read([&](db::Snapshot& snapshot) {
      return ports_.authorizer.from_tables(snapshot, ask->caller.principal, permission, ask->target, ask->now);
    });
    if (!decided) return denied(ask, decided.error());
    ask->authority = std::move(*decided);
    run(ask);
  });
}

void Runs::run(const AskPtr& ask) {
  auto input = ask->route->decode(ask->given);
  if (!input) return refuse(ask, input.error());
  ask->input = std::move(*input);
  switch (ask->route->kind) {
    case RouteKind::read_memory:
      return read_memory(ask);
    case RouteKind::read:
      return read(ask);
    case RouteKind::change:
      return change(ask);
    case RouteKind::stream:
      return stream(ask);
  }
}

// A change's denial is answered once its record is durable; a read's is queued, and never waits.
void Runs::denied(const AskPtr& ask, const base::Error& why) {
  if (why.reason.kind == base::Kind::unavailable) return refuse(ask, why);
  const Permission& permission = *ask->route->permission;
  if (ask->route->kind != RouteKind::change) {
    ports_.recorder.denied_read(ask->caller, permission, ask->target, why.reason, ask->now);
    return refuse(ask, told(why));
  }
  submit(
      [this, ask, &permission, reason = why.reason](db::Tx& tx) -> base::Result<void> {
        auto random = dice(*ask, DiceStep::refusal);
        ports_.recorder.denial(tx, Env{ask->now, random}, ask->caller, permission, ask->target, reason);
        return {};
      },
      [this, ask, why](base::Result<void> done) { refuse(ask, done ? told(why) : done.error()); });
}

void Runs::unauthenticated(const AskPtr& ask, const base::Error& why) {
  if (why.reason.kind == base::Kind::unauthenticated) unauthenticated_.fetch_add(1, std::memory_order_relaxed);
  refuse(ask, why);
}

void Runs::on_pool(const AskPtr& ask, Pool::Task task) {
  const bool taken = pool_.post([this, ask, task = std::move(task)]() mutable {
    try {
      task();
    } catch (const db::Unavailable& trouble) {
      refuse(ask, base::Error{base::unavailable, trouble.what()});
    } catch (const db::Trouble& trouble) {  // a mistake of ours, and this request's alone: the others go on
      telemetry::error("a request could not be served", {{"request", ask->id}, {"why", trouble.what()}});
      refuse(ask, base::Error{base::internal});
    }
  });
  if (taken) return;
  overloaded_.fetch_add(1, std::memory_order_relaxed);
  refuse(ask, base::Error{base::unavailable, "too many requests wait"});
}

void Runs::refuse(const AskPtr& ask, const base::Error& why) { send(ask, problem(why, ask->id)); }

void Runs::send(const AskPtr& ask, http::Response response) {
  response.headers.emplace_back("X-Request-Id", ask->id);
  ask->responder->answer(std::move(response));
}

void Runs::send_answer(const AskPtr& ask, int status, Answer answer) {
  http::Response response{.status = status, .headers = std::move(answer.headers), .body = std::move(answer.body)};
  response.headers.emplace_back("Content-Type", "application/json");
  response.headers.emplace_back("Cache-Control", "no-store");
  send(ask, std::move(response));
}

Runner::Stats Runs::stats() const {
  return {.requests = static_cast<std::int64_t>(next_request_.load()) - options_.first_request,
          .anonymous = anonymous_,
          .unauthenticated = unauthenticated_,
          .overloaded = overloaded_,
          .replayed = replayed_,
          .decided_again = decided_again_,
          .streams = static_cast<std::int64_t>(streams_.size())};
}

base::Result<std::unique_ptr<Runner>> make_runner(db::Store& store, const base::Clock& clock,
                                                  std::vector<Routes> modules, Ports ports, RunnerOptions options) {
  std::vector<Route> routes;
  for (const Routes& module : modules) routes.insert(routes.end(), module.all().begin(), module.all().end());
  for (const Route& route : routes) {
    const std::string name = std::string{method_name(route.method)} + " " + route.path;
    if (!route.path.starts_with("/v1/")) return base::Error{base::invalid, name + " is not under /v1"};
    if (route.permission->name.empty()) return base::Error{base::invalid, name + " has no permission"};
    if (route.options.bulk && route.path.contains('{'))  // whoever names something in the path is authorized there
      return base::Error{base::invalid, name + " is bulk, and yet has a place in its path"};
  }
  if (auto named = name_operations(routes); !named) return named.error();
  auto index = RouteIndex::make(routes);
  if (!index) return index.error();
  return std::unique_ptr<Runner>(
      std::make_unique<Runs>(store, clock, std::move(routes), std::move(*index), std::move(ports), std::move(options)));
}

}  // namespace request
