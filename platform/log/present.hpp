// How an entry is shown: one form for lists, streams and lineage.
#pragma once

#include "platform/log/store.hpp"

namespace logbook {

inline Record present(db::Snapshot& snapshot, const request::Names& names, const store::Stored& from) {
  return {.index = from.index,
          .id = from.id,
          .at = from.at,
          .principal = from.entry.principal,
          .principal_name = names.of(snapshot, from.entry.principal),
          .action = from.entry.action,
          .resource = from.entry.resource,
          .outcome = from.entry.outcome,
          .scope = from.entry.path.back(),
          .scope_path = names.of(snapshot, from.entry.path.back()),
          .by = from.entry.by,
          .detail = {from.entry.detail}};
}

}  // namespace logbook
