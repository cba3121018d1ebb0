#include "products/gpuaas/instances/store.hpp"

namespace instances {
namespace {

constexpr std::chrono::milliseconds waiting_period{500};

}  // namespace

// A launch is placed by a task of its own at once; those that found no room are tried again as room comes free.
jobs::Jobs jobs(const Catalogue& catalogue) {
  const auto place_now = [catalogue](db::Tx& tx, const Call<instance_place, PlaceInstance>& call) {
    return place(tx, catalogue, call.granted.authority(), call.env, call.input.instance);
  };
  const auto waiting = [](db::Snapshot& snapshot, const request::Env&) {
    std::vector<PlaceInstance> all;
    for (const Row& row : store::waiting(snapshot)) all.push_back({.project = row.project, .instance = row.id});
    return all;
  };
  const auto place_later = [catalogue](db::Tx& tx, const Call<instance_replace, PlaceInstance>& call) {
    return place(tx, catalogue, call.granted.authority(), call.env, call.input.instance);
  };
  return jobs::Jobs{"gpuaas"}.task<instance_place>(place_now).every<instance_replace>(waiting_period, waiting,
                                                                                      place_later);
}

}  // namespace instances
