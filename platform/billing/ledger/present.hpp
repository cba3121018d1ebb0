// How accounts are shown: by the organization's name, where it is known.
#pragma once

#include "platform/billing/ledger/store.hpp"

namespace ledger {

/// "revenue/shop/acme" of "revenue/shop/org_01j…".
inline std::string shown(db::Snapshot& snapshot, const request::Names& names, std::string_view account) {
  const std::size_t slash = account.rfind('/');
  const auto organization = OrganizationId::parse(account.substr(slash + 1));
  CHECK(organization.has_value());
  const std::string name = names.of(snapshot, request::Scope{*organization});
  return name.empty() ? std::string{account} : std::string{account.substr(0, slash + 1)} + name;
}

inline Transfer shown(db::Snapshot& snapshot, const request::Names& names, Transfer transfer) {
  transfer.debit = shown(snapshot, names, transfer.debit);
  transfer.credit = shown(snapshot, names, transfer.credit);
  return transfer;
}

}  // namespace ledger
