// Asking: a request handed to a house in its own process and its answer, for tests.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <string>

#include "cmd/house/house.hpp"
#include "shared/json/document.hpp"

namespace house::asking {

/// A house on an empty database, with its first organization and a key of that one's admin.
inline base::Result<std::unique_ptr<House>> open_fresh(std::string database, const base::Clock& clock) {
  return open({.database = std::move(database),
               .products = std::string{HOUSE_SOURCE_DIR} + "/products",
               .clock = &clock,
               .bootstrap = true,
               .admin_key = true});
}

struct Reply {
  int status = 0;
  std::string body;
  http::Headers headers;

  std::string reason() const { return member("reason"); }
  /// A member of the body as text; empty when there is none.
  std::string member(const char* name) const {
    const auto parsed = json::Document::parse(body);
    return parsed ? (*parsed)[name].as_text() : std::string{};
  }
};

class Catcher final : public http::Responder {
 public:
  void answer(http::Response response) override {
    caught.set_value({response.status, std::move(response.body), std::move(response.headers)});
  }
  std::shared_ptr<http::ByteStream> stream(int status, http::Headers headers) override {
    caught.set_value({status, "", std::move(headers)});
    return nullptr;
  }
  void upgrade(std::string, std::function<void(std::shared_ptr<http::WebSocket>)>) override {
    caught.set_value({101, "", {}});
  }
  bool gone() const override { return false; }
  std::promise<Reply> caught;
};

inline Reply ask(House& house, http::Request request) {
  const std::string what = request.method + " " + request.path;
  auto catcher = std::make_shared<Catcher>();
  auto caught = catcher->caught.get_future();
  house.runner().handle(std::move(request), catcher);
  if (caught.wait_for(std::chrono::seconds{20}) != std::future_status::ready) {
    ADD_FAILURE() << "no answer: " << what;
    return {};
  }
  return caught.get();
}

}  // namespace house::asking
