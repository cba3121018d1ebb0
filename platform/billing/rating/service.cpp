#include <algorithm>
#include <map>

#include "platform/billing/ledger/ledger.hpp"
#include "platform/billing/rating/store.hpp"
#include "shared/base/check.hpp"
#include "shared/crypto/crypto.hpp"

namespace rating {
namespace {

using base::Error;
using base::Result;
using metering::UsageEvent;

constexpr int due_max = 1000;  // events looked at in one run; the next finds the rest
constexpr base::Reason unpriced{"unpriced", base::Kind::unavailable};

store::Chain chain_of(const Charge& charge) {
  return {.resource = charge.resource, .meter = charge.meter, .currency = charge.rate.currency, .per = charge.rate.per};
}

// The charge of one event; its chain's residual moves on with it.
Result<Charge> charge_of(const UsageEvent& event, const registry::PriceVersion& price, store::Residual& residual) {
  const auto step = base::charge_next(price.rate, residual.so_far, event.quantity, base::Round::half_even);
  if (!step) return step.error();
  residual.so_far = step->total;
  ++residual.ordinal;
  return Charge{.usage_event = event.id,
                .organization = event.organization(),
                .scope = event.path.back(),
                .resource = event.resource,
                .meter = event.meter,
                .unit = event.unit,
                .quantity = event.quantity,
                .product = price.product,
                .price_book = price.book,
                .sku = event.sku,
                .rate = price.rate,
                .per_text = price.per_text,
                .amount = step->charge,
                .ordinal = residual.ordinal,
                .simulated = event.simulated};
}

Result<void> rate_one(db::Tx& tx, const request::Call<usage_rate, RateUsage>& call, const UsageEvent& event) {
  const auto price = registry::price_at(tx, event.sku, event.meter, event.start);
  if (!price) return Error{unpriced, "no price of " + event.sku + " for " + event.meter};
  const store::Chain chain{
      .resource = event.resource, .meter = event.meter, .currency = price->rate.currency, .per = price->rate.per};
  auto residual = store::residual(tx, chain);
  auto charge = charge_of(event, *price, residual);
  if (!charge) return charge.error();
  charge->id = ChargeId::make(call.env.now, call.env.random);
  charge->at = call.env.now;
  store::insert(tx, *charge, event.path, base::day_of(event.start));
  store::set_residual(tx, chain, residual);
  const bool was_waiting = metering::mark_rated(tx, event.id);
  CHECK(was_waiting);
  if (charge->amount.micros == 0) return {};
  const ledger::Draft payment{.id = ledger::TransferId::make(call.env.now, call.env.random),
                              .debit = ledger::prepaid(event.organization()),
                              .credit = ledger::revenue(price->product, event.organization()),
                              .amount = charge->amount,
                              .charge = charge->id.text(),
                              .resource = event.resource};
  const auto posted = ledger::post(tx, call.granted.authority(), call.env, event.organization(), {payment});
  if (!posted) return posted.error();
  CHECK(*posted == 1);
  return {};
}

std::string line_of(const Charge& charge) {
  return charge.usage_event.text() + " " + charge.product + " " + charge.price_book + " " + charge.sku + " " +
         std::to_string(charge.quantity) + " " + std::to_string(charge.rate.picos) + "/" +
         std::to_string(charge.rate.per) + " " + base::to_text(charge.amount) + " " + charge.amount.currency.code +
         "\n";
}

std::vector<Charge> all_in_order(db::Snapshot& snapshot) {
  std::vector<Charge> charges;
  base::Cursor cursor{.limit = base::page_size_max};
  for (;;) {
    auto page = store::all(snapshot, cursor);
    std::ranges::move(page.items, std::back_inserter(charges));
    if (!page.next) break;
    cursor.after = *page.next;
  }
  std::ranges::sort(charges, [](const Charge& a, const Charge& b) {
    return std::pair{chain_of(a), a.ordinal} < std::pair{chain_of(b), b.ordinal};
  });
  return charges;
}

}  // namespace

std::vector<RateUsage> due(db::Snapshot& snapshot, const request::Env& env) {
  std::map<OrganizationId, std::vector<UsageEventId>> waiting;
  std::vector<RateUsage> batches;
  for (const auto& [organization, event] : metering::unrated(snapshot, env.now, due_max)) {
    auto& events = waiting[organization];
    events.push_back(event);
    if (events.size() < batch_max) continue;
    batches.push_back({.organization = organization, .events = std::move(events)});
    events.clear();
  }
  for (auto& [organization, events] : waiting)
    if (!events.empty()) batches.push_back({.organization = organization, .events = std::move(events)});
  return batches;
}

// Batches of one organization follow one another, whichever replica they come from: they share residuals and accounts.
Result<bool> rate(db::Tx& tx, const request::Call<usage_rate, RateUsage>& call) {
  tx.lock("ledger:" + call.granted.organization().text(), false);
  bool rated = false;
  for (const UsageEventId id : call.input.events) {
    const auto event = metering::event(tx, id);
    if (!event || event->rated || event->organization() != call.granted.organization()) continue;
    const auto done = tx.attempt([&] { return rate_one(tx, call, *event); });
    if (done)
      rated = true;
    else
      metering::postpone(tx, id, call.env.now + unpriced_retry);
  }
  return rated;
}

Replay replay(db::Snapshot& snapshot) {
  std::string books, again;
  std::map<store::Chain, store::Residual> residuals;
  const auto charges = all_in_order(snapshot);
  for (const Charge& charge : charges) {
    books += line_of(charge);
    const auto event = metering::event(snapshot, charge.usage_event);
    if (!event) continue;
    const auto price = registry::price_at(snapshot, event->sku, event->meter, event->start);
    if (!price) continue;
    const auto once_more = charge_of(*event, *price, residuals[chain_of(charge)]);
    if (once_more) again += line_of(*once_more);
  }
  return {.charges = static_cast<std::int64_t>(charges.size()),
          .books = crypto::hex(crypto::sha256(books)),
          .again = crypto::hex(crypto::sha256(again))};
}

jobs::Jobs jobs() { return jobs::Jobs{"billing.rating"}.every<usage_rate>(rating_period, due, rate); }

}  // namespace rating
