// How an entry is shown: one form for lists, streams and lineage.
#pragma once

#include <map>
#include <memory>
#include <string>

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

/// For the entries of one page, in one snapshot: a name is asked for once, however many entries it stands in.
inline request::Names each_once(request::Names names) {
  struct Known {
    std::map<std::string, std::string> principals;
    std::map<std::string, std::string> scopes;
  };
  const auto known = std::make_shared<Known>();
  const auto once = [](std::map<std::string, std::string>& in, std::string id, const auto& ask) {
    const auto found = in.find(id);
    return found != in.end() ? found->second : in.emplace(std::move(id), ask()).first->second;
  };
  return {.principal =
              [=](db::Snapshot& snapshot, request::PrincipalId id) {
                return once(known->principals, id.text(), [&] { return names.of(snapshot, id); });
              },
          .scope =
              [=](db::Snapshot& snapshot, const request::Scope& id) {
                return once(known->scopes, request::text(id), [&] { return names.of(snapshot, id); });
              },
          .resource = names.resource};
}

}  // namespace logbook
