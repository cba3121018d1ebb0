// World: a small house for a module's test. A real database, the real log, the real runner and the real job runner;
// only who may what is left open: everybody may do everything in the project they act in, `ann@lab` being Ann in
// project lab.
//
// Always true: a call goes through the runner that serves requests, over a route made for that one handler; `run` plays
// jobs by the job runner that runs them.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platform/jobs/jobs.hpp"
#include "platform/request/request.hpp"
#include "tests/support/engines/engines.hpp"

namespace test {

using Tally = std::map<std::string, int>;

template <class T>
std::string outcome(const base::Result<T>& result) {
  if (!result) return std::string{result.error().reason.word};
  if constexpr (std::is_same_v<T, bool>) return *result ? "ok" : "nothing";
  return "ok";
}

template <class T>
std::string count(const base::Result<base::Page<T>>& page) {
  return page ? std::to_string(page->items.size()) : std::string{page.error().reason.word};
}

/// What a request came to, before it is decoded.
struct Reply {
  int status = 0;
  std::string body;
};

class World final {
 public:
  explicit World(Engine);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  std::string set_today(base::Day);
  base::Day today() const;

  /// Calls a handler as a request of `who`, "NAME@PROJECT"; "house@PROJECT" runs a job's commit.
  template <class Handler, class Input = typename request::CallOf<request::Nth<Handler, 1>>::Input,
            class Out = typename request::Signature<Handler>::Out>
  Out call(std::string_view who, Handler handler, const Input& input) {
    constexpr const request::Permission& permission = *request::CallOf<request::Nth<Handler, 1>>::permission;
    if constexpr (std::is_same_v<Out, base::Result<bool>>) {
      const jobs::Jobs table = jobs::Jobs{"test"}.every<permission>(
          std::chrono::hours{1}, [](db::Snapshot&, const request::Env&) { return std::vector<Input>{}; }, handler);
      return house(who, table.all().front(), &input);
    } else {
      return decoded<Out>(ask(who, runner<permission>(handler), json::encode(input)));
    }
  }

  /// The same call from `clients` threads at once.
  template <class Handler, class Input = typename request::CallOf<request::Nth<Handler, 1>>::Input>
  Tally race(int clients, std::string_view who, Handler handler, const Input& input) {
    return raced(clients, [&] { return outcome(call(who, handler, input)); });
  }

  /// One pass of a module's repeated jobs: "attic:1,lab:2", or "nothing".
  std::string run(const jobs::Jobs&);

  db::Store& store();
  request::Scope project(std::string_view name);
  request::PrincipalId principal(std::string_view name);

 private:
  struct House;
  using Route = std::function<request::Routes(std::string_view path)>;

  template <const request::Permission& P, class Handler>
  int runner(Handler handler) {
    const void* key = nullptr;
    if constexpr (std::is_pointer_v<Handler>) key = reinterpret_cast<const void*>(handler);
    return runner_of(key, &P, [handler](std::string_view path) {
      request::Routes routes{"test"};
      if constexpr (std::is_same_v<request::Nth<Handler, 0>, db::Snapshot>)
        routes.read<P>(path, handler);
      else
        routes.change<P>(request::POST, path, handler);
      return routes;
    });
  }

  template <class Out>
  static Out decoded(const Reply& reply) {
    if (reply.status >= 400) return error_of(reply);
    return json::decode<typename Out::value_type>(reply.body);
  }

  static base::Error error_of(const Reply&);
  int runner_of(const void* handler, const request::Permission*, const Route&);
  Reply ask(std::string_view who, int runner, const std::string& input);
  base::Result<bool> house(std::string_view who, const jobs::Job&, const void* input);
  static Tally raced(int clients, const std::function<std::string()>& once);

  std::unique_ptr<House> house_;
};

}  // namespace test
