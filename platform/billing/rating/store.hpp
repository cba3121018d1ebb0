// The SQL of rating, and only of its own tables.
#pragma once

#include "platform/billing/rating/rating.hpp"

namespace rating::store {

/// Whose residual: events of one resource and meter, in one currency, priced for the same number of units.
struct Chain {
  std::string resource;
  std::string meter;
  base::Currency currency;
  std::int64_t per = 1;
  auto operator<=>(const Chain&) const = default;
};
struct Residual {
  base::Rated so_far;
  std::int64_t ordinal = 0;  // of the last charge
};
Residual residual(db::Snapshot&, const Chain&);
void set_residual(db::Tx&, const Chain&, const Residual&);

void insert(db::Tx&, const Charge&, const std::vector<Scope>& path, base::Day);

base::Page<Charge> at_scope(db::Snapshot&, const Scope&, const base::Cursor&);
/// `scope` empty: wherever it lay.
base::Page<Charge> of_resource(db::Snapshot&, std::string_view scope, std::string_view resource, const base::Cursor&);
base::Page<Charge> all(db::Snapshot&, const base::Cursor&);

struct DaySum {
  base::Day day;
  base::Money amount;
};
std::vector<DaySum> by_day(db::Snapshot&, const Scope&, base::Day from);
struct ScopeSum {
  Scope scope;
  base::Money amount;
};
std::vector<ScopeSum> by_scope(db::Snapshot&, const Scope&, base::Day from);

}  // namespace rating::store
