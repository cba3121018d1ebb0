#include "platform/billing/rating/rating.hpp"

#include <gtest/gtest.h>

#include <random>

#include "platform/billing/ledger/ledger.hpp"
#include "platform/billing/metering/metering.hpp"
#include "platform/registry/registry.hpp"
#include "tests/support/bare/bare.hpp"
#include "tests/support/cases.hpp"

namespace rating {
namespace {

using request::Authority;
using request::Env;
using request::ProjectId;
using std::chrono::seconds;

// Up to its price books.
constexpr std::string_view manifest_head = R"yaml(name: shop
title: Shop
version: "1"
permissions: []
roles: {}
meters:
  - {name: shop.seconds, unit: second, aggregation: sum, text: Seconds of use}
price_books:
)yaml";

// One organization with a project whose resources are used and rated.
class Shop {
 public:
  explicit Shop(test::Engine engine)
      : bare(engine, {.modules = {"platform/jobs", "platform/registry", "platform/billing/metering",
                                  "platform/billing/ledger", "platform/billing/rating"},
                      .migrations = {},
                      .names = {}}),
        runner(jobs::make_runner(
            bare.store(), bare.clock, {}, bare.log(),
            [](db::Snapshot&, const Scope& scope) -> base::Result<std::vector<Scope>> { return std::vector{scope}; },
            {.dice = bare.dice, .replica = "one"})) {}

  // As a start of the server publishes a book of a manifest.
  void price(const std::string& sku, const std::string& amount, std::int64_t per, base::Instant from,
             const std::string& book) {
    const std::string manifest = std::string{manifest_head} + "  - {id: \"" + book + "\", valid_from: \"" +
                                 base::to_text(from) + "\", currency: EUR, prices: [{sku: " + sku +
                                 ", meter: shop.seconds, amount: \"" + amount + "\", per: " + std::to_string(per) +
                                 ", per_text: hour}]}\n";
    registry::Registry registry;
    ASSERT_TRUE(registry.add(manifest, "product.yaml"));
    ASSERT_TRUE(bare.change([&](db::Tx& tx, const Env& env) -> base::Result<void> {
      const auto added = registry::publish(tx, registry, env.now);
      if (!added) return added.error();
      return {};
    }));
  }
  // As a node reports it, once it is over.
  void use(const std::string& resource, const std::string& sku, std::int64_t quantity,
           std::optional<base::Instant> at = {}) {
    const base::Instant now = bare.clock.now();
    base::Instant& until = until_.try_emplace(resource, now).first->second;
    const base::Instant from = at.value_or(until);
    until = from + seconds{std::max<std::int64_t>(quantity, 1)};
    const metering::Reported event{.id = bare.make<UsageEventId>(),
                                   .resource = resource,
                                   .meter = "shop.seconds",
                                   .sku = sku,
                                   .start = from,
                                   .end = until,
                                   .quantity = quantity};
    bare.clock.set(std::max(now, until));
    const auto answer = bare.ask_for<metering::ReportAnswer>(
        metering::routes(meters()), request::POST, "/v1/nodes/{node}/usage-events",
        {.permission = nullptr, .principal = node, .path = {Scope{request::platform}}, .authz_epoch = 0},
        {.path = {{"node", node.text()}}, .body = R"({"events":[)" + json::encode(event) + "]}"});
    ASSERT_TRUE(answer);
    ASSERT_EQ(answer->accepted, 1);
    bare.clock.set(now + std::chrono::milliseconds{2});  // so that ids are in the order of their making
  }
  // How many charges one pass of the job added.
  int rate() {
    const auto before = charges("").size();
    const jobs::Jobs table = rating::jobs();
    runner->run_once(table.all().front());
    return static_cast<int>(charges("").size() - before);
  }
  std::vector<std::string> charges(const std::string& resource) {
    return amounts(
        bare.ask(routes({.names = {}}), request::GET, "/v1/projects/{project}/charges", at(path), of(resource))
            .value());
  }
  std::vector<std::string> transfers(const std::string& resource) {
    return amounts(bare.ask(ledger::routes({.currency = {}}), request::GET,
                            "/v1/organizations/{organization}/transfers", at({path.front()}), of(resource))
                       .value());
  }
  base::Money prepaid() {
    return bare.read([&](db::Snapshot& s) { return ledger::prepaid_left(s, acme); }).value_or(base::Money{});
  }
  Replay replay() {
    return bare.read([](db::Snapshot& s) { return rating::replay(s); });
  }
  bool balanced() {
    return bare.read([](db::Snapshot& s) { return ledger::trial_balance(s); }).balanced;
  }
  Authority at(std::vector<Scope> where) const {
    return {.permission = nullptr, .principal = {}, .path = std::move(where), .authz_epoch = 0};
  }

  test::Bare bare;
  std::unique_ptr<jobs::Runner> runner;
  const OrganizationId acme = bare.make<OrganizationId>();
  const ProjectId vision = bare.make<ProjectId>();
  const std::vector<Scope> path{Scope{acme}, Scope{vision}};
  const request::PrincipalId node = bare.make<request::PrincipalId>();

 private:
  metering::Ports meters() const {
    return {.attribute = [this](db::Tx&, std::string_view, base::Instant from, base::Instant to)
                -> base::Result<std::vector<metering::Span>> { return std::vector{metering::Span{from, to, path}}; },
            .ran = [](db::Snapshot&, request::PrincipalId, std::string_view, std::string_view) -> base::Result<void> {
              return {};
            },
            .unit = [](std::string_view) { return std::optional<std::string>{"second"}; }};
  }
  static request::Given of(const std::string& resource) {
    request::Given given;
    given.query.emplace_back("limit", "500");
    if (!resource.empty()) given.query.emplace_back("resource", resource);
    return given;
  }
  // The amounts of a list, in the order of what they are for: what one pass wrote at one instant has no order of its
  // own.
  static std::vector<std::string> amounts(const std::string& body) {
    const auto after = [&](std::string_view mark, std::size_t& at) {
      at = body.find(mark, at);
      if (at == std::string::npos) return std::string{};
      at += mark.size();
      return body.substr(at, body.find('"', at) - at);
    };
    std::vector<std::pair<std::string, std::string>> found;
    for (std::size_t at = 0;;) {
      const std::string event = body.contains("usage_event") ? after(R"("usage_event":")", at) : std::string{};
      const std::string amount = at == std::string::npos ? "" : after(R"("amount":{"amount":")", at);
      if (at == std::string::npos) break;
      found.emplace_back(event, amount);
    }
    std::ranges::sort(found);
    std::vector<std::string> sorted;
    for (auto& [event, amount] : found) sorted.push_back(std::move(amount));
    return sorted;
  }

  std::map<std::string, base::Instant> until_;
};

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ",") + word;
  return text.empty() ? "none" : text;
}

class RatingTest : public test::OnEveryEngine {};
INSTANTIATE_TEST_SUITE_P(On, RatingTest, test::engines(), test::engine_name);

TEST_P(RatingTest, Cases) {
  for (const test::Case& each : test::cases("platform/billing/rating/rating.cases")) {
    Shop shop{GetParam()};
    each.play({
        {"price",
         [&](const test::Line& line) {
           shop.price(line.word(1), line.word(2), std::stoll(line.after("per")),
                      base::Instant{base::day_from_text(line.after("from")).value()}, line.after("book"));
           return std::string{};
         }},
        {"use",
         [&](const test::Line& line) {
           std::optional<base::Instant> at;
           if (line.has("at")) at = base::instant_from_text(line.after("at")).value();
           shop.use(line.word(1), line.word(2), std::stoll(line.word(3)), at);
           return std::string{"ok"};
         }},
        {"wait",
         [&](const test::Line& line) {
           shop.bare.clock.forward(seconds{std::stoll(line.word(1))});
           return std::string{"ok"};
         }},
        {"rate", [&](const test::Line&) { return std::to_string(shop.rate()); }},
        {"charges", [&](const test::Line& line) { return joined(shop.charges(line.word(1))); }},
        {"transfers", [&](const test::Line& line) { return joined(shop.transfers(line.word(1))); }},
        {"prepaid", [&](const test::Line&) { return base::to_text(shop.prepaid()); }},
        {"trial", [&](const test::Line&) { return std::string{shop.balanced() ? "balanced" : "broken"}; }},
        {"replay",
         [&](const test::Line&) {
           const Replay replay = shop.replay();
           return std::string{replay.books == replay.again ? "same" : "different"};
         }},
    });
  }
}

// Whatever the pieces, their charges sum to what the whole costs, and rating all again gives the same books.
TEST_P(RatingTest, ManyOddPiecesCostWhatTheWholeCosts) {
  Shop shop{GetParam()};
  shop.price("small", "2.499", 3600, {}, "1");
  std::mt19937 dice{7};
  std::int64_t total = 0;
  for (int i = 0; i < 150; ++i) {
    const auto quantity = static_cast<std::int64_t>(dice() % 97);
    shop.use("A", "small", quantity);
    total += quantity;
  }
  EXPECT_EQ(shop.rate(), 150);
  std::int64_t charged = 0;
  for (const auto& amount : shop.charges("A")) charged += base::decimal_from_text(amount, 6).value();
  const base::Rate rate{.picos = 2'499'000'000'000, .per = 3600, .currency = {"EUR"}};
  EXPECT_EQ(charged, base::charge(rate, total, base::Round::half_even)->micros);
  EXPECT_EQ(shop.prepaid().micros, -charged);
  EXPECT_TRUE(shop.balanced());
  const Replay replay = shop.replay();
  EXPECT_EQ(replay.charges, 150);
  EXPECT_EQ(replay.books, replay.again);
}

TEST_P(RatingTest, RacingPassesChargeOnce) {
  Shop shop{GetParam()};
  shop.price("small", "1", 1, {}, "1");
  for (int i = 0; i < 20; ++i) shop.use("A", "small", 1);
  const jobs::Jobs table = rating::jobs();
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) threads.emplace_back([&] { shop.runner->run_once(table.all().front()); });
  threads.clear();
  EXPECT_EQ(shop.charges("A").size(), 20U);
  EXPECT_EQ(shop.transfers("A").size(), 20U);
  EXPECT_EQ(shop.prepaid().micros, -20'000'000);
}

TEST_P(RatingTest, APassIsOneRecordOfItsOrganization) {
  Shop shop{GetParam()};
  shop.price("small", "1", 1, {}, "1");
  shop.use("A", "small", 1);
  shop.use("A", "small", 1);
  EXPECT_EQ(shop.rate(), 2);
  EXPECT_EQ(shop.rate(), 0);
  shop.bare.settle();
  EXPECT_TRUE(test::eventually([&] { return shop.bare.log().head() == 1; }));
}

TEST_P(RatingTest, CostsAreSummedByDayAndProject) {
  Shop shop{GetParam()};
  shop.price("small", "1", 1, {}, "1");
  shop.use("A", "small", 5, base::instant_from_text("2027-02-28T10:00:00Z").value());  // last month
  shop.use("A", "small", 7, base::instant_from_text("2027-03-01T10:00:00Z").value());
  shop.use("B", "small", 11, base::instant_from_text("2027-03-02T10:00:00Z").value());
  EXPECT_EQ(shop.rate(), 3);
  Ports ports;
  ports.burning = [&](db::Snapshot&, const Scope&) {
    return std::vector{
        Burning{.scope = shop.vision, .running = 2, .per_hour = {.micros = 4'998'000, .currency = {"EUR"}}}};
  };
  const auto body =
      shop.bare.ask(routes(ports), request::GET, "/v1/organizations/{organization}/costs", shop.at({Scope{shop.acme}}));
  ASSERT_TRUE(body);
  const auto eur = [](const std::string& amount) { return R"({"amount":")" + amount + R"(","currency":"EUR"})"; };
  EXPECT_EQ(*body, R"({"running":2,"burn":)" + eur("4.998000") + R"(,"charged":)" + eur("18.000000") +
                       R"(,"by_day":[{"day":"2027-03-01","amount":)" + eur("7.000000") +
                       R"(},{"day":"2027-03-02","amount":)" + eur("11.000000") + R"(}],"by_project":[{"scope":")" +
                       shop.vision.text() + R"(","path":"","amount":)" + eur("18.000000") + R"(,"running":2,"burn":)" +
                       eur("4.998000") + R"(}]})");
}

TEST_P(RatingTest, PricesInForceAreListed) {
  Shop shop{GetParam()};
  shop.price("small", "2.499", 3600, {}, "1");
  shop.price("small", "3", 3600, shop.bare.clock.now() + std::chrono::hours{1}, "2");
  const auto body = shop.bare.ask(routes({}), request::GET, "/v1/prices", shop.at({Scope{request::platform}}));
  ASSERT_TRUE(body);
  EXPECT_NE(body->find(R"("rate":{"amount":"2.499","currency":"EUR","per":3600,"per_text":"hour"})"), std::string::npos)
      << *body;
  EXPECT_EQ(body->find(R"("price_book":"2")"), std::string::npos);
}

TEST_P(RatingTest, TheDatabaseRefusesToChangeOrRemoveACharge) {
  Shop shop{GetParam()};
  shop.price("small", "1", 1, {}, "1");
  shop.use("A", "small", 1);
  EXPECT_EQ(shop.rate(), 1);
  for (const std::string_view sql : {"UPDATE charges SET amount = 0", "DELETE FROM charges",
                                     "UPDATE charge_scopes SET day = ''", "DELETE FROM charge_scopes"}) {
    const auto done = shop.bare.change([&](db::Tx& tx, const Env&) -> base::Result<void> {
      tx.run(db::Query{"test.tamper", sql}, {});
      return {};
    });
    EXPECT_EQ(test::word_of(done), "internal") << sql;
  }
}

TEST_P(RatingTest, LineageTellsEachChargeAndTheEventItCameFrom) {
  Shop shop{GetParam()};
  shop.price("small", "2.499", 3600, {}, "4");
  shop.use("A", "small", 93);
  EXPECT_EQ(shop.rate(), 1);
  const auto page = shop.bare.read([](db::Snapshot& s) { return lineage()->lines(s, "A", {}); });
  ASSERT_EQ(page.items.size(), 1U);
  EXPECT_EQ(page.items[0].text, "93 second x 2.499 EUR/hour (price book 4)");
  EXPECT_EQ(page.items[0].amount, "0.064558 EUR");
  EXPECT_TRUE(page.items[0].from.starts_with("use_"));
  EXPECT_EQ(page.items[0].scope, Scope{shop.vision});
}

}  // namespace
}  // namespace rating
