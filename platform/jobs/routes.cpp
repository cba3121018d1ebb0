#include "platform/jobs/store.hpp"

namespace jobs {
namespace {

struct ListJobs {
  std::optional<State> state;
  std::string after;
  int limit = base::page_size_default;
  static constexpr std::array json_defaults{"after", "limit"};
  static constexpr std::array json_ranges{json::Range{"limit", 1, base::page_size_max}};
};
BOOST_DESCRIBE_STRUCT(ListJobs, (), (state, after, limit))

base::Result<base::Page<Listed>> list(db::Snapshot& snapshot, const request::Call<job_list, ListJobs>& call) {
  return store::list(snapshot, call.input.state, {.after = call.input.after, .limit = call.input.limit});
}

}  // namespace

request::Routes routes() {
  return request::Routes{"jobs"}.read<job_list>("/v1/jobs", list, {.summary = "The durable tasks, oldest first."});
}

}  // namespace jobs
