#include "platform/billing/rating/store.hpp"

#include "shared/base/check.hpp"

namespace rating::store {
namespace {

constexpr db::Query find_residual{"rating.residual", R"sql(
  SELECT ordinal, exact, charged FROM rating_residuals
  WHERE resource = :resource AND meter = :meter AND currency = :currency AND per = :per)sql"};

constexpr db::Query keep_residual{"rating.keep_residual", R"sql(
  INSERT INTO rating_residuals (resource, meter, currency, per, ordinal, exact, charged)
  VALUES (:resource, :meter, :currency, :per, :ordinal, :exact, :charged)
  ON CONFLICT (resource, meter, currency, per)
  DO UPDATE SET ordinal = excluded.ordinal, exact = excluded.exact, charged = excluded.charged)sql"};

constexpr db::Query insert_charge{"rating.insert", R"sql(
  INSERT INTO charges (id, usage_event, at, organization, scope, resource, meter, unit, quantity, product, price_book,
                       sku, picos, per, per_text, currency, amount, ordinal, simulated)
  VALUES (:id, :usage_event, :at, :organization, :scope, :resource, :meter, :unit, :quantity, :product, :price_book,
          :sku, :picos, :per, :per_text, :currency, :amount, :ordinal, :simulated))sql"};

constexpr db::Query insert_scope{"rating.scope", R"sql(
  INSERT INTO charge_scopes (scope, charge, day) VALUES (:scope, :charge, :day))sql"};

constexpr db::Query list_at_scope{"rating.list", R"sql(
  SELECT id, usage_event, at, organization, charges.scope AS scope, resource, meter, unit, quantity, product, price_book,
         sku, picos, per, per_text, currency, amount, ordinal, simulated
  FROM charge_scopes JOIN charges ON id = charge
  WHERE charge_scopes.scope = :scope AND charge > :after ORDER BY charge LIMIT :limit)sql"};

constexpr db::Query list_of_resource{"rating.list_of_resource", R"sql(
  SELECT id, usage_event, at, organization, scope, resource, meter, unit, quantity, product, price_book,
         sku, picos, per, per_text, currency, amount, ordinal, simulated
  FROM charges WHERE resource = :resource AND id > :after
    AND (:scope = '' OR EXISTS (SELECT 1 FROM charge_scopes WHERE charge_scopes.scope = :scope AND charge = id))
  ORDER BY id LIMIT :limit)sql"};

constexpr db::Query list_all{"rating.list_all", R"sql(
  SELECT id, usage_event, at, organization, scope, resource, meter, unit, quantity, product, price_book,
         sku, picos, per, per_text, currency, amount, ordinal, simulated
  FROM charges WHERE id > :after ORDER BY id LIMIT :limit)sql"};

constexpr db::Query sum_by_day{"rating.by_day", R"sql(
  SELECT day, currency, CAST(SUM(amount) AS bigint) AS amount FROM charge_scopes JOIN charges ON id = charge
  WHERE charge_scopes.scope = :scope AND day >= :from GROUP BY day, currency ORDER BY day, currency)sql"};

constexpr db::Query sum_by_scope{"rating.by_scope", R"sql(
  SELECT charges.scope AS scope, currency, CAST(SUM(amount) AS bigint) AS amount
  FROM charge_scopes JOIN charges ON id = charge
  WHERE charge_scopes.scope = :scope AND day >= :from GROUP BY charges.scope, currency ORDER BY charges.scope)sql"};

Scope scope_of(const db::Row& row) {
  const auto scope = request::scope_from_text(row.get<std::string>("scope"));
  CHECK(scope.has_value());
  return *scope;
}

base::Money money_of(const db::Row& row) {
  return {.micros = row.get<std::int64_t>("amount"), .currency = {row.get<std::string>("currency")}};
}

Charge read(const db::Row& row) {
  Charge charge{.id = row.get<ChargeId>("id"),
                .usage_event = row.get<UsageEventId>("usage_event"),
                .at = row.get<base::Instant>("at"),
                .organization = row.get<OrganizationId>("organization"),
                .scope = scope_of(row),
                .resource = row.get<std::string>("resource"),
                .meter = row.get<std::string>("meter"),
                .unit = row.get<std::string>("unit"),
                .quantity = row.get<std::int64_t>("quantity"),
                .product = row.get<std::string>("product"),
                .price_book = row.get<std::string>("price_book"),
                .sku = row.get<std::string>("sku"),
                .rate = {.picos = row.get<std::int64_t>("picos"),
                         .per = row.get<std::int64_t>("per"),
                         .currency = {row.get<std::string>("currency")}},
                .per_text = row.get<std::string>("per_text"),
                .amount = money_of(row),
                .ordinal = row.get<std::int64_t>("ordinal"),
                .simulated = row.get<bool>("simulated")};
  CHECK(charge.amount.micros >= 0 && charge.ordinal >= 1);
  return charge;
}

}  // namespace

Residual residual(db::Snapshot& snapshot, const Chain& chain) {
  const auto found = snapshot.one(
      find_residual,
      {{"resource", chain.resource}, {"meter", chain.meter}, {"currency", chain.currency.code}, {"per", chain.per}},
      [](const db::Row& row) {
        const auto exact = base::int128_from_text(row.get<std::string>("exact"));
        CHECK(exact.has_value());
        return Residual{.so_far = {.exact = *exact, .charged = row.get<std::int64_t>("charged")},
                        .ordinal = row.get<std::int64_t>("ordinal")};
      });
  return found.value_or(Residual{});
}

void set_residual(db::Tx& tx, const Chain& chain, const Residual& residual) {
  tx.put(keep_residual, {{"resource", chain.resource},
                         {"meter", chain.meter},
                         {"currency", chain.currency.code},
                         {"per", chain.per},
                         {"ordinal", residual.ordinal},
                         {"exact", base::int128_text(residual.so_far.exact)},
                         {"charged", residual.so_far.charged}});
}

void insert(db::Tx& tx, const Charge& charge, const std::vector<Scope>& path, base::Day day) {
  CHECK(charge.amount.micros >= 0 && charge.amount.currency == charge.rate.currency && path.back() == charge.scope);
  tx.put(insert_charge, {{"id", charge.id},
                         {"usage_event", charge.usage_event},
                         {"at", charge.at},
                         {"organization", charge.organization},
                         {"scope", request::text(charge.scope)},
                         {"resource", charge.resource},
                         {"meter", charge.meter},
                         {"unit", charge.unit},
                         {"quantity", charge.quantity},
                         {"product", charge.product},
                         {"price_book", charge.price_book},
                         {"sku", charge.sku},
                         {"picos", charge.rate.picos},
                         {"per", charge.rate.per},
                         {"per_text", charge.per_text},
                         {"currency", charge.amount.currency.code},
                         {"amount", charge.amount.micros},
                         {"ordinal", charge.ordinal},
                         {"simulated", charge.simulated}});
  for (const Scope& scope : path)
    tx.put(insert_scope, {{"scope", request::text(scope)}, {"charge", charge.id}, {"day", day}});
}

base::Page<Charge> at_scope(db::Snapshot& snapshot, const Scope& scope, const base::Cursor& cursor) {
  return snapshot.page(list_at_scope, cursor, {{"scope", request::text(scope)}}, read);
}

base::Page<Charge> of_resource(db::Snapshot& snapshot, std::string_view scope, std::string_view resource,
                               const base::Cursor& cursor) {
  return snapshot.page(list_of_resource, cursor, {{"scope", scope}, {"resource", resource}}, read);
}

base::Page<Charge> all(db::Snapshot& snapshot, const base::Cursor& cursor) {
  return snapshot.page(list_all, cursor, {}, read);
}

std::vector<DaySum> by_day(db::Snapshot& snapshot, const Scope& scope, base::Day from) {
  return snapshot.all(sum_by_day, {{"scope", request::text(scope)}, {"from", from}}, [](const db::Row& row) {
    return DaySum{.day = row.get<base::Day>("day"), .amount = money_of(row)};
  });
}

std::vector<ScopeSum> by_scope(db::Snapshot& snapshot, const Scope& scope, base::Day from) {
  return snapshot.all(sum_by_scope, {{"scope", request::text(scope)}, {"from", from}},
                      [](const db::Row& row) { return ScopeSum{.scope = scope_of(row), .amount = money_of(row)}; });
}

}  // namespace rating::store
