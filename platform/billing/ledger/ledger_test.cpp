#include "platform/billing/ledger/ledger.hpp"

#include <gtest/gtest.h>

#include "tests/support/bare/bare.hpp"
#include "tests/support/cases.hpp"

namespace ledger {
namespace {

using request::Authority;
using request::Env;
using request::Scope;

constexpr request::Permission test_post{"tests.books.post"};

// Organizations by name, and the ledger's routes as the operator or the organization asks them.
class Books {
 public:
  explicit Books(test::Engine engine)
      : bare(engine, {.modules = {"platform/billing/ledger"}, .migrations = {}, .names = {}}) {}

  OrganizationId organization(const std::string& name) {
    const auto found = known_.find(name);
    return found != known_.end() ? found->second : known_.emplace(name, bare.make<OrganizationId>()).first->second;
  }
  Account account(const std::string& name) {
    const std::size_t first = name.find('/'), last = name.rfind('/');
    const std::string family = name.substr(0, first);
    const OrganizationId owner = organization(name.substr(last + 1));
    if (family == "prepaid") return prepaid(owner);
    if (family == "credits-granted") return credits_granted(owner);
    return revenue(name.substr(first + 1, last - first - 1), owner);
  }
  base::Result<int> post(const Draft& draft) {
    base::Result<int> posted{0};
    const auto done = bare.change([&](db::Tx& tx, const Env& env) -> base::Result<void> {
      posted = ledger::post(tx, at(draft.debit.organization), env, draft.debit.organization, {draft});
      if (!posted) return posted.error();
      return {};
    });
    if (!done) return done.error();
    return posted;
  }
  Authority at(const Scope& scope) const {
    return {.permission = &test_post, .principal = {}, .path = {scope}, .authz_epoch = 0};
  }
  request::Routes table() {
    return routes({.currency = [this](db::Snapshot&, OrganizationId id) -> std::optional<base::Currency> {
                     for (const auto& [name, each] : known_)
                       if (each == id && name != "nobody") return base::Currency{"EUR"};
                     return {};
                   },
                   .names = names()});
  }
  request::Names names() {
    request::Names names;
    names.scope = [this](db::Snapshot&, const Scope& scope) {
      for (const auto& [name, each] : known_)
        if (Scope{each} == scope) return name;
      return std::string{};
    };
    return names;
  }
  Balance balance(const std::string& name) {
    return bare
        .ask_for<Balance>(table(), request::GET, "/v1/organizations/{organization}/balance", at(organization(name)))
        .value();
  }
  base::Result<Transfer> credit(const std::string& name, const std::string& amount, const std::string& note = "") {
    const std::string body = R"({"amount":")" + amount + R"(","note":")" + note + R"("})";
    return bare.ask_for<Transfer>(table(), request::POST, "/v1/organizations/{organization}/credits",
                                  at(request::platform),
                                  {.path = {{"organization", organization(name).text()}}, .body = body});
  }
  base::Page<Transfer> list(const std::string& name, const request::Given& given = {}) {
    return bare
        .ask_for<base::Page<Transfer>>(table(), request::GET, "/v1/organizations/{organization}/transfers",
                                       at(organization(name)), given)
        .value();
  }
  Draft draft(const std::string& from, const std::string& to, std::int64_t micros) {
    return {.id = bare.make<TransferId>(),
            .debit = account(from),
            .credit = account(to),
            .amount = {.micros = micros, .currency = {"EUR"}}};
  }

  test::Bare bare;

 private:
  std::map<std::string, OrganizationId> known_;
};

class LedgerTest : public test::OnEveryEngine {};
INSTANTIATE_TEST_SUITE_P(On, LedgerTest, test::engines(), test::engine_name);

TEST_P(LedgerTest, Cases) {
  for (const test::Case& each : test::cases("platform/billing/ledger/ledger.cases")) {
    Books books{GetParam()};
    std::map<std::string, TransferId> named;
    const auto id_of = [&](const std::string& name) {
      return named.try_emplace(name, books.bare.make<TransferId>()).first->second;
    };
    each.play({
        {"post",
         [&](const test::Line& line) {
           Draft draft{
               .id = id_of(line.word(1)),
               .debit = books.account(line.word(2).substr(6)),
               .credit = books.account(line.word(3).substr(7)),
               .amount = {.micros = base::decimal_from_text(line.word(4), 6).value(), .currency = {line.word(5)}}};
           if (line.has("charge")) draft.charge = line.after("charge");
           if (line.has("reverses")) draft.reverses = id_of(line.after("reverses"));
           const auto posted = books.post(draft);
           return posted && *posted == 0 ? std::string{"known"} : test::word_of(posted);
         }},
        {"balance",
         [&](const test::Line& line) {
           for (const auto& account : books.balance(line.word(1)).accounts)
             if (account.name == line.word(2)) return base::to_text(account.balance);
           return base::to_text(books.balance(line.word(1)).prepaid);
         }},
        {"credit", [&](const test::Line& line) { return test::word_of(books.credit(line.word(1), line.word(2))); }},
        {"trial",
         [&](const test::Line&) {
           return std::string{books.bare.read([](db::Snapshot& s) { return trial_balance(s); }).balanced ? "balanced"
                                                                                                         : "broken"};
         }},
    });
  }
}

TEST_P(LedgerTest, TheDatabaseRefusesToChangeOrRemoveARow) {
  Books books{GetParam()};
  ASSERT_TRUE(books.post(books.draft("prepaid/acme", "revenue/shop/acme", 5)));
  for (const std::string_view sql :
       {"UPDATE transfers SET amount = 1", "DELETE FROM transfers", "UPDATE postings SET amount = 1",
        "DELETE FROM postings", "UPDATE accounts SET currency = 'USD'", "DELETE FROM accounts"}) {
    const auto done = books.bare.change([&](db::Tx& tx, const Env&) -> base::Result<void> {
      tx.run(db::Query{"test.tamper", sql}, {});
      return {};
    });
    EXPECT_EQ(test::word_of(done), "internal") << sql;
  }
  EXPECT_TRUE(books.bare.read([](db::Snapshot& s) { return trial_balance(s); }).balanced);
}

TEST_P(LedgerTest, TheTrialBalanceSeesAPostingThatIsNotThere) {
  Books books{GetParam()};
  ASSERT_TRUE(books.post(books.draft("prepaid/acme", "revenue/shop/acme", 5)));
  // A posting from outside the ledger, which nothing balances.
  const auto draft = books.draft("prepaid/acme", "revenue/shop/acme", 7);
  ASSERT_TRUE(books.bare.change([&](db::Tx& tx, const Env& env) -> base::Result<void> {
    tx.run(db::Query{"test.transfer", R"sql(
      INSERT INTO transfers (id, organization, at, debit, credit, amount, currency, kind, resource, note)
      VALUES (:id, :organization, :now, :debit, :credit, 7, 'EUR', 'posted', '', ''))sql"},
           {{"id", draft.id},
            {"organization", draft.debit.organization},
            {"now", env.now},
            {"debit", text(draft.debit)},
            {"credit", text(draft.credit)}});
    return {};
  }));
  const auto trial = books.bare.read([](db::Snapshot& s) { return trial_balance(s); });
  EXPECT_FALSE(trial.balanced);
  EXPECT_EQ(trial.debits, trial.credits);
  EXPECT_EQ(trial.currencies.at(0).transfers.micros, 12);
}

TEST_P(LedgerTest, RacingBatchesOfOneOrganizationLoseNothing) {
  Books books{GetParam()};
  constexpr int clients = 8, each = 5;
  const Account from = books.account("prepaid/acme"), to = books.account("revenue/shop/acme");
  std::atomic<int> posted = 0;
  std::vector<std::jthread> threads;
  for (int c = 0; c < clients; ++c)
    threads.emplace_back([&] {
      for (int i = 0; i < each; ++i) {
        const Draft draft{.id = books.bare.make<TransferId>(),
                          .debit = from,
                          .credit = to,
                          .amount = {.micros = 1, .currency = {"EUR"}}};
        if (books.post(draft)) ++posted;
      }
    });
  threads.clear();
  EXPECT_GT(posted, 0);
  EXPECT_EQ(books.balance("acme").prepaid.micros, -posted);
  EXPECT_TRUE(books.bare.read([](db::Snapshot& s) { return trial_balance(s); }).balanced);
}

TEST_P(LedgerTest, TransfersAreListedByOrganizationAndResource) {
  Books books{GetParam()};
  for (int i = 0; i < 5; ++i) {
    Draft draft = books.draft("prepaid/acme", "revenue/shop/acme", 10 + i);
    draft.resource = i < 2 ? "thing" : "other";
    ASSERT_TRUE(books.post(draft));
  }
  Draft foreign = books.draft("prepaid/globex", "revenue/shop/globex", 99);
  foreign.resource = "thing";
  ASSERT_TRUE(books.post(foreign));
  EXPECT_EQ(books.list("acme").items.size(), 5U);
  EXPECT_EQ(books.list("globex").items.size(), 1U);
  const auto things = books.list("acme", {.query = {{"resource", "thing"}}});
  ASSERT_EQ(things.items.size(), 2U);
  EXPECT_EQ(things.items[0].debit, "prepaid/acme");
  EXPECT_EQ(things.items[0].credit, "revenue/shop/acme");
  const auto first = books.list("acme", {.query = {{"limit", "3"}}});
  EXPECT_EQ(books.list("acme", {.query = {{"limit", "3"}, {"after", first.next.value()}}}).items.size(), 2U);
}

TEST_P(LedgerTest, LineageTellsEachTransferOfAResourceAndWhatItPaidFor) {
  Books books{GetParam()};
  Draft draft = books.draft("prepaid/acme", "revenue/shop/acme", 64558);
  draft.resource = "thing";
  draft.charge = "chg_1";
  ASSERT_TRUE(books.post(draft));
  ASSERT_TRUE(books.post(books.draft("prepaid/acme", "revenue/shop/acme", 1)));
  const auto page = books.bare.read([&](db::Snapshot& s) { return lineage(books.names())->lines(s, "thing", {}); });
  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_EQ(page.items[0].text, "prepaid/acme -> revenue/shop/acme");
  EXPECT_EQ(page.items[0].amount, "0.064558 EUR");
  EXPECT_EQ(page.items[0].from, "chg_1");
  EXPECT_EQ(page.items[0].scope, Scope{books.organization("acme")});
}

}  // namespace
}  // namespace ledger
