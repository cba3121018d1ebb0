#include "platform/lineage/lineage.hpp"

namespace lineage {
namespace {

struct ResourceRef {
  std::string resource;
};
BOOST_DESCRIBE_STRUCT(ResourceRef, (), (resource))

}  // namespace

request::Routes routes(Ports ports) {
  const auto show = [ports = std::move(ports)](db::Snapshot& snapshot,
                                               const request::Call<resource_read, ResourceRef>& call) {
    return read(snapshot, call.granted.principal(), call.env.now, call.input.resource, ports);
  };
  return request::Routes{"lineage"}.read<resource_read>(
      "/v1/resources/{resource}/lineage", show,
      {.summary = "Who was allowed to make it, what it used and cost, where the money went, and the proof."});
}

}  // namespace lineage
