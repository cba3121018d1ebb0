// Perform: one command of the table, done. Fills its route with what the words mean, asks, and prints the answer.
#pragma once

#include <string>

#include "cmd/cli/places.hpp"
#include "shared/base/time.hpp"

namespace cli {

/// What a command works with.
struct Context {
  const Parsed& parsed;
  Session& session;
  Places& places;
  const base::Clock& clock;
  std::string credentials_file;  // of login
  std::string output;            // table, wide, json, yaml, name

  const Command& command() const { return *parsed.command; }
};

/// The exit code, which for `instance exec` is the workload's.
using Ending = Outcome<int>;

/// The route of the command with its places filled, its query and its body.
Outcome<Ask> make_ask(Context&);
/// Any command that the table describes in full.
Ending perform(Context&);
/// Code of its own; `answer` of such a command is printed by whoever did it.
Ending perform_own(Context&);

/// Prints one object as the columns and -o ask; `body` are the API's bytes.
Outcome<void> print_one(Context&, const std::string& body, Answer);
/// Writes all of it to stdout. Failure: the reader is gone.
Outcome<void> print(std::string_view);

// The own ones, by file.
Ending scope_tree(Context&);  // proof.cpp
Ending lineage(Context&);
Ending access_check(Context&);
Ending explain(Context&);
Ending version(Context&);
Ending instance_create(Context&);  // instance.cpp
Ending instance_change(Context&);
Ending instance_wait(Context&);
Ending instance_logs(Context&);  // follow.cpp
Ending instance_metrics(Context&);
Ending audit_follow(Context&);
Ending instance_exec(Context&);  // stream.cpp
Ending terminal(Context&);
Ending balance_show(Context&);  // money.cpp
Ending trial_balance(Context&);
Ending cost_show(Context&);
Ending login(Context&);  // login.cpp
Ending logout(Context&);

}  // namespace cli
