// Tables: what the database holds after a power cut, read past all modules: a module that lost something cannot be
// asked whether it did.
//
// It says what is wrong, or nothing:
//   - SQLite's own check of its file, and its foreign keys;
//   - the log is dense from 1 to its head, and its inbox is empty;
//   - each promise stands under its key, word for word;
//   - key, state, audit record and job of one change stand together or not at all, each once;
//   - the tree's history: one live edge a scope, none overlaps, each parent is there;
//   - each usage event acknowledged to the node is there once, and is charged once or waits to be; each charge is paid
//   by
//     one transfer, and replaying all events gives the same books;
//   - in the books each transfer has a debit and a credit, and their sums are equal.
#pragma once

#include <set>
#include <string>

#include "cmd/sim/machine.hpp"
#include "cmd/sim/node.hpp"
#include "cmd/sim/promises.hpp"

namespace sim {

/// What the house made itself before anybody asked: known by looking, once.
struct Start {
  std::set<std::string> ids;
  std::int64_t head = 0;
};
Start look(db::Store&);

/// Takes one row away, or adds one that nobody did: a key, an edge, an account, a binding, a charge that waits, a
/// record, a transfer, a place in the log. False: it is none of these, or nothing was there to damage.
bool damage(db::Store&, std::string_view what);

std::string check_tables(db::Store&, const Start&, const Promises&, const Node&);
/// Nothing waits to be charged any more.
std::string check_all_charged(db::Store&);
/// All charges, in micros.
std::int64_t charged(db::Store&);

}  // namespace sim
