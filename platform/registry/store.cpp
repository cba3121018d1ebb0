// The SQL of registry: price versions, which are only ever added.
#include "platform/registry/registry.hpp"
#include "shared/base/check.hpp"

namespace registry {
namespace {

constexpr db::Query select_version{"registry.price_version", R"sql(
  SELECT product, book, sku, meter, unit, currency, picos, per, per_text, valid_from, simulated
  FROM price_versions WHERE product = :product AND book = :book AND sku = :sku AND meter = :meter)sql"};

constexpr db::Query insert_version{"registry.insert_price_version", R"sql(
  INSERT INTO price_versions (product, book, sku, meter, unit, currency, picos, per, per_text, valid_from, simulated,
                              added_at)
  VALUES (:product, :book, :sku, :meter, :unit, :currency, :picos, :per, :per_text, :valid_from, :simulated, :now)
  ON CONFLICT (sku, meter, valid_from) DO NOTHING)sql"};

constexpr db::Query select_at{"registry.price_at", R"sql(
  SELECT product, book, sku, meter, unit, currency, picos, per, per_text, valid_from, simulated
  FROM price_versions WHERE sku = :sku AND meter = :meter AND valid_from <= :at
  ORDER BY valid_from DESC LIMIT 1)sql"};

constexpr db::Query select_all_at{"registry.prices_at", R"sql(
  SELECT p.product, p.book, p.sku, p.meter, p.unit, p.currency, p.picos, p.per, p.per_text, p.valid_from, p.simulated
  FROM price_versions p
  WHERE p.valid_from = (SELECT max(v.valid_from) FROM price_versions v
                        WHERE v.sku = p.sku AND v.meter = p.meter AND v.valid_from <= :at)
  ORDER BY p.sku, p.meter)sql"};

PriceVersion read(const db::Row& row) {
  return {.product = row.get<std::string>("product"),
          .book = row.get<std::string>("book"),
          .sku = row.get<std::string>("sku"),
          .meter = row.get<std::string>("meter"),
          .unit = row.get<std::string>("unit"),
          .rate = {.picos = row.get<std::int64_t>("picos"),
                   .per = row.get<std::int64_t>("per"),
                   .currency = base::Currency{row.get<std::string>("currency")}},
          .per_text = row.get<std::string>("per_text"),
          .valid_from = row.get<base::Instant>("valid_from"),
          .simulated = row.get<bool>("simulated")};
}

bool insert(db::Tx& tx, const PriceVersion& version, base::Instant now) {
  CHECK(version.rate.per > 0 && version.rate.picos >= 0);
  return tx.run(insert_version, {{"product", version.product},
                                 {"book", version.book},
                                 {"sku", version.sku},
                                 {"meter", version.meter},
                                 {"unit", version.unit},
                                 {"currency", version.rate.currency.code},
                                 {"picos", version.rate.picos},
                                 {"per", version.rate.per},
                                 {"per_text", version.per_text},
                                 {"valid_from", version.valid_from},
                                 {"simulated", version.simulated},
                                 {"now", now}}) == 1;
}

std::string named(const PriceVersion& version) {
  return version.sku + " in price book " + version.book + " of " + version.product;
}

}  // namespace

base::Result<int> publish(db::Tx& tx, const Registry& registry, base::Instant now) {
  int added = 0;
  for (const PriceVersion& each : registry.prices()) {
    const auto known =
        tx.one(select_version,
               {{"product", each.product}, {"book", each.book}, {"sku", each.sku}, {"meter", each.meter}}, read);
    if (known && *known == each) continue;
    if (known) return base::Error{price_changed, named(each) + " was published with another price"};
    if (!insert(tx, each, now)) return base::Error{price_changed, named(each) + " begins when another version does"};
    ++added;
  }
  return added;
}

std::optional<PriceVersion> price_at(db::Snapshot& snapshot, std::string_view sku, std::string_view meter,
                                     base::Instant at) {
  return snapshot.one(select_at, {{"sku", sku}, {"meter", meter}, {"at", at}}, read);
}

std::vector<PriceVersion> prices_at(db::Snapshot& snapshot, base::Instant at) {
  return snapshot.all(select_all_at, {{"at", at}}, read);
}

}  // namespace registry
