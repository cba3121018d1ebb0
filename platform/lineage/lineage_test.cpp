#include "platform/lineage/lineage.hpp"

#include <gtest/gtest.h>

#include "platform/lineage/sum.hpp"
#include "tests/support/bare/bare.hpp"

namespace lineage {
namespace {

using request::Authority;
using request::LineageLine;
using request::OrganizationId;
using request::PrincipalId;
using request::ProjectId;
using request::Scope;

constexpr request::Permission usage_list{"tests.usage.list"};
constexpr request::Permission transfer_list{"tests.transfer.list"};

// Tells what it was given, two rows a page.
class Source final : public request::LineageSource {
 public:
  std::vector<LineageLine> rows;
  base::Page<LineageLine> lines(db::Snapshot&, std::string_view resource, const base::Cursor& cursor) const override {
    base::Page<LineageLine> page;
    if (resource != "thing") return page;
    const std::size_t from = cursor.after.empty() ? 0 : std::stoul(cursor.after);
    for (std::size_t i = from; i < rows.size() && i < from + 2; ++i) page.items.push_back(rows[i]);
    if (from + 2 < rows.size()) page.next = std::to_string(from + 2);
    return page;
  }
};

// Says no to what is in `refused`.
class Gate final : public request::Authorizer {
 public:
  std::vector<std::pair<const request::Permission*, Scope>> refused;
  mutable int asked = 0;

  std::optional<Authority> from_index(PrincipalId, const request::Permission&, const request::Target&,
                                      base::Instant) const override {
    return {};
  }
  base::Result<Authority> from_tables(db::Snapshot&, PrincipalId who, const request::Permission& permission,
                                      const request::Target& target, base::Instant) const override {
    ++asked;
    const Scope scope = std::get<Scope>(target);
    for (const auto& [each, where] : refused)
      if (each == &permission && where == scope) return base::Error{base::forbidden};
    return Authority{.permission = &permission, .principal = who, .path = {scope}, .authz_epoch = 1};
  }
  base::Result<Authority> confirm(db::Tx&, const Authority& authority, const request::Target&,
                                  base::Instant) const override {
    return authority;
  }
  base::Result<void> add_resource(db::Tx&, const Authority&, std::string_view, std::string_view, std::string_view,
                                  base::Instant) override {
    return {};
  }
  bool concerns(const request::Permission&) const override { return false; }
  void applied(const db::Reader&, const Authority&, std::string_view) override {}
};

// No SQL of its own: one engine is enough.
class LineageTest : public ::testing::Test {
 protected:
  LineageTest() : bare(test::Engine::sqlite) {
    about = {
        .resource = {.id = "thing", .type = "shop.thing", .name = "train", .path = "acme/vision", .state = "running"}};
  }
  ~LineageTest() override { test::remove_databases(); }

  Lineage read() {
    const Ports ports{
        .sources = {&usage, &money},
        .authorizer = &gate,
        .about = [this](db::Snapshot&,
                        std::string_view id) { return id == "thing" ? std::optional{about} : std::nullopt; },
        .names = {.principal = {},
                  .scope = [this](db::Snapshot&,
                                  const Scope& s) { return std::string{s == Scope{acme} ? "acme" : "acme/vision"}; },
                  .resource = {}}};
    return bare
        .ask_for<Lineage>(
            routes(ports), request::GET, "/v1/resources/{resource}/lineage",
            {.permission = nullptr, .principal = ann, .path = {Scope{acme}, Scope{vision}}, .authz_epoch = 1},
            {.path = {{"resource", "thing"}}})
        .value();
  }
  LineageLine used(const std::string& id, std::int64_t seconds, base::Instant at) const {
    return {.permission = &usage_list,
            .scope = vision,
            .id = id,
            .text = "used",
            .step = "usage",
            .amount = std::to_string(seconds) + " second",
            .at = base::to_text(at)};
  }
  LineageLine paid(const std::string& id, const std::string& amount) const {
    return {.permission = &transfer_list,
            .scope = acme,
            .id = id,
            .text = "prepaid/acme -> revenue/shop/acme",
            .step = "ledger",
            .from = "chg_" + id,
            .amount = amount};
  }
  static const Line* line(const Lineage& lineage, std::string_view step) {
    for (const Line& each : lineage.lines)
      if (each.step == step) return &each;
    return nullptr;
  }

  test::Bare bare;
  const OrganizationId acme = bare.make<OrganizationId>();
  const ProjectId vision = bare.make<ProjectId>();
  const PrincipalId ann = bare.make<PrincipalId>();
  Source usage, money;
  Gate gate;
  About about;
};

TEST_F(LineageTest, LinesStandInTheOrderOfTheChainAndSumTheirItems) {
  money.rows = {paid("t1", "0.021519 EUR"), paid("t2", "0.021520 EUR"), paid("t3", "0.021519 EUR")};
  usage.rows = {used("u1", 31, bare.clock.now()), used("u2", 31, bare.clock.now()), used("u3", 31, bare.clock.now())};
  const Lineage all = read();
  std::vector<std::string> steps;
  for (const Line& each : all.lines) steps.push_back(each.step);
  EXPECT_EQ(steps, (std::vector<std::string>{"quota", "usage", "ledger", "proof"}));
  EXPECT_EQ(line(all, "usage")->text, "3 events");
  EXPECT_EQ(line(all, "usage")->amount, "93 second");
  EXPECT_EQ(line(all, "ledger")->text, "3 transfers, prepaid/acme -> revenue/shop/acme");
  EXPECT_EQ(line(all, "ledger")->amount, "0.064558 EUR");
  ASSERT_EQ(line(all, "ledger")->items.size(), 3U);
  EXPECT_EQ(line(all, "ledger")->items[1].from, "chg_t2");
  EXPECT_EQ(line(all, "quota")->text, "not enforced");
  EXPECT_EQ(line(all, "quota")->state, State::planned);
  EXPECT_EQ(line(all, "proof")->text, "no checkpoint yet");
  EXPECT_TRUE(all.settled);
}

TEST_F(LineageTest, ARowThatIsNotThereIsAnItemThatIsNotThereAndNothingElseChanges) {
  money.rows = {paid("t1", "1.000000 EUR"), paid("t2", "2.000000 EUR")};
  usage.rows = {used("u1", 1, bare.clock.now())};
  const Lineage before = read();
  money.rows.erase(money.rows.begin());
  const Lineage after = read();
  EXPECT_EQ(line(after, "ledger")->items.size(), 1U);
  EXPECT_EQ(json::encode(*line(before, "usage")), json::encode(*line(after, "usage")));
  usage.rows.clear();
  EXPECT_EQ(line(read(), "usage"), nullptr);
}

TEST_F(LineageTest, WhatTheCallerMayNotSeeSaysOnlyWhatIsLacking) {
  money.rows = {paid("t1", "1.000000 EUR"), paid("t2", "2.000000 EUR")};
  usage.rows = {used("u1", 1, bare.clock.now())};
  gate.refused = {{&transfer_list, Scope{acme}}};
  const Lineage all = read();
  const Line* ledger = line(all, "ledger");
  ASSERT_NE(ledger, nullptr);
  EXPECT_EQ(ledger->state, State::hidden);
  EXPECT_EQ(ledger->hidden, "needs tests.transfer.list at acme");
  EXPECT_TRUE(ledger->items.empty());
  EXPECT_EQ(ledger->amount, std::nullopt);
  EXPECT_EQ(json::encode(all).find("t1"), std::string::npos);
  EXPECT_EQ(line(all, "usage")->items.size(), 1U);
  EXPECT_EQ(gate.asked, 2);  // once a permission and scope
}

TEST_F(LineageTest, NothingIsSettledWhileSomethingIsPendingEvenHidden) {
  usage.rows = {used("u1", 1, bare.clock.now())};
  usage.rows[0].pending = true;
  EXPECT_FALSE(read().settled);
  EXPECT_EQ(line(read(), "usage")->state, State::pending);
  EXPECT_EQ(line(read(), "usage")->text, "1 event, 1 pending");
  gate.refused = {{&usage_list, Scope{vision}}};
  EXPECT_FALSE(read().settled);
  usage.rows[0].pending = false;
  EXPECT_TRUE(read().settled);
}

TEST_F(LineageTest, WhatHasEndedIsSettledOnceItsUsageReachesToItsEnd) {
  about.used_until = bare.clock.now();
  EXPECT_FALSE(read().settled);
  usage.rows = {used("u1", 1, bare.clock.now() - std::chrono::seconds{5})};
  EXPECT_FALSE(read().settled);
  usage.rows.push_back(used("u2", 1, bare.clock.now()));
  EXPECT_TRUE(read().settled);
}

TEST_F(LineageTest, WhatRunsIsNotSettledWhateverIsRated) {
  usage.rows = {used("u1", 1, bare.clock.now())};
  EXPECT_TRUE(read().settled);
  about.in_use = true;
  EXPECT_FALSE(read().settled);
}

TEST_F(LineageTest, OneSimulatedRowMakesTheWholeSaySimulated) {
  usage.rows = {used("u1", 1, bare.clock.now()), used("u2", 1, bare.clock.now())};
  EXPECT_FALSE(read().simulated);
  usage.rows[1].simulated = true;
  EXPECT_TRUE(read().simulated);
  EXPECT_TRUE(line(read(), "usage")->simulated);
}

TEST_F(LineageTest, ALongLineShowsItsNewestItemsAndSumsAll) {
  for (std::size_t i = 0; i < items_max + 50; ++i)
    usage.rows.push_back(used("u" + std::to_string(i), 1, bare.clock.now()));
  const Lineage all = read();
  EXPECT_EQ(line(all, "usage")->items.size(), items_max);
  EXPECT_EQ(line(all, "usage")->items.back().id, "u" + std::to_string(items_max + 49));
  EXPECT_EQ(line(all, "usage")->amount, std::to_string(items_max + 50) + " second");
}

TEST(Sum, AddsByWhatTheAmountsAreOf) {
  Sum sum;
  for (const char* amount : {"0.100000 EUR", "93 second", "0.200000 EUR", "7 second", "about three"}) sum.add(amount);
  EXPECT_EQ(sum.text(), "0.300000 EUR, 100 second");
}

}  // namespace
}  // namespace lineage
