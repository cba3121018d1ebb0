// Ledger: double-entry books. Accounts and transfers between them; a balance is a sum of postings, never a stored
// number.
//
// Each account belongs to one organization, the house's side too, so that batches of two organizations meet nowhere.
// What the organization paid in advance is `prepaid`, a debt of the house: credits raise it, charges lower it.
//
// Always true
//   - a transfer moves one positive amount from one account to another of the same organization and currency;
//   - debits and credits are equal, in each currency, at any time;
//   - a charge is paid for by at most one transfer, and a transfer is reversed by at most one;
//   - accounts, transfers and postings are never changed or removed: the database refuses it.
//
// Not here: what something costs (rating), and limits: a balance may fall below zero until holds come.
#pragma once

#include <boost/describe.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "platform/request/names.hpp"
#include "platform/request/ports.hpp"
#include "platform/request/request.hpp"
#include "shared/base/money.hpp"
#include "shared/db/db.hpp"
#include "shared/json/json.hpp"

namespace ledger {

using request::OrganizationId;

inline constexpr request::Permission transfer_list{"billing.transfer.list"};
inline constexpr request::Permission balance_read{"billing.balance.read"};
inline constexpr request::Permission credit_grant{"billing.credit.grant"};
inline constexpr request::Permission trial_balance_read{"billing.trial_balance.read"};

inline constexpr base::Reason already_reversed{"already_reversed", base::Kind::conflict,
                                               "The transfer was reversed before; nothing is left to correct."};
inline constexpr base::Reason currency_differs{"currency_differs", base::Kind::unprocessable,
                                               "Use the currency of the organization's accounts."};
inline constexpr base::Reason amount_not_positive{"amount_not_positive", base::Kind::invalid,
                                                  "Give an amount above zero."};

inline constexpr std::size_t note_max = 200;
inline constexpr std::int64_t amount_max =
    1'000'000'000'000'000;  // micros of one transfer: sums of thousands fit in 64 bits

using TransferId = base::Id<"trf">;

/// What the ledger distinguishes. Debits raise `credits_granted`; credits raise the others.
enum class Family { prepaid, receivable, revenue, credits_granted };
BOOST_DESCRIBE_ENUM(Family, prepaid, receivable, revenue, credits_granted)

struct Account {
  Family family = Family::prepaid;
  std::string product = {};  // of `revenue` only
  OrganizationId organization = {};
  bool operator==(const Account&) const = default;
};
Account prepaid(OrganizationId);
Account credits_granted(OrganizationId);
Account revenue(std::string_view product, OrganizationId);
/// "revenue/shop/org_01j…", the account's name in the books.
std::string text(const Account&);

/// Pending transfers and how they end come with holds; `post` takes posted ones.
enum class Kind { posted, pending, voided, expired };
BOOST_DESCRIBE_ENUM(Kind, posted, pending, voided, expired)

/// A transfer to be posted. Whoever makes it draws the id, so that posting it again finds it known.
struct Draft {
  TransferId id;
  Account debit;
  Account credit;
  base::Money amount;
  std::string charge = {};  // id of what it pays for, or empty
  std::string resource = {};
  std::optional<TransferId> reverses = {};
  std::string note = {};
};

/// Posts them in order, in the authority's organization, or the organization of the accounts when it was decided at the
/// platform. Returns how many were new: those with a known id or charge are left as they are. The caller's transaction
/// holds the organization's lock to its end, so batches of one organization follow one another.
/// Errors: `currency_differs`, `already_reversed`, `amount_not_positive`, `overflow` (more than `amount_max`).
base::Result<int> post(db::Tx&, const request::Authority&, const request::Env&, OrganizationId,
                       const std::vector<Draft>&);

/// A transfer as it stands in the books and as lists show it: accounts by their organization's name.
struct Transfer {
  TransferId id;
  base::Instant at;
  std::string debit;
  std::string credit;
  base::Money amount;
  std::string charge;
  std::string resource;
  Kind kind = Kind::posted;
  std::optional<TransferId> reverses;
  std::string note;
};
BOOST_DESCRIBE_STRUCT(Transfer, (), (id, at, debit, credit, amount, charge, resource, kind, reverses, note))

struct AccountBalance {
  std::string name;
  base::Money debits;
  base::Money credits;
  base::Money balance;  // positive on the side that is natural to the account
};
BOOST_DESCRIBE_STRUCT(AccountBalance, (), (name, debits, credits, balance))

struct Balance {
  OrganizationId organization;
  base::Money prepaid;
  std::vector<AccountBalance> accounts;
};
BOOST_DESCRIBE_STRUCT(Balance, (), (organization, prepaid, accounts))

struct CurrencyTotal {
  base::Money debits;
  base::Money credits;
  base::Money transfers;
};
BOOST_DESCRIBE_STRUCT(CurrencyTotal, (), (debits, credits, transfers))

/// `debits` and `credits` are of the first currency; `balanced` speaks of all of them.
struct TrialBalance {
  bool balanced = true;
  base::Money debits;
  base::Money credits;
  std::int64_t accounts = 0;
  std::vector<CurrencyTotal> currencies;
};
BOOST_DESCRIBE_STRUCT(TrialBalance, (), (balanced, debits, credits, accounts, currencies))

TrialBalance trial_balance(db::Snapshot&);
/// What is left of the prepaid credit, in the currency of the account; nothing before the first transfer.
std::optional<base::Money> prepaid_left(db::Snapshot&, OrganizationId);

struct Ports {
  /// The organization's currency; nothing: there is no such organization.
  std::function<std::optional<base::Currency>(db::Snapshot&, OrganizationId)> currency;
  request::Names names = {};
};

/// `transfer list`, `balance read`, `credit grant` and `trial_balance read`.
request::Routes routes(Ports);

/// Lineage: the transfers that paid for a resource.
std::unique_ptr<request::LineageSource> lineage(request::Names names = {});

}  // namespace ledger
