// Tables: what the database holds after a power cut, read past all modules: a module that lost something cannot be asked
// whether it did.
//
// It says what is wrong, or nothing:
//   - SQLite's own check of its file, and its foreign keys;
//   - the log is dense from 1 to its head, and its inbox is empty;
//   - each promise stands under its key, word for word;
//   - key, state, audit record and job of one change stand together or not at all, each once;
//   - the tree's history: one live edge a scope, none overlaps, each parent is there;
//   - in the books each transfer has a debit and a credit, and their sums are equal.
#pragma once

#include <set>
#include <string>

#include "cmd/sim/machine.hpp"
#include "cmd/sim/promises.hpp"

namespace sim {

/// What the house made itself before anybody asked: known by looking, once.
struct Start {
  std::set<std::string> ids;
  std::int64_t head = 0;
};
Start look(db::Store&);

std::string check_tables(db::Store&, const Start&, const Promises&);

}  // namespace sim
