#include "platform/billing/metering/store.hpp"

namespace metering {
namespace {

class Lineage final : public request::LineageSource {
 public:
  explicit Lineage(request::Names names) : names_(std::move(names)) {}

  base::Page<request::LineageLine> lines(db::Snapshot& snapshot, std::string_view resource,
                                         const base::Cursor& cursor) const override {
    auto found = store::of_resource(snapshot, "", resource, cursor);
    base::Page<request::LineageLine> page{.next = std::move(found.next)};
    for (const UsageEvent& event : found.items) {
      const std::string path = names_.of(snapshot, event.path.back());
      page.items.push_back({.permission = &usage_list,
                            .scope = event.path.back(),
                            .id = event.id.text(),
                            .text = event.meter + " " + base::to_text(event.start) + " to " + base::to_text(event.end) +
                                    (path.empty() ? "" : " at " + path),
                            .pending = !event.rated,
                            .step = "usage",
                            .from = event.node.text(),
                            .amount = std::to_string(event.quantity) + " " + event.unit,
                            .at = base::to_text(event.end),
                            .simulated = event.simulated});
    }
    return page;
  }

 private:
  request::Names names_;
};

}  // namespace

std::unique_ptr<request::LineageSource> lineage(request::Names names) {
  return std::make_unique<Lineage>(std::move(names));
}

}  // namespace metering
