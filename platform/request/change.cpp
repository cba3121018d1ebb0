// Changes: `prepare` outside any transaction, then one short transaction that holds, in this order, the epoch check,
// the idempotency key, the commit in a savepoint of its own, the audit record and the stored answer.
#include "platform/request/runs.hpp"
#include "shared/db/trouble.hpp"
#include "shared/json/document.hpp"
#include "shared/json/json.hpp"
#include "shared/telemetry/log.hpp"

namespace request {
namespace {

constexpr std::size_t key_max = 128;
constexpr std::size_t stored_max = 64 << 10;

bool printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 127; });
}

// A stored answer is its status, a line end, and its body.
std::string stored(int status, std::string_view body) {
  std::string text = std::to_string(status) + "\n";
  if (body.size() <= stored_max) text += body;
  return text;
}

// The answer as a replay shows it: its secret is shown once.
std::string shown_once(const std::string& body, std::string_view secret) {
  const auto document = json::Document::parse(body);
  CHECK(document.has_value());
  json::Writer out;
  out.object();
  for (std::size_t i = 0; i < document->size(); ++i) {
    out.key(document->keys()[i]);
    if (document->keys()[i] == secret)
      out.value("shown_once");
    else
      out.raw(document->items()[i].dump());
  }
  return out.end().take();
}

bool declared(const Route& route, const base::Reason& reason) {
  constexpr std::array own{base::not_found.word,       base::forbidden.word,   base::invalid.word,
                           base::unauthenticated.word, base::unavailable.word, base::contended.word,
                           base::nothing.word,         name_taken.word,        base::internal.word};
  if (std::find(own.begin(), own.end(), reason.word) != own.end()) return true;
  return std::find(route.options.reasons.begin(), route.options.reasons.end(), reason) != route.options.reasons.end();
}

}  // namespace

struct Runs::Outcome {
  int status = 200;
  Answer answer;
  std::optional<base::Error> refused;  // a final answer too, and recorded as one
  bool unrecorded = false;             // the key's own refusals: nothing was decided
  std::optional<std::string> replayed;
  std::string resource;
};

void Runs::change(const AskPtr& ask) {
  if (!take_key(ask)) return;
  if (!ask->route->prepare) return commit(ask);
  on_pool(ask, [this, ask] { prepare(ask); });
}

// False: answered already.
bool Runs::take_key(const AskPtr& ask) {
  const Route& route = *ask->route;
  if (route.anyone() || route.options.keyless) return true;
  const auto sent = http::find(ask->http.headers, "Idempotency-Key");
  if (!sent && route.method != POST) return true;
  if (!sent || sent->empty() || sent->size() > key_max || !printable(*sent)) {
    refuse(ask, base::Error{key_missing});
    return false;
  }
  ask->key = ask->caller.principal.text() + " " + route.operation + " " + std::string{*sent};
  ask->body_mac = crypto::hex(
      crypto::hmac_sha256(options_.body_key, std::string{ask->path()} + "?" + ask->http.query + "\n" + ask->http.body));
  return true;
}

void Runs::prepare(const AskPtr& ask) {
  if (!ask->key.empty()) {
    auto known = store_.read([&](db::Snapshot& snapshot) { return ports_.idempotency.find(snapshot, ask->key); });
    if (known) return commit(ask);  // the transaction compares the bodies, and answers from it
  }
  auto random = dice(*ask, DiceStep::prepare);
  auto prepared =
      ask->route->prepare(store_, ask->granted(), Env{ask->now, random, ask->caller.credential_id}, ask->input.get());
  if (prepared) {
    ask->prepared = std::move(*prepared);
    return commit(ask);
  }
  const base::Error why = prepared.error();
  if (ask->route->anyone() || why.reason.kind == base::Kind::unavailable) return refuse(ask, why);
  // What `prepare` refuses is a decision like any other, and recorded.
  submit(
      [this, ask, why](db::Tx& tx) -> base::Result<void> {
        auto dice_of = dice(*ask, DiceStep::refusal);
        ports_.recorder.change(tx, Env{ask->now, dice_of}, ask->granted(), ask->caller, text(ask->target),
                               why.reason.word);
        return {};
      },
      [this, ask, why](base::Result<void> done) { refuse(ask, done ? why : done.error()); });
}

void Runs::commit(const AskPtr& ask) {
  auto outcome = std::make_shared<Outcome>();
  submit(
      [this, ask, outcome](db::Tx& tx) {
        *outcome = Outcome{};  // it may run again
        return in_transaction(tx, *ask, *outcome);
      },
      [this, ask, outcome](base::Result<void> done) { committed(ask, outcome, std::move(done)); });
}

base::Result<void> Runs::in_transaction(db::Tx& tx, Ask& ask, Outcome& outcome) {
  auto random = dice(ask, DiceStep::commit);
  const Env env{ask.now, random, ask.caller.credential_id};
  const Route& route = *ask.route;

  Authority authority = ask.granted();
  if (!route.anyone() && !route.options.bulk) {
    auto confirmed = ports_.authorizer.confirm(tx, authority, ask.target, ask.now);
    if (!confirmed) {  // a no leaves only its record
      decided_again_.fetch_add(1, std::memory_order_relaxed);
      ports_.recorder.denial(tx, env, ask.caller, *route.permission, ask.target, confirmed.error().reason);
      const base::Reason& why = confirmed.error().reason;
      outcome.refused = why.kind == base::Kind::not_found ? base::Error{why} : confirmed.error();
      return {};
    }
    authority = std::move(*confirmed);
  }
  if (!ask.key.empty()) {
    base::Result<std::optional<std::string>> claimed{std::nullopt};
    try {
      claimed = ports_.idempotency.claim(tx, ask.key, ask.body_mac, ask.now);
    } catch (const db::LockTimeout&) {  // the first with this key still runs, and only we know that this was the wait
      return base::Error{in_flight};
    }
    if (!claimed) {
      outcome.refused = claimed.error();
      return {};
    }
    if (auto& answered = *claimed) {
      outcome.replayed = std::move(*answered);
      return {};
    }
    if (route.prepare && !ask.prepared) return base::Error{base::contended};  // the hint was gone by now
  }
  attempt(tx, ask, env, authority, outcome);
  if (outcome.refused && outcome.refused->reason.kind == base::Kind::unavailable) return *outcome.refused;

  const bool silent = route.anyone() && outcome.refused;  // counted, not recorded: iam files a refused sign-in itself
  if (!silent)
    ports_.recorder.change(tx, env, authority, ask.caller, outcome.resource,
                           outcome.refused ? outcome.refused->reason.word : "ok");
  if (ask.key.empty()) return {};
  if (outcome.refused) {
    const http::Response shown = problem(*outcome.refused, ask.id);
    ports_.idempotency.keep(tx, ask.key, stored(shown.status, shown.body));
  } else {
    std::string body = outcome.answer.body;
    if (!route.options.secret.empty()) body = shown_once(body, route.options.secret);
    ports_.idempotency.keep(tx, ask.key, stored(outcome.status, body));
  }
  return {};
}

void Runs::attempt(db::Tx& tx, Ask& ask, const Env& env, const Authority& authority, Outcome& outcome) {
  const Route& route = *ask.route;
  const std::string about = std::holds_alternative<std::string>(ask.target) ? std::get<std::string>(ask.target) : "";
  outcome.resource = about;
  auto done = tx.attempt([&]() -> base::Result<void> {
    auto answer = route.commit(tx, authority, env, ask.input.get(), ask.prepared.get());
    if (!answer) return answer.error();
    outcome.status = route.options.status;
    outcome.answer = std::move(*answer);
    const auto id = json::member_text(outcome.answer.body, "id");
    if (outcome.resource.empty() && id) outcome.resource = *id;
    if (route.options.creates.empty()) return {};
    CHECK(id.has_value());
    const auto name = json::member_text(outcome.answer.body, "name");
    return ports_.authorizer.add_resource(tx, authority, route.options.creates, *id, name.value_or(*id), env.now);
  });
  if (done) return;
  outcome.refused = done.error();
  outcome.resource = about;  // what it had begun to create never was
  if (options_.reasons_listed && !declared(route, done.error().reason))
    telemetry::log(telemetry::Level::error, "a handler returned a reason that its route does not list",
                   {{"route", route.path}, {"reason", done.error().reason.word}});
}

void Runs::committed(const AskPtr& ask, const std::shared_ptr<Outcome>& outcome, base::Result<void> done) {
  if (!done) return refuse(ask, done.error());
  if (const auto& replayed = outcome->replayed) return replay(ask, *replayed);
  if (const auto& refused = outcome->refused) return refuse(ask, *refused);
  const auto answer = [this, ask, outcome] { send_answer(ask, outcome->status, std::move(outcome->answer)); };
  if (!ports_.authorizer.concerns(*ask->route->permission)) return answer();
  // Its own changes are in this process's index before it answers; reading them is the pool's work, not the writer's.
  pool_.post_due([this, ask, outcome, answer] {
    try {
      ports_.authorizer.applied(store_, ask->granted(), outcome->resource);
    } catch (const db::Unavailable&) {  // durable already; the log brings it to the index later
    }
    answer();
  });
}

void Runs::replay(const AskPtr& ask, std::string_view text_of) {
  replayed_.fetch_add(1, std::memory_order_relaxed);
  const std::size_t line = text_of.find('\n');
  CHECK(line != std::string_view::npos);
  http::Response response{.status = std::stoi(std::string{text_of.substr(0, line)}),
                          .body = std::string{text_of.substr(line + 1)}};
  response.headers = {{"Content-Type", response.status < 400 ? "application/json" : "application/problem+json"},
                      {"Idempotency-Replayed", "true"},
                      {"Cache-Control", "no-store"}};
  send(ask, std::move(response));
}

}  // namespace request
