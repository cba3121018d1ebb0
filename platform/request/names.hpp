// Names: how ids are shown to people. platform/iam knows; cmd/server hands this to the modules that may not know iam.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "platform/request/request.hpp"

namespace request {

/// Each answers an empty text for what it does not know; an empty function knows nothing. They may look in memory or in
/// the snapshot, and are called on any thread.
struct Names {
  std::function<std::string(db::Snapshot&, PrincipalId)> principal;
  std::function<std::string(db::Snapshot&, const Scope&)> scope;  // a path: acme/research/vision
  std::function<std::string(db::Snapshot&, std::string_view id)> resource;
  std::function<std::string(db::Snapshot&, std::string_view id)> resource_type;  // as its manifest names it

  std::string of(db::Snapshot& s, PrincipalId id) const { return principal ? principal(s, id) : std::string{}; }
  std::string of(db::Snapshot& s, const Scope& id) const { return scope ? scope(s, id) : std::string{}; }
  std::string of_resource(db::Snapshot& s, std::string_view id) const {
    return resource ? resource(s, id) : std::string{};
  }
};

}  // namespace request
