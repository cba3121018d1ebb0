// The SQL of jobs, and only of its own tables.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/jobs/jobs.hpp"

namespace jobs::store {

/// One task, as its runner holds it.
struct Task {
  JobId id;
  std::string name;
  std::string resource;
  std::string input;
  int attempts = 0;        // this one included, once leased
  std::int64_t lease = 0;  // this one, once leased
};

void insert(db::Tx&, JobId, std::string_view name, std::string_view resource, std::string_view input,
            base::Instant next_at);

/// Waiting and due, or leased by someone who is late; oldest first.
std::vector<Task> due(db::Snapshot&, base::Instant now, int most);
/// When the next waiting one will be due.
std::optional<base::Instant> next_due(db::Snapshot&);

/// False: another was first, or it is no longer due. `task` then has its new attempt and lease.
bool lease(db::Tx&, Task& task, std::string_view taker, base::Instant now, base::Instant until);
/// Each false: the lease was lost.
bool finish(db::Tx&, const Task&, base::Instant now);
bool fail(db::Tx&, const Task&, std::string_view error, int attempts, base::Instant next_at);
bool park(db::Tx&, const Task&, std::string_view error);
/// A waiting one that nobody here knows: looked at again later.
void postpone(db::Tx&, JobId, base::Instant next_at);

base::Page<Listed> list(db::Snapshot&, std::optional<State>, const base::Cursor&);
bool any_done_before(db::Snapshot&, base::Instant);
int delete_done_before(db::Tx&, base::Instant, int most);

/// True: the taker runs that repeated job until then.
bool take_turn(db::Tx&, std::string_view name, std::string_view taker, base::Instant now, base::Instant until);

}  // namespace jobs::store
