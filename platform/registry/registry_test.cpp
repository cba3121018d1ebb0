#include "platform/registry/registry.hpp"

#include <gtest/gtest.h>

#include <future>

#include "shared/db/open.hpp"
#include "tests/support/engines.hpp"

namespace registry {
namespace {

constexpr std::string_view small = R"yaml(name: lamps
title: Lamps
version: "1"
resource_types:
  - {name: lamps.lamp, title: Lamp}
permissions:
  - {name: lamps.lamp.light, text: Light one}
roles:
  owner: [lamps.lamp.light]
meters:
  - {name: lamps.seconds, unit: second, aggregation: sum, text: Seconds of light}
price_books:
  - id: "1"
    valid_from: 2027-01-01T00:00:00Z
    currency: EUR
    prices:
      - {sku: lamp, meter: lamps.seconds, amount: "0.36", per: 3600, per_text: hour}
operations:
  - {permission: lamps.lamp.light, method: POST, path: "/v1/projects/{project}/lamps"}
)yaml";

std::string with(std::string_view from, std::string_view to) {
  std::string text{small};
  const std::size_t at = text.find(from);
  CHECK(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string refusal(const std::string& yaml) {
  Registry registry;
  const auto added = registry.add(yaml, "lamps.yaml");
  return added ? "ok" : std::string{added.error().reason.word} + " " + added.error().detail;
}

TEST(Registry, AManifestSaysWhatAProductBrings) {
  Registry registry;
  ASSERT_TRUE(registry.add(small, "lamps.yaml"));
  EXPECT_TRUE(registry.has_permission("lamps.lamp.light"));
  EXPECT_TRUE(registry.has_resource_type("lamps.lamp"));
  EXPECT_EQ(registry.meter("lamps.seconds")->unit, "second");
  ASSERT_EQ(registry.role_additions().size(), 1U);
  EXPECT_EQ(registry.role_additions()[0].role, "owner");
  ASSERT_EQ(registry.prices().size(), 1U);
  EXPECT_EQ(registry.prices()[0].rate, (base::Rate{360'000'000'000, 3600, {"EUR"}}));
}

TEST(Registry, AMistakeIsNamedWithFileAndLine) {
  const std::pair<std::string, std::string> cases[]{
      {with("title: Lamps", "titel: Lamps"), "lamps.yaml:2"},
      {with("lamps.lamp.light, text", "lights.lamp.light, text"), "lamps.yaml:7"},
      {with("owner: [lamps.lamp.light]", "owner: [lamps.lamp.dim]"), "lamps.yaml:9"},
      {with("meter: lamps.seconds", "meter: lamps.hours"), "lamps.yaml:17"},
      {with("\"0.36\"", "\"0,36\""), "lamps.yaml:17"},
      {with("per: 3600", "per: 0"), "lamps.yaml:17"},
      {with("method: POST", "method: SEND"), "lamps.yaml:19"},
      {with("aggregation: sum", "aggregation: mean"), "lamps.yaml:11"},
      {with("currency: EUR", "currency: euro"), "lamps.yaml:15"},
  };
  for (const auto& [yaml, where] : cases) {
    const std::string said = refusal(yaml);
    EXPECT_TRUE(said.starts_with("manifest_refused")) << said;
    EXPECT_TRUE(said.contains(where)) << said;
  }
}

TEST(Registry, AProductStandsOnce) {
  Registry registry;
  ASSERT_TRUE(registry.add(small, "lamps.yaml"));
  EXPECT_FALSE(registry.add(small, "again.yaml"));
}

TEST(Registry, AllThatIsSoldIsInOneCurrency) {
  Registry registry;
  EXPECT_EQ(registry.currency(), std::nullopt);
  ASSERT_TRUE(registry.add(small, "lamps.yaml"));
  EXPECT_EQ(registry.currency(), base::Currency{"EUR"});
  std::string fans = with("currency: EUR", "currency: USD");
  for (std::size_t at = fans.find("lamps"); at != std::string::npos; at = fans.find("lamps"))
    fans.replace(at, 5, "fans");
  const auto added = registry.add(fans, "fans.yaml");
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().reason, manifest_refused);
  EXPECT_TRUE(added.error().detail.starts_with("fans.yaml:15")) << added.error().detail;
  EXPECT_TRUE(added.error().detail.contains("EUR")) << added.error().detail;
}

TEST(Registry, TheManifestsOfThisRepositoryAreSound) {
  const auto registry = Registry::read("products");
  ASSERT_TRUE(registry) << registry.error().detail;
  EXPECT_FALSE(registry->products().empty());
}

// Routes, one of which a manifest must declare.
constexpr request::Permission light{"lamps.lamp.light"};
constexpr request::Permission dim{"lamps.lamp.dim"};

template <const request::Permission& P>
base::Result<std::monostate> nothing(db::Tx&, const request::Call<P>&) {
  return std::monostate{};
}

TEST(Registry, RoutesAndManifestsAgreeOrTheServerDoesNotStart) {
  Registry registry;
  ASSERT_TRUE(registry.add(small, "lamps.yaml"));
  const auto lit =
      request::Routes{"lamps"}.change<light>(request::POST, "/v1/projects/{project}/lamps", nothing<light>);
  EXPECT_TRUE(check(registry, {lit}));
  EXPECT_FALSE(check(registry, {request::Routes{"lamps"}})) << "an operation without a route";
  const auto elsewhere =
      request::Routes{"lamps"}.change<light>(request::POST, "/v1/projects/{project}/lamp", nothing<light>);
  EXPECT_FALSE(check(registry, {elsewhere})) << "an operation whose route lies elsewhere";
  auto twice = lit;
  twice.change<light>(request::POST, "/v1/organizations/{organization}/lamps", nothing<light>);
  const auto unsaid = check(registry, {twice});
  ASSERT_FALSE(unsaid) << "a route that is no operation";
  EXPECT_TRUE(unsaid.error().detail.contains("/v1/organizations/{organization}/lamps")) << unsaid.error().detail;
  auto more = lit;
  more.change<dim>(request::DELETE, "/v1/projects/{project}/lamps/{lamp}", nothing<dim>);
  const auto refused = check(registry, {more});
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().detail.contains("lamps.lamp.dim")) << refused.error().detail;
}

class Prices : public test::OnEveryEngine {
 protected:
  void SetUp() override {
    auto migrations = db::read_migrations(".", "platform/registry");
    ASSERT_TRUE(migrations);
    auto opened = db::open(
        {.url = test::fresh_database(GetParam()), .migrations = *migrations, .sequence = {}, .clock = &clock_});
    ASSERT_TRUE(opened) << opened.error().detail;
    store_ = std::move(opened->store);
  }
  void TearDown() override {
    store_.reset();
    OnEveryEngine::TearDown();
  }

  base::Result<int> published(const std::string& yaml) {
    Registry registry;
    if (auto added = registry.add(yaml, "lamps.yaml"); !added) return added.error();
    std::promise<base::Result<void>> done;
    int added = 0;
    store_->change(
        [&](db::Tx& tx) -> base::Result<void> {
          auto count = publish(tx, registry, now_);
          if (!count) return count.error();
          added = *count;
          return {};
        },
        [&](base::Result<void> result) { done.set_value(std::move(result)); });
    if (auto result = done.get_future().get(); !result) return result.error();
    return added;
  }

  std::int64_t price(std::string_view day) {
    return store_->read([&](db::Snapshot& snapshot) {
      const auto found = price_at(snapshot, "lamp", "lamps.seconds", *base::day_from_text(day));
      return found ? found->rate.picos / 10'000'000'000 : -1;  // cents
    });
  }

  base::WallClock clock_;
  const base::Instant now_ = *base::day_from_text("2027-01-01");
  std::unique_ptr<db::Store> store_;
};
INSTANTIATE_TEST_SUITE_P(On, Prices, test::engines(), test::engine_name);

constexpr std::string_view next_book = R"yaml(  - id: "2"
    valid_from: 2027-02-01T00:00:00Z
    currency: EUR
    prices:
      - {sku: lamp, meter: lamps.seconds, amount: "0.40", per: 3600, per_text: hour}
operations:
)yaml";

TEST_P(Prices, ANewBookIsAddedAndTheOldOneStillRates) {
  EXPECT_EQ(*published(std::string{small}), 1);
  EXPECT_EQ(*published(std::string{small}), 0);
  EXPECT_EQ(*published(with("operations:\n", next_book)), 1);
  EXPECT_EQ(price("2026-12-31"), -1);
  EXPECT_EQ(price("2027-01-01"), 36);
  EXPECT_EQ(price("2027-01-31"), 36);
  EXPECT_EQ(price("2027-02-01"), 40);
  const auto all = store_->read([&](db::Snapshot& s) { return prices_at(s, *base::day_from_text("2027-03-01")); });
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].book, "2");
}

TEST_P(Prices, AChangedPriceUnderTheSameBookIsRefused) {
  EXPECT_EQ(*published(std::string{small}), 1);
  const auto changed = published(with("\"0.36\"", "\"0.37\""));
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().reason, price_changed);
  const auto same_start = published(with("id: \"1\"", "id: \"1b\""));
  ASSERT_FALSE(same_start);
  EXPECT_EQ(same_start.error().reason, price_changed);
  EXPECT_EQ(price("2027-01-01"), 36);
}

}  // namespace
}  // namespace registry
