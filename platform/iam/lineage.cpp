// Lineage: who was allowed to make a resource, and by which binding.
#include "platform/iam/services.hpp"

namespace iam {
namespace {

std::string kind_text(PrincipalKind kind) {
  switch (kind) {
    case PrincipalKind::user:
      return "user";
    case PrincipalKind::service_account:
      return "service account";
    case PrincipalKind::node:
      return "node";
  }
  CHECK(false);
}

// ann (user) --role project-admin--> acme/research  binding bnd_… by bob, 2026-11-02 "new team"
std::string text_of(db::Snapshot& snapshot, const store::Bound& bound) {
  const auto person = store::person(snapshot, bound.principal);
  CHECK(person.has_value());
  std::string text = person->name + " (" + kind_text(person->kind) + ") --role " + bound.role + "--> " +
                     path_text(store::path_up(snapshot, bound.scope)) + "  binding " + bound.id.text() + " by " +
                     (bound.created_by_name.empty() ? "the house" : bound.created_by_name) + ", " +
                     base::to_text(base::day_of(bound.created_at));
  if (!bound.note.empty()) text += " \"" + bound.note + "\"";
  return text;
}

class Source final : public request::LineageSource {
 public:
  base::Page<request::LineageLine> lines(db::Snapshot& snapshot, std::string_view id,
                                         const base::Cursor&) const override {
    const auto made = resource(snapshot, id);
    if (!made || !made->created_by_binding) return {};
    const auto bound = store::bound(snapshot, *made->created_by_binding);
    if (!bound) return {};
    return {.items = {{.permission = &binding_list,
                       .scope = bound->scope,
                       .id = bound->id.text(),
                       .text = text_of(snapshot, *bound),
                       .step = "authority",
                       .at = base::to_text(bound->created_at)}}};
  }
};

}  // namespace

std::unique_ptr<request::LineageSource> lineage() { return std::make_unique<Source>(); }

}  // namespace iam
