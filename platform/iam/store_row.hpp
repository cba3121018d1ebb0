// How iam's rows are read: what more than one store_*.cpp needs.
#pragma once

#include "platform/iam/store.hpp"
#include "shared/base/check.hpp"

namespace iam::store {

inline Scope scope_in(const db::Row& row, std::string_view column) {
  auto scope = request::scope_from_text(row.get<std::string>(column));
  CHECK(scope.has_value());
  return *scope;
}

inline std::string text_in(const db::Row& row, std::string_view column) { return row.get<std::string>(column); }

}  // namespace iam::store
