// Statement: a query's text as one engine takes it, with its parameters numbered.
//
// A module writes PostgreSQL's form and `:name`. PostgreSQL is given `$1`, SQLite `?1`; a name that stands twice has
// one number. Quoted text, quoted names, comments, dollar quotes and `::` casts are left alone. On SQLite, whose one
// writer is the lock, `FOR UPDATE` and `FOR SHARE` (with their variants, NOWAIT and SKIP LOCKED) are dropped.
#pragma once

#include <chrono>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shared/db/db.hpp"

namespace db {

enum class Dialect { sqlite, postgres };

struct Statement {
  std::string sql;
  std::vector<std::string> names;  // names[i] is parameter i + 1
};

Statement parse(std::string_view sql, Dialect);

/// Where what begins at `at` ends, when it is quoted or a comment; else `at`.
std::size_t end_of_quoted(std::string_view sql, std::size_t at);

/// For each parameter in turn its argument. Names that are missing, unknown or given twice are a bug and crash.
void in_order(const Query&, const std::vector<std::string>& names, std::span<const Param> given,
              std::vector<const Value*>& ordered);

/// Observes one statement from here to the end of its scope.
class Timed final {
 public:
  Timed(const Observe& observe, const Query& query) : observe_(observe), query_(query) {
    if (observe_) began_ = std::chrono::steady_clock::now();
  }
  ~Timed() {
    if (observe_)
      observe_(query_,
               std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - began_));
  }
  Timed(const Timed&) = delete;
  Timed& operator=(const Timed&) = delete;

 private:
  const Observe& observe_;
  const Query& query_;
  std::chrono::steady_clock::time_point began_;
};

/// Finds by a statement's text without making a string.
struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};

}  // namespace db
