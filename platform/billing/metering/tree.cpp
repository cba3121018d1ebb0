#include "platform/billing/metering/metering.hpp"
#include "platform/iam/iam.hpp"

namespace metering {
namespace {

using base::Instant;
using base::Result;
using Path = std::vector<Scope>;

// The first instant in (from, to) at which the path is no longer `path`; `to` if there is none. The history of a scope
// is asked by instants, so the change is found by halving.
Instant change_after(db::Snapshot& snapshot, const Scope& scope, const Path& path, Instant from, Instant to) {
  const auto same = [&](Instant at) {
    const auto there = iam::path_at(snapshot, scope, at);
    return there && *there == path;
  };
  const std::chrono::microseconds least{1};
  if (same(to - least)) return to;
  while (to - from > least) {
    const Instant middle = from + (to - from) / 2;
    (same(middle) ? from : to) = middle;
  }
  return to;
}

}  // namespace

Result<std::vector<Span>> attribute_by_tree(db::Tx& tx, std::string_view resource, Instant start, Instant end) {
  const auto found = iam::resource(tx, resource);
  if (!found) return base::Error{base::not_found};
  std::vector<Span> spans;
  for (Instant at = start; at < end;) {
    auto path = iam::path_at(tx, found->scope, at);
    if (!path) return path.error();
    if (!std::holds_alternative<OrganizationId>(path->front())) return base::Error{base::not_found};
    const Instant until = change_after(tx, found->scope, *path, at, end);
    spans.push_back({.start = at, .end = until, .path = std::move(*path)});
    at = until;
  }
  iam::freeze(tx, std::get<OrganizationId>(spans.front().path.front()), end);
  return spans;
}

}  // namespace metering
