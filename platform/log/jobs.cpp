#include "platform/jobs/jobs.hpp"

#include "platform/log/store.hpp"

namespace logbook {
namespace {

constexpr int sweep_most = 2000;  // of one run; the next finds the rest, and no rule waits for it

struct OldKeys {
  request::PlatformId platform;
  base::Instant before;
};
BOOST_DESCRIBE_STRUCT(OldKeys, (), (platform, before))

std::vector<OldKeys> due(db::Snapshot& snapshot, const request::Env& env) {
  const base::Instant before = env.now - key_time;
  if (!store::any_key_before(snapshot, before)) return {};
  return {OldKeys{.platform = request::platform, .before = before}};
}

// Nothing that anybody could miss: a key past its time is free already. So it is no change worth a record.
base::Result<bool> sweep(db::Tx& tx, const request::Call<key_sweep, OldKeys>& call) {
  store::delete_keys_before(tx, call.input.before, sweep_most);
  return false;
}

}  // namespace

jobs::Jobs jobs() { return jobs::Jobs{"log"}.every<key_sweep>(std::chrono::seconds{30}, due, sweep); }

}  // namespace logbook
