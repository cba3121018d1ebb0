// Routes: a module's table of what can be asked of it, as data. Dispatcher, OpenAPI, CLI verbs, docs and the
// authorization test come from it. The templates here only remember types; everything else is in the runner.
// The end of request.hpp, which includes it: what it stands on comes from there.
#pragma once

#include <concepts>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <type_traits>

#include "platform/request/pages.hpp"
#include "shared/json/json.hpp"

namespace request {

enum class RouteKind { read, read_memory, change, stream };

/// What a request gave for its route's input: path parameters, query parameters, body.
struct Given {
  std::vector<std::pair<std::string, std::string>> path;
  std::vector<std::pair<std::string, std::string>> query;
  std::string_view body;
};

struct Answer {
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers = {};
};

/// One line of the table. What it was made of is erased; `input` and `prepared` are the handler's own types.
struct Route {
  std::string module;
  std::string
      operation;  // badge_ask: the last two words of the permission; the runner tells apart those that share one
  RouteKind kind;
  Method method;
  std::string path;
  const Permission* permission;
  Options options;
  std::string why_anyone;  // not empty: no credentials needed

  std::function<base::Result<std::shared_ptr<const void>>(const Given&)> decode;
  std::function<base::Result<Answer>(db::Snapshot*, const Authority&, const Env&, const void* input)> read;
  std::function<base::Result<Streamed>(db::Snapshot&, const Authority&, const Env&, const void* input)> open;
  std::function<base::Result<std::shared_ptr<const void>>(const db::Reader&, const Authority&, const Env&, const void*)>
      prepare;  // empty: none
  std::function<base::Result<Answer>(db::Tx&, const Authority&, const Env&, const void* input, const void* prepared)>
      commit;

  using Components = std::map<std::string, std::string>;
  std::vector<json::Member> (*members)(Components&) = nullptr;
  std::optional<std::string> (*body_schema)(std::span<const std::string> left_out, Components&) = nullptr;
  std::string (*output_schema)(Components&) = nullptr;  // of a stream: none

  bool anyone() const { return !why_anyone.empty(); }
};

/// Lends a Granted for the length of one call. Only the route and job tables' templates below and in jobs.hpp use it,
/// and only the runners call those, with an authorizer's yes in hand or for the house.
class Lender final {
  friend class Routes;
  friend class JobTable;
  friend struct TestLender;

  template <const Permission& P, class Input, class Body>
  static auto lend(const Authority& authority, const Env& env, const void* input, Body body) {
    const Granted<P> granted{authority};
    return body(Call<P, Input>{granted, env, *static_cast<const Input*>(input)});
  }
};

// The types in a handler's signature: Result<T>(db::…&, const Call<P, Input>&, …).
template <class F>
struct Signature : Signature<decltype(&F::operator())> {};
template <class R, class... A>
struct Signature<R (*)(A...)> {
  using Out = R;
  using Args = std::tuple<A...>;
};
template <class C, class R, class... A>
struct Signature<R (C::*)(A...) const> : Signature<R (*)(A...)> {};
template <class R, class... A>
struct Signature<R(A...)> : Signature<R (*)(A...)> {};

template <class C>
struct CallOf;
template <const Permission& P, class I>
struct CallOf<Call<P, I>> {
  using Input = I;
  static constexpr const Permission* permission = &P;
};
template <class F, std::size_t N>
using Nth = std::remove_cvref_t<std::tuple_element_t<N, typename Signature<F>::Args>>;

template <class T>
struct IsReply : std::false_type {
  using Body = T;
};
template <class T>
struct IsReply<Reply<T>> : std::true_type {
  using Body = T;
};

/// Decodes by the members' names: path parameters that the input lacks are the runner's own (the scope), a query
/// parameter or body member that it lacks is an error.
template <class Input, class Out>
base::Result<std::shared_ptr<const void>> decode_input(const Given& given) {
  auto input = json::decode_parts<Input>(given.path, given.query, given.body);
  if (!input) return input.error();
  if (auto page = check_page<Out>(*input); !page) return page.error();
  return std::shared_ptr<const void>(std::make_shared<const Input>(std::move(*input)));
}

template <class T>
base::Result<Answer> present(base::Result<T> result) {
  if (!result) return result.error();
  if constexpr (IsReply<T>::value)
    return Answer{json::encode(result->body), std::move(result->headers)};
  else
    return Answer{json::encode(*result)};
}

class Routes final {
 public:
  explicit Routes(std::string_view module) : module_(module) {}

  /// A read answers from a snapshot, `Result<T> read(db::Snapshot&, const Call<P, Input>&)`; a read_memory gets none,
  /// and runs on the network thread; a stream's `open` is a read that answers a Follow, a Relay or an Attach.
  template <const Permission& P, class Read>
  Routes& read(std::string_view path, Read handler, Options options = {}) {
    return add_read<P>(RouteKind::read, GET, path, {}, std::move(handler), std::move(options));
  }
  template <const Permission& P, class Read>
  Routes& read_memory(std::string_view path, Read handler, Options options = {}) {
    return add_memory<P>(GET, path, {}, std::move(handler), std::move(options));
  }
  template <const Permission& P, class Open>
  Routes& stream(std::string_view path, Open handler, Options options = {}) {
    using Input = typename CallOf<Nth<Open, 1>>::Input;
    static_assert(CallOf<Nth<Open, 1>>::permission == &P, "a handler made for another permission");
    Route& route = start<P, Input, std::monostate>(RouteKind::stream, GET, path, {}, std::move(options));
    route.output_schema = nullptr;
    route.open = [handler](db::Snapshot& s, const Authority& a, const Env& e,
                           const void* input) -> base::Result<Streamed> {
      return Lender::lend<P, Input>(a, e, input, [&](const Call<P, Input>& call) -> base::Result<Streamed> {
        auto opened = handler(s, call);
        if (!opened) return opened.error();
        return Streamed{std::move(*opened)};
      });
    };
    return *this;
  }

  /// Changes in one short transaction, which may run again: `Result<T> commit(db::Tx&, const Call<P, Input>&)`. What is
  /// slow comes before it, `Result<Prepared> prepare(const db::Reader&, const Call<P, Input>&)`, and is handed to it.
  template <const Permission& P, class Commit>
  Routes& change(Method method, std::string_view path, Commit commit, Options options = {}) {
    return add_change<P>(method, path, {}, std::move(commit), std::move(options));
  }
  template <const Permission& P, class Prepare, class Commit>
  Routes& change(Method method, std::string_view path, Prepare prepare, Commit commit, Options options = {}) {
    return add_prepared<P>(method, path, {}, std::move(prepare), std::move(commit), std::move(options));
  }

  /// For anyone, and why: sign-in, join, health. The handlers are those of a read, a read_memory or a change, and the
  /// principal is `anonymous`, at the platform. Each call is counted, its rate limited; there is no idempotency key.
  template <const Permission& P, class Handler>
  Routes& anyone(Method method, std::string_view path, std::string_view why, Handler handler, Options options = {}) {
    if constexpr (std::tuple_size_v<typename Signature<Handler>::Args> == 1)
      return add_memory<P>(method, path, why, std::move(handler), std::move(options));
    else if constexpr (std::is_same_v<Nth<Handler, 0>, db::Snapshot>)
      return add_read<P>(RouteKind::read, method, path, why, std::move(handler), std::move(options));
    else
      return add_change<P>(method, path, why, std::move(handler), std::move(options));
  }
  template <const Permission& P, class Prepare, class Commit>
  Routes& anyone(Method method, std::string_view path, std::string_view why, Prepare prepare, Commit commit,
                 Options options = {}) {
    return add_prepared<P>(method, path, why, std::move(prepare), std::move(commit), std::move(options));
  }

  const std::vector<Route>& all() const { return routes_; }
  const std::string& module() const { return module_; }

 private:
  template <const Permission& P, class Input, class Out>
  Route& start(RouteKind kind, Method method, std::string_view path, std::string_view why, Options options) {
    CHECK((method == GET) == (kind != RouteKind::change) || !why.empty());
    Route route{.module = module_,
                .operation = operation_of(P),
                .kind = kind,
                .method = method,
                .path = std::string{path},
                .permission = &P,
                .options = std::move(options),
                .why_anyone = std::string{why},
                .decode = decode_input<Input, Out>};
    route.members = json::members<Input>;
    route.body_schema = json::body_schema<Input>;
    route.output_schema = json::schema<Out>;
    routes_.push_back(std::move(route));
    return routes_.back();
  }

  template <const Permission& P, class Read>
  Routes& add_read(RouteKind kind, Method method, std::string_view path, std::string_view why, Read handler,
                   Options options) {
    using Input = typename CallOf<Nth<Read, 1>>::Input;
    using Out = typename Signature<Read>::Out::value_type;
    static_assert(CallOf<Nth<Read, 1>>::permission == &P, "a handler made for another permission");
    static_assert(std::is_same_v<Nth<Read, 0>, db::Snapshot>, "a read gets a snapshot, and cannot write");
    Route& route = start<P, Input, Out>(kind, method, path, why, std::move(options));
    route.read = [handler](db::Snapshot* s, const Authority& a, const Env& e, const void* input) {
      return Lender::lend<P, Input>(a, e, input,
                                    [&](const Call<P, Input>& call) { return present(handler(*s, call)); });
    };
    return *this;
  }

  template <const Permission& P, class Read>
  Routes& add_memory(Method method, std::string_view path, std::string_view why, Read handler, Options options) {
    using Input = typename CallOf<Nth<Read, 0>>::Input;
    using Out = typename Signature<Read>::Out::value_type;
    static_assert(CallOf<Nth<Read, 0>>::permission == &P, "a handler made for another permission");
    Route& route = start<P, Input, Out>(RouteKind::read_memory, method, path, why, std::move(options));
    route.read = [handler](db::Snapshot*, const Authority& a, const Env& e, const void* input) {
      return Lender::lend<P, Input>(a, e, input, [&](const Call<P, Input>& call) { return present(handler(call)); });
    };
    return *this;
  }

  template <const Permission& P, class Commit>
  Routes& add_change(Method method, std::string_view path, std::string_view why, Commit commit, Options options) {
    using Input = typename CallOf<Nth<Commit, 1>>::Input;
    using Out = typename IsReply<typename Signature<Commit>::Out::value_type>::Body;
    static_assert(CallOf<Nth<Commit, 1>>::permission == &P, "a handler made for another permission");
    Route& route = start<P, Input, Out>(RouteKind::change, method, path, why, std::move(options));
    route.commit = [commit](db::Tx& tx, const Authority& a, const Env& e, const void* input, const void*) {
      return Lender::lend<P, Input>(a, e, input, [&](const Call<P, Input>& call) { return present(commit(tx, call)); });
    };
    return *this;
  }

  template <const Permission& P, class Prepare, class Commit>
  Routes& add_prepared(Method method, std::string_view path, std::string_view why, Prepare prepare, Commit commit,
                       Options options) {
    using Input = typename CallOf<Nth<Commit, 1>>::Input;
    using Out = typename IsReply<typename Signature<Commit>::Out::value_type>::Body;
    using Prepared = typename Signature<Prepare>::Out::value_type;
    static_assert(CallOf<Nth<Commit, 1>>::permission == &P, "a handler made for another permission");
    static_assert(std::is_same_v<Nth<Commit, 2>, Prepared>, "a commit takes what its prepare made");
    Route& route = start<P, Input, Out>(RouteKind::change, method, path, why, std::move(options));
    route.prepare = [prepare](const db::Reader& reader, const Authority& a, const Env& e,
                              const void* input) -> base::Result<std::shared_ptr<const void>> {
      return Lender::lend<P, Input>(
          a, e, input, [&](const Call<P, Input>& call) -> base::Result<std::shared_ptr<const void>> {
            auto prepared = prepare(reader, call);
            if (!prepared) return prepared.error();
            return std::shared_ptr<const void>(std::make_shared<const Prepared>(std::move(*prepared)));
          });
    };
    route.commit = [commit](db::Tx& tx, const Authority& a, const Env& e, const void* input, const void* prepared) {
      return Lender::lend<P, Input>(a, e, input, [&](const Call<P, Input>& call) {
        return present(commit(tx, call, *static_cast<const Prepared*>(prepared)));
      });
    };
    return *this;
  }

  static std::string operation_of(const Permission&);

  std::string module_;
  std::vector<Route> routes_;
};

}  // namespace request
