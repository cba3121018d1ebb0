#include "platform/billing/rating/store.hpp"

namespace rating {
namespace {

class Lineage final : public request::LineageSource {
 public:
  base::Page<request::LineageLine> lines(db::Snapshot& snapshot, std::string_view resource,
                                         const base::Cursor& cursor) const override {
    auto found = store::of_resource(snapshot, "", resource, cursor);
    base::Page<request::LineageLine> page{.next = std::move(found.next)};
    for (const Charge& charge : found.items)
      page.items.push_back({.permission = &charge_list,
                            .scope = charge.scope,
                            .id = charge.id.text(),
                            .text = std::to_string(charge.quantity) + " " + charge.unit + " x " +
                                    base::decimal_text(charge.rate.picos, 12, true) + " " + charge.rate.currency.code +
                                    "/" + charge.per_text + " (price book " + charge.price_book + ")",
                            .step = "charges",
                            .from = charge.usage_event.text(),
                            .amount = base::to_text(charge.amount) + " " + charge.amount.currency.code,
                            .at = base::to_text(charge.at),
                            .simulated = charge.simulated});
    return page;
  }
};

}  // namespace

std::unique_ptr<request::LineageSource> lineage() { return std::make_unique<Lineage>(); }

}  // namespace rating
