// What the tests of this module share: a database with one schema, and a change that is waited for.
#pragma once

#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <vector>

#include "shared/db/open.hpp"
#include "shared/db/statement.hpp"
#include "shared/db/trouble.hpp"
#include "tests/support/engines/engines.hpp"

namespace db {

/// The outcome as tests compare it: "ok", or the error's word.
inline std::string word(const base::Result<void>& result) {
  return result ? "ok" : std::string{result.error().reason.word};
}

struct World {
  explicit World(test::Engine engine) : url(test::fresh_database(engine)) {}
  explicit World(std::string at) : url(std::move(at)) {}

  base::Result<Opened> try_open(Sequence sequence = {}) {
    return db::open({.url = url, .migrations = migrations, .sequence = std::move(sequence), .clock = &clock});
  }
  std::unique_ptr<Store> open(Sequence sequence = {}) {
    auto opened = try_open(std::move(sequence));
    if (!opened) ADD_FAILURE() << opened.error().detail;
    return std::move(opened->store);
  }

  std::future<base::Result<void>> start(Store& store, Store::Work work) {
    auto promise = std::make_shared<std::promise<base::Result<void>>>();  // shared: the caller may be gone first
    auto future = promise->get_future();
    store.change(std::move(work), [promise](base::Result<void> result) { promise->set_value(std::move(result)); });
    return future;
  }
  base::Result<void> change(Store& store, Store::Work work) { return start(store, std::move(work)).get(); }

  std::string url;
  base::WallClock clock;
  std::vector<Migration> migrations{{"test", "0001_notes", R"sql(-- expand
CREATE TABLE notes (
  id      @id  PRIMARY KEY,
  text    text,
  number  @int
) @strict;
CREATE TABLE counters (id @id PRIMARY KEY, value @int NOT NULL) @strict;
CREATE TABLE book (id @id PRIMARY KEY, amount @int NOT NULL) @strict;
@append_only(book);
CREATE TABLE inbox (xid @int NOT NULL, id @serial PRIMARY KEY, what text NOT NULL) @strict;
CREATE TABLE log (at @int PRIMARY KEY, what text NOT NULL) @strict;
)sql"}};
};

}  // namespace db
