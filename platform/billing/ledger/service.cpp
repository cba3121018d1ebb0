#include "platform/billing/ledger/store.hpp"
#include "shared/base/check.hpp"

namespace ledger {
namespace {

using base::Error;
using base::Result;

std::string_view word(Family family) {
  switch (family) {
    case Family::prepaid:
      return "prepaid";
    case Family::receivable:
      return "receivable";
    case Family::revenue:
      return "revenue";
    case Family::credits_granted:
      return "credits-granted";
  }
  CHECK(false);
}

}  // namespace

Account prepaid(OrganizationId organization) { return {.family = Family::prepaid, .organization = organization}; }
Account credits_granted(OrganizationId organization) {
  return {.family = Family::credits_granted, .organization = organization};
}
Account revenue(std::string_view product, OrganizationId organization) {
  return {.family = Family::revenue, .product = std::string{product}, .organization = organization};
}

std::string text(const Account& account) {
  CHECK((account.family == Family::revenue) == !account.product.empty());
  std::string name{word(account.family)};
  if (!account.product.empty()) name += "/" + account.product;
  return name + "/" + account.organization.text();
}

Result<int> post(db::Tx& tx, const request::Authority& authority, const request::Env& env, OrganizationId organization,
                 const std::vector<Draft>& drafts) {
  // Whoever was allowed in one organization moves no money of another.
  const request::Scope& payer = authority.path.front();
  CHECK(payer == request::Scope{organization} || payer == request::Scope{request::platform});
  tx.lock("ledger:" + organization.text(), false);
  int posted = 0;
  for (const Draft& draft : drafts) {
    if (draft.amount.micros <= 0) return Error{amount_not_positive};
    if (draft.amount.micros > amount_max) return Error{base::overflow, "one transfer moves a billion at most"};
    for (const Account& account : {draft.debit, draft.credit}) {
      const std::string currency = store::open_account(tx, account, draft.amount.currency, env.now);
      if (currency != draft.amount.currency.code) return Error{currency_differs, text(account) + " is in " + currency};
    }
    if (store::insert(tx, organization, draft, env.now))
      ++posted;
    else if (draft.reverses)
      return Error{already_reversed};
  }
  return posted;
}

TrialBalance trial_balance(db::Snapshot& snapshot) {
  TrialBalance trial{.debits = {.currency = {"EUR"}}, .credits = {.currency = {"EUR"}}};
  for (const store::Sum& sum : store::totals(snapshot)) {
    const base::Currency currency{sum.currency};
    const CurrencyTotal total{
        .debits = {.micros = sum.debits, .currency = currency},
        .credits = {.micros = sum.credits, .currency = currency},
        .transfers = {.micros = store::transferred(snapshot, sum.currency), .currency = currency}};
    if (total.debits != total.credits || total.debits != total.transfers) trial.balanced = false;
    if (trial.currencies.empty()) {
      trial.debits = total.debits;
      trial.credits = total.credits;
    }
    trial.currencies.push_back(total);
  }
  trial.accounts = store::accounts(snapshot);
  return trial;
}

std::optional<base::Money> prepaid_left(db::Snapshot& snapshot, OrganizationId organization) {
  const std::string name = text(prepaid(organization));
  for (const store::Sum& sum : store::sums(snapshot, organization))
    if (sum.account == name) return base::Money{.micros = sum.credits - sum.debits, .currency = {sum.currency}};
  return {};
}

}  // namespace ledger
