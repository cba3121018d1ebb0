#include "platform/billing/ledger/present.hpp"

namespace ledger {
namespace {

class Lineage final : public request::LineageSource {
 public:
  explicit Lineage(request::Names names) : names_(std::move(names)) {}

  base::Page<request::LineageLine> lines(db::Snapshot& snapshot, std::string_view resource,
                                         const base::Cursor& cursor) const override {
    auto found = store::of_resource(snapshot, resource, cursor);
    base::Page<request::LineageLine> page{.next = std::move(found.next)};
    for (auto& each : found.items) {
      const Transfer transfer = shown(snapshot, names_, std::move(each.transfer));
      page.items.push_back({.permission = &transfer_list,
                            .scope = each.organization,
                            .id = transfer.id.text(),
                            .text = transfer.debit + " -> " + transfer.credit,
                            .step = "ledger",
                            .from = transfer.charge,
                            .amount = base::to_text(transfer.amount) + " " + transfer.amount.currency.code,
                            .at = base::to_text(transfer.at)});
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

}  // namespace ledger
