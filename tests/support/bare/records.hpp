// Records: what stands in a log, for the tests of modules that write records and may not know its table.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "shared/db/db.hpp"

namespace test {

struct Record {
  std::int64_t index = 0;
  std::string action;
  std::string resource;
  std::string outcome;
  std::string detail;
};

/// All of them, in the log's order. What was committed just now may not have its place yet.
inline std::vector<Record> records(db::Store& store) {
  constexpr db::Query all{"test.records", "SELECT idx, action, resource, outcome, detail FROM log ORDER BY idx"};
  return store.read([&](db::Snapshot& s) {
    return s.all(all, {}, [](const db::Row& row) {
      return Record{.index = row.get<std::int64_t>("idx"),
                    .action = row.get<std::string>("action"),
                    .resource = row.get<std::string>("resource"),
                    .outcome = row.get<std::string>("outcome"),
                    .detail = row.get<std::string>("detail")};
    });
  });
}

}  // namespace test
