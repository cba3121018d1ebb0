#include "platform/billing/ledger/present.hpp"

namespace ledger {
namespace {

using base::Result;
using request::Call;

struct ListTransfers {
  std::string resource;
  std::string after;
  int limit = base::page_size_default;
  static constexpr std::array json_defaults{"resource", "after", "limit"};
  static constexpr std::array json_ranges{json::Range{"limit", 1, base::page_size_max}};
};
BOOST_DESCRIBE_STRUCT(ListTransfers, (), (resource, after, limit))

struct GrantCredit {
  OrganizationId organization;
  std::string amount;
  std::string note;
  static constexpr std::array json_defaults{"note"};
  static constexpr std::array json_ranges{json::Range{"note", 0, static_cast<std::int64_t>(note_max)}};
};
BOOST_DESCRIBE_STRUCT(GrantCredit, (), (organization, amount, note))

Result<base::Page<Transfer>> list(db::Snapshot& snapshot, const Call<transfer_list, ListTransfers>& call,
                                  const request::Names& names) {
  const base::Cursor cursor{.after = call.input.after, .limit = call.input.limit};
  const OrganizationId organization = call.granted.organization();
  auto page = call.input.resource.empty() ? store::list(snapshot, organization, cursor)
                                          : store::of_resource(snapshot, organization, call.input.resource, cursor);
  for (auto& each : page.items) each = shown(snapshot, names, std::move(each));
  return page;
}

Result<Balance> read_balance(db::Snapshot& snapshot, const Call<balance_read>& call, const Ports& ports) {
  const OrganizationId organization = call.granted.organization();
  const std::string own = text(prepaid(organization)), granted = text(credits_granted(organization));
  const auto currency = ports.currency(snapshot, organization);
  Balance balance{.organization = organization, .prepaid = {.currency = currency.value_or(base::Currency{"EUR"})}};
  for (const store::Sum& sum : store::sums(snapshot, organization)) {
    const auto money = [&](std::int64_t micros) { return base::Money{.micros = micros, .currency = {sum.currency}}; };
    const bool debits_raise = sum.account == granted;
    const auto net = money(debits_raise ? sum.debits - sum.credits : sum.credits - sum.debits);
    if (sum.account == own) balance.prepaid = net;
    balance.accounts.push_back({.name = shown(snapshot, ports.names, sum.account),
                                .debits = money(sum.debits),
                                .credits = money(sum.credits),
                                .balance = net});
  }
  return balance;
}

// Decided at the platform, because nobody gives themselves credit; the organization comes from the path.
Result<Transfer> grant(db::Tx& tx, const Call<credit_grant, GrantCredit>& call, const Ports& ports) {
  const auto currency = ports.currency(tx, call.input.organization);
  if (!currency) return base::Error{base::not_found};
  const auto micros = base::decimal_from_text(call.input.amount, 6);
  if (!micros) return base::Error{micros.error().reason, "an amount such as 100.00", "/amount"};
  const Draft draft{.id = TransferId::make(call.env.now, call.env.random),
                    .debit = credits_granted(call.input.organization),
                    .credit = prepaid(call.input.organization),
                    .amount = {.micros = *micros, .currency = *currency},
                    .note = call.input.note};
  const auto posted = post(tx, call.granted.authority(), call.env, call.input.organization, {draft});
  if (!posted) return posted.error();
  return shown(tx, ports.names,
               Transfer{.id = draft.id,
                        .at = call.env.now,
                        .debit = text(draft.debit),
                        .credit = text(draft.credit),
                        .amount = draft.amount,
                        .charge = {},
                        .resource = {},
                        .kind = Kind::posted,
                        .reverses = {},
                        .note = draft.note});
}

}  // namespace

request::Routes routes(Ports ports) {
  request::Routes routes{"billing.ledger"};
  routes.read<transfer_list>("/v1/organizations/{organization}/transfers",
                             [names = ports.names](db::Snapshot& s, const Call<transfer_list, ListTransfers>& call) {
                               return list(s, call, names);
                             },
                             {.summary = "Where the organization's money went, oldest first."});
  routes.read<balance_read>(
      "/v1/organizations/{organization}/balance",
      [ports](db::Snapshot& s, const Call<balance_read>& call) { return read_balance(s, call, ports); },
      {.summary = "The organization's accounts, each balance summed from its postings."});
  routes.change<credit_grant>(
      request::POST, "/v1/organizations/{organization}/credits",
      [ports](db::Tx& tx, const Call<credit_grant, GrantCredit>& call) { return grant(tx, call, ports); },
      {.status = 201,
       .reasons = {amount_not_positive, currency_differs, base::overflow},
       .summary = "Give an organization prepaid credit."});
  routes.read<trial_balance_read>(
      "/v1/trial-balance",
      [](db::Snapshot& s, const Call<trial_balance_read>&) -> Result<TrialBalance> { return trial_balance(s); },
      {.summary = "All debits and all credits: equal, or something is wrong."});
  return routes;
}

}  // namespace ledger
