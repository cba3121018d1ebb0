// Trouble: what an engine throws through a function to its store, and what becomes of the change then.
//
// A module catches none of it. The runner may look at `LockTimeout`, because only it knows what was waited for; the
// transaction is lost all the same, and the work must return an error.
#pragma once

#include <stdexcept>
#include <string>

#include "shared/base/result.hpp"

namespace db {

struct Trouble : std::runtime_error {
  Trouble(base::Reason why, const std::string& detail) : std::runtime_error(detail), reason(why) {}
  base::Error error() const { return {reason, what()}; }
  base::Reason reason;
};

/// Another transaction was in the way (40001, 40P01): run again.
struct Contended : Trouble {
  explicit Contended(const std::string& detail) : Trouble(base::contended, detail) {}
};

/// A lock was waited for longer than `lock_timeout`: not run again, the waiting was the trying.
struct LockTimeout : Trouble {
  explicit LockTimeout(const std::string& detail) : Trouble(base::contended, detail) {}
};

/// The disk is full or fails, no snapshot is free, a reading statement took too long.
struct Unavailable : Trouble {
  explicit Unavailable(const std::string& detail) : Trouble(base::unavailable, detail) {}
};

/// The connection is gone, and what it had open with it: run again on a new one.
struct Lost : Unavailable {
  explicit Lost(const std::string& detail) : Unavailable(detail) {}
};

/// The database refused the statement: a constraint, an append-only table, SQL that it does not know. A bug of the
/// module: the change is undone and answers `internal`, and leaves all others alone.
struct Refused : Trouble {
  explicit Refused(const std::string& detail) : Trouble(base::internal, detail) {}
};

}  // namespace db
