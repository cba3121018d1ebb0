// The SQL of the ledger, and only of its own tables.
#pragma once

#include <vector>

#include "platform/billing/ledger/ledger.hpp"

namespace ledger::store {

/// Opens it if it is not there, and returns its currency.
std::string open_account(db::Tx&, const Account&, const base::Currency&, base::Instant now);

/// False: its id, charge or reversed transfer is known. Postings are written with it.
bool insert(db::Tx&, OrganizationId, const Draft&, base::Instant now);

/// As written, accounts by their names in the books.
base::Page<Transfer> list(db::Snapshot&, OrganizationId, const base::Cursor&);
base::Page<Transfer> of_resource(db::Snapshot&, OrganizationId, std::string_view resource, const base::Cursor&);
struct Owned {
  OrganizationId organization;
  Transfer transfer;
};
base::Page<Owned> of_resource(db::Snapshot&, std::string_view resource, const base::Cursor&);

struct Sum {
  std::string account;
  std::string currency;
  std::int64_t debits = 0;
  std::int64_t credits = 0;
};
std::vector<Sum> sums(db::Snapshot&, OrganizationId);
/// Of everybody's, one a currency; `account` is empty.
std::vector<Sum> totals(db::Snapshot&);
std::int64_t transferred(db::Snapshot&, std::string_view currency);
std::int64_t accounts(db::Snapshot&);

}  // namespace ledger::store
