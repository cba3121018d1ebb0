// The SQL of metering, and only of its own tables.
#pragma once

#include "platform/billing/metering/metering.hpp"

namespace metering::store {

/// The content that an id was reported with, or nothing.
std::optional<std::string> content_of(db::Snapshot&, UsageEventId reported);
/// The end of the latest event of that resource and meter that starts before `end`.
std::optional<base::Instant> end_before(db::Snapshot&, std::string_view resource, std::string_view meter,
                                        base::Instant end);

struct Filed {
  UsageEvent event;
  UsageEventId reported;
  int piece = 0;
  std::string content;
};
/// With its scopes, and as unrated.
void insert(db::Tx&, const Filed&);

std::optional<UsageEvent> find(db::Snapshot&, UsageEventId);
base::Page<UsageEvent> at_scope(db::Snapshot&, const Scope&, const base::Cursor&);
/// Of a resource; `scope` empty: wherever it lay.
base::Page<UsageEvent> of_resource(db::Snapshot&, std::string_view scope, std::string_view resource,
                                   const base::Cursor&);

std::vector<Unrated> unrated(db::Snapshot&, base::Instant now, int most);
bool delete_unrated(db::Tx&, UsageEventId);
void set_retry(db::Tx&, UsageEventId, base::Instant);

}  // namespace metering::store
