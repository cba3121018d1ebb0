#include "platform/log/present.hpp"

namespace logbook {
namespace {

// The record that made the resource is its decision; each other one is a line of its audit. What else was created about
// it (an access session) is told apart by the resource's own type.
bool is_decision(const store::Stored& record, const std::string& type) {
  if (record.entry.outcome != "ok") return false;
  return type.empty() ? record.entry.action.ends_with(".create") : record.entry.action == type + ".create";
}

class Lineage final : public request::LineageSource {
 public:
  explicit Lineage(request::Names names) : names_(std::move(names)) {}

  base::Page<request::LineageLine> lines(db::Snapshot& snapshot, std::string_view resource,
                                         const base::Cursor& cursor) const override {
    auto found = store::page(snapshot, "", resource, "", cursor);
    base::Page<request::LineageLine> page{.next = std::move(found.next)};
    const std::string type = names_.resource_type ? names_.resource_type(snapshot, resource) : std::string{};
    for (const auto& each : found.items) page.items.push_back(line(snapshot, each, type));
    if (!page.next)
      for (const auto& each : store::waiting(snapshot, resource)) page.items.push_back(line(snapshot, each, type));
    return page;
  }

 private:
  request::LineageLine line(db::Snapshot& snapshot, const store::Stored& from, const std::string& type) const {
    const Record record = present(snapshot, names_, from);
    const bool pending = from.index == 0;
    const std::string leaf = pending ? "not in the log yet" : "leaf " + std::to_string(from.index);
    request::LineageLine line{.permission = &record_list,
                              .scope = record.scope,
                              .id = record.id.text(),
                              .pending = pending,
                              .at = base::to_text(record.at)};
    if (is_decision(from, type)) {
      line.step = "decision";
      line.text = "allow " + record.action + " at " +
                  (record.scope_path.empty() ? request::text(record.scope) : record.scope_path) + ", " + leaf;
      line.from = record.by;
    } else {
      line.step = "audit";
      line.text = record.action + (record.outcome == "ok" ? "" : " refused: " + record.outcome) +
                  (record.principal_name.empty() ? "" : " by " + record.principal_name) + ", " + leaf;
    }
    return line;
  }

  request::Names names_;
};

}  // namespace

std::unique_ptr<request::LineageSource> lineage(request::Names names) {
  return std::make_unique<Lineage>(std::move(names));
}

}  // namespace logbook
