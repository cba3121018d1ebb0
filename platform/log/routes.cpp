#include "platform/log/present.hpp"

namespace logbook {
namespace {

using base::Result;
using request::Call;

struct ListRecords {
  std::string resource;
  std::string action;
  std::string after;
  int limit = base::page_size_default;
  static constexpr std::array json_defaults{"resource", "action", "after", "limit"};
  static constexpr std::array json_ranges{json::Range{"limit", 1, base::page_size_max}};
};
BOOST_DESCRIBE_STRUCT(ListRecords, (), (resource, action, after, limit))

struct FollowEvents {
  std::optional<std::int64_t> after;
};
BOOST_DESCRIBE_STRUCT(FollowEvents, (), (after))

}  // namespace

request::Routes routes(request::Names names) {
  const auto list = [names](db::Snapshot& snapshot,
                            const Call<record_list, ListRecords>& call) -> Result<base::Page<Record>> {
    auto found = store::page(snapshot, request::text(call.granted.authority().scope()), call.input.resource,
                             call.input.action, {.after = call.input.after, .limit = call.input.limit});
    base::Page<Record> page{.next = std::move(found.next)};
    const request::Names shown = each_once(names);
    for (const auto& each : found.items) page.items.push_back(present(snapshot, shown, each));
    return page;
  };
  const auto follow = [](db::Snapshot&, const Call<event_follow, FollowEvents>& call) -> Result<request::Follow> {
    return request::Follow{.topic = request::text(call.granted.authority().scope()),
                           .cursor = call.input.after.value_or(-1)};
  };
  request::Routes routes{"log"};
  for (const std::string scope :
       {"/v1/organizations/{organization}", "/v1/departments/{department}", "/v1/projects/{project}"}) {
    routes.read<record_list>(scope + "/audit-records", list,
                             {.summary = "The audit records at a scope and below, newest last."});
    routes.stream<event_follow>(scope + "/events", follow,
                                {.summary = "Follow the log at a scope and below, as server-sent events."});
  }
  return routes;
}

}  // namespace logbook
