// Decide: one decision from the tables, with its true reason. The index (index.hpp) answers the same, only faster and
// only yes; where the two could differ a test compares them, and both with an evaluator that is obvious and slow.
#pragma once

#include <span>

#include "platform/iam/roles.hpp"
#include "platform/iam/store.hpp"

namespace iam {

/// What one decision stands on: where the target lies, and what the principal holds.
struct Ground {
  std::vector<store::Place> path;   // organization first; empty at the platform
  std::optional<PrincipalId> self;  // the target, when it is a principal
  Scope scope() const { return path.empty() ? Scope{request::platform} : path.back().id; }
};

/// Where a target lies. Errors: `not_found`.
base::Result<Ground> ground_of(db::Snapshot&, const request::Target&);

/// The binding that allows it: of several the one nearest the target, then the oldest. Errors: `forbidden`, `not_found`
/// (the target lies in an organization where the principal has no business).
base::Result<store::Held> decide(const Roles&, const store::Person&, std::span<const store::Held>, const Ground&,
                                 std::string_view permission, base::Instant now);

/// All permissions that the bindings give at the end of this path.
PermissionSet permissions_at(const Roles&, std::span<const store::Held>, const Ground&, base::Instant now);

/// The epoch that a decision at `ground` compares: of its organization (or the platform), and the platform's added
/// where the permission is the platform's.
std::vector<Scope> epochs_of(const Roles&, const Scope& front, std::string_view permission);

/// The whole of it. Errors: also `forbidden` for a disabled or unknown principal.
base::Result<request::Authority> decide_from_tables(db::Snapshot&, const Roles&, PrincipalId,
                                                    const request::Permission&, const request::Target&,
                                                    base::Instant now, Ground* stood_on = nullptr);

/// Whether this binding's role is one that can be held there.
bool fits(const Roles::Role&, const Scope&);

}  // namespace iam
