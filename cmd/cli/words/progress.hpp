// Progress: an instance's way to running, as words that are only ever added to.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cmd/cli/words/outcome.hpp"

namespace cli {

/// "requested 0.00 s", "placed local-1 0.02 s", …: what has happened so far, in order, timed from the request by the
/// server's own clock. While nothing can hold it: "waits for room" stands last.
std::vector<std::string> progress_steps(const json::Document& instance);
/// "up to 2.499 EUR/hour, hold 0.42 EUR"; empty while nothing is known.
std::string progress_price(const json::Document& instance);

bool waits_for_room(const json::Document& instance);
/// Why it waits, and which shapes of GET /v1/shapes have room now, in one line.
std::string room_text(const json::Document& instance, const json::Document& shapes);
/// Of a wait that has an end, which came first: the instance stays, and how to look and how to give it up.
Failure not_yet(const json::Document& instance, std::chrono::seconds waited);

bool has_ended(const json::Document& instance);  // stopped, exited, failed
/// "train failed: command_not_found", for an instance that ended; nothing when it ended well or was stopped.
std::optional<Failure> end_failure(const json::Document& instance);

/// What a shell makes of an exit (POSIX 2.8.2): the code, or 128 and the signal; 127 for a command that is not there,
/// 126 for one that cannot be started.
int exit_code(const json::Document& exit);

/// One sample of /metrics in a row: cpu, memory, memory limit, and per GPU its use.
std::string metrics_text(const json::Document& sample);

}  // namespace cli
