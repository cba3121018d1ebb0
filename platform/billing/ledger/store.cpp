#include "platform/billing/ledger/store.hpp"

#include "shared/base/check.hpp"

namespace ledger::store {
namespace {

constexpr db::Query insert_account{"ledger.open", R"sql(
  INSERT INTO accounts (name, organization, currency, opened_at) VALUES (:name, :organization, :currency, :now)
  ON CONFLICT DO NOTHING)sql"};

constexpr db::Query find_account{"ledger.account", "SELECT currency FROM accounts WHERE name = :name"};

constexpr db::Query insert_transfer{"ledger.transfer", R"sql(
  INSERT INTO transfers (id, organization, at, debit, credit, amount, currency, kind, charge, resource, reverses, note)
  VALUES (:id, :organization, :at, :debit, :credit, :amount, :currency, 'posted', :charge, :resource, :reverses, :note)
  ON CONFLICT DO NOTHING)sql"};

constexpr db::Query insert_postings{"ledger.postings", R"sql(
  INSERT INTO postings (transfer, side, account, organization, amount, currency)
  VALUES (:id, 'debit', :debit, :organization, :amount, :currency),
         (:id, 'credit', :credit, :organization, :amount, :currency))sql"};

constexpr db::Query list_transfers{"ledger.list", R"sql(
  SELECT id, organization, at, debit, credit, amount, currency, kind, charge, resource, reverses, note
  FROM transfers WHERE organization = :organization AND id > :after ORDER BY id LIMIT :limit)sql"};

constexpr db::Query list_at_resource{"ledger.list_of_resource", R"sql(
  SELECT id, organization, at, debit, credit, amount, currency, kind, charge, resource, reverses, note
  FROM transfers WHERE resource = :resource AND resource <> '' AND organization = :organization AND id > :after
  ORDER BY id LIMIT :limit)sql"};

constexpr db::Query list_for_lineage{"ledger.lineage", R"sql(
  SELECT id, organization, at, debit, credit, amount, currency, kind, charge, resource, reverses, note
  FROM transfers WHERE resource = :resource AND resource <> '' AND id > :after ORDER BY id LIMIT :limit)sql"};

constexpr db::Query sum_accounts{"ledger.sums", R"sql(
  SELECT account, currency,
         CAST(SUM(CASE WHEN side = 'debit' THEN amount ELSE 0 END) AS bigint) AS debits,
         CAST(SUM(CASE WHEN side = 'credit' THEN amount ELSE 0 END) AS bigint) AS credits
  FROM postings WHERE organization = :organization GROUP BY account, currency ORDER BY account)sql"};

constexpr db::Query sum_all{"ledger.totals", R"sql(
  SELECT '' AS account, currency,
         CAST(SUM(CASE WHEN side = 'debit' THEN amount ELSE 0 END) AS bigint) AS debits,
         CAST(SUM(CASE WHEN side = 'credit' THEN amount ELSE 0 END) AS bigint) AS credits
  FROM postings GROUP BY currency ORDER BY currency)sql",
                            std::chrono::seconds{10}};

constexpr db::Query sum_transfers{"ledger.transferred", R"sql(
  SELECT CAST(coalesce(SUM(amount), 0) AS bigint) AS amount FROM transfers
  WHERE currency = :currency AND kind = 'posted')sql",
                                  std::chrono::seconds{10}};

constexpr db::Query count_accounts{"ledger.accounts", "SELECT count(*) AS accounts FROM accounts"};

Transfer read(const db::Row& row) {
  Transfer transfer{
      .id = row.get<TransferId>("id"),
      .at = row.get<base::Instant>("at"),
      .debit = row.get<std::string>("debit"),
      .credit = row.get<std::string>("credit"),
      .amount = {.micros = row.get<std::int64_t>("amount"), .currency = {row.get<std::string>("currency")}},
      .charge = row.get<std::optional<std::string>>("charge").value_or(""),
      .resource = row.get<std::string>("resource"),
      .kind = row.get<Kind>("kind"),
      .reverses = row.get<std::optional<TransferId>>("reverses"),
      .note = row.get<std::string>("note")};
  CHECK(transfer.amount.micros > 0);
  return transfer;
}

Owned read_owned(const db::Row& row) {
  return {.organization = row.get<OrganizationId>("organization"), .transfer = read(row)};
}

Sum read_sum(const db::Row& row) {
  return {.account = row.get<std::string>("account"),
          .currency = row.get<std::string>("currency"),
          .debits = row.get<std::int64_t>("debits"),
          .credits = row.get<std::int64_t>("credits")};
}

}  // namespace

std::string open_account(db::Tx& tx, const Account& account, const base::Currency& currency, base::Instant now) {
  const std::string name = text(account);
  const int opened =
      tx.run(insert_account,
             {{"name", name}, {"organization", account.organization}, {"currency", currency.code}, {"now", now}});
  if (opened == 1) return currency.code;
  return tx.only(find_account, {{"name", name}}, [](const db::Row& row) { return row.get<std::string>("currency"); });
}

bool insert(db::Tx& tx, OrganizationId organization, const Draft& draft, base::Instant now) {
  const std::string debit = text(draft.debit), credit = text(draft.credit);
  const std::optional<std::string> charge = draft.charge.empty() ? std::nullopt : std::optional{draft.charge};
  CHECK(draft.amount.micros > 0 && debit != credit);
  CHECK(draft.debit.organization == organization && draft.credit.organization == organization);
  const int inserted = tx.run(insert_transfer, {{"id", draft.id},
                                                {"organization", organization},
                                                {"at", now},
                                                {"debit", debit},
                                                {"credit", credit},
                                                {"amount", draft.amount.micros},
                                                {"currency", draft.amount.currency.code},
                                                {"charge", charge},
                                                {"resource", draft.resource},
                                                {"reverses", draft.reverses},
                                                {"note", draft.note}});
  if (inserted == 0) return false;
  const int posted = tx.run(insert_postings, {{"id", draft.id},
                                              {"debit", debit},
                                              {"credit", credit},
                                              {"organization", organization},
                                              {"amount", draft.amount.micros},
                                              {"currency", draft.amount.currency.code}});
  CHECK(posted == 2);
  return true;
}

base::Page<Transfer> list(db::Snapshot& snapshot, OrganizationId organization, const base::Cursor& cursor) {
  return snapshot.page(list_transfers, cursor, {{"organization", organization}}, read);
}

base::Page<Transfer> of_resource(db::Snapshot& snapshot, OrganizationId organization, std::string_view resource,
                                 const base::Cursor& cursor) {
  return snapshot.page(list_at_resource, cursor, {{"organization", organization}, {"resource", resource}}, read);
}

base::Page<Owned> of_resource(db::Snapshot& snapshot, std::string_view resource, const base::Cursor& cursor) {
  return snapshot.page(list_for_lineage, cursor, {{"resource", resource}}, read_owned);
}

std::vector<Sum> sums(db::Snapshot& snapshot, OrganizationId organization) {
  return snapshot.all(sum_accounts, {{"organization", organization}}, read_sum);
}

std::vector<Sum> totals(db::Snapshot& snapshot) { return snapshot.all(sum_all, {}, read_sum); }

std::int64_t transferred(db::Snapshot& snapshot, std::string_view currency) {
  return snapshot.only(sum_transfers, {{"currency", currency}},
                       [](const db::Row& row) { return row.get<std::int64_t>("amount"); });
}

std::int64_t accounts(db::Snapshot& snapshot) {
  return snapshot.only(count_accounts, {}, [](const db::Row& row) { return row.get<std::int64_t>("accounts"); });
}

}  // namespace ledger::store
