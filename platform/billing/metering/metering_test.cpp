#include "platform/billing/metering/metering.hpp"

#include <gtest/gtest.h>

#include "platform/billing/metering/store.hpp"
#include "tests/support/bare/bare.hpp"

namespace metering {
namespace {

using request::Authority;
using request::DepartmentId;
using request::Env;
using request::ProjectId;
using std::chrono::seconds;

class MeteringTest : public test::OnEveryEngine {
 protected:
  MeteringTest() : bare(GetParam(), {.modules = {"platform/billing/metering"}, .migrations = {}, .names = {}}) {}

  // A resource in acme/vision that ran on `node`, and moved to acme/research/vision at `moved`, if set.
  Ports ports() {
    return {.attribute = [this](db::Tx&, std::string_view, base::Instant from,
                                base::Instant to) -> base::Result<std::vector<Span>> {
              if (!moved || *moved >= to) return std::vector{Span{from, to, before()}};
              if (*moved <= from) return std::vector{Span{from, to, after()}};
              return std::vector{Span{from, *moved, before()}, Span{*moved, to, after()}};
            },
            .ran = [this](db::Snapshot&, PrincipalId on, std::string_view resource,
                          std::string_view sku) -> base::Result<void> {
              if (on != node || resource != "thing" || sku != "small") return base::Error{base::not_found};
              return {};
            },
            .unit = [](std::string_view meter) -> std::optional<std::string> {
              if (meter != "shop.seconds") return {};
              return "second";
            }};
  }
  std::vector<Scope> before() const { return {Scope{acme}, Scope{vision}}; }
  std::vector<Scope> after() const { return {Scope{acme}, Scope{research}, Scope{vision}}; }

  Reported event(int from, int to, std::int64_t quantity = 10) {
    return {.id = bare.make<UsageEventId>(),
            .resource = "thing",
            .meter = "shop.seconds",
            .sku = "small",
            .start = start + seconds{from},
            .end = start + seconds{to},
            .quantity = quantity};
  }
  base::Result<ReportAnswer> report(std::vector<Reported> events, std::optional<PrincipalId> by = {}) {
    std::string body = R"({"events":[)";
    for (const auto& each : events) body += (body.back() == '[' ? "" : ",") + json::encode(each);
    body += "]}";
    return bare.ask_for<ReportAnswer>(
        routes(ports()), request::POST, "/v1/nodes/{node}/usage-events",
        {.permission = nullptr, .principal = by.value_or(node), .path = {Scope{request::platform}}, .authz_epoch = 0},
        {.path = {{"node", node.text()}}, .body = body});
  }
  std::string outcome(const Reported& event) {
    const auto answer = report({event});
    if (!answer) return test::word_of(answer);
    if (!answer->refused.empty()) return answer->refused[0].reason;
    return answer->accepted == 1 ? "accepted" : "known";
  }
  std::string list(const std::string& path, std::vector<Scope> at, const request::Given& given = {}) {
    return bare
        .ask(routes(ports()), request::GET, path + "/usage-events",
             {.permission = nullptr, .principal = {}, .path = std::move(at), .authz_epoch = 0}, given)
        .value();
  }
  std::vector<UsageEvent> filed() {
    return bare.read([](db::Snapshot& s) { return store::of_resource(s, "", "thing", {}); }).items;
  }

  test::Bare bare;
  const base::Instant start = bare.clock.now() - std::chrono::minutes{10};
  const OrganizationId acme = bare.make<OrganizationId>();
  const DepartmentId research = bare.make<DepartmentId>();
  const ProjectId vision = bare.make<ProjectId>();
  const PrincipalId node = bare.make<PrincipalId>();
  std::optional<base::Instant> moved;
};
INSTANTIATE_TEST_SUITE_P(On, MeteringTest, test::engines(), test::engine_name);

TEST_P(MeteringTest, AnEventIsFiledOnceHoweverOftenItIsReported) {
  const auto one = event(0, 10), two = event(10, 20);
  const auto first = report({one, two});
  ASSERT_TRUE(first);
  EXPECT_EQ(first->accepted, 2);
  const auto again = report({one, two, event(20, 30)});
  ASSERT_TRUE(again);
  EXPECT_EQ(again->accepted, 1);
  EXPECT_EQ(again->known, 2);
  EXPECT_EQ(filed().size(), 3U);
}

TEST_P(MeteringTest, TheSameIdWithOtherContentIsRefused) {
  auto one = event(0, 10);
  EXPECT_EQ(outcome(one), "accepted");
  ++one.quantity;
  EXPECT_EQ(outcome(one), "event_conflict");
  EXPECT_EQ(filed().at(0).quantity, 10);
}

TEST_P(MeteringTest, OneRefusedEventLeavesTheOthersAlone) {
  auto foreign = event(0, 10);
  foreign.resource = "elsewhere";
  auto sold_otherwise = event(0, 10);
  sold_otherwise.sku = "large";
  auto unmetered = event(0, 10);
  unmetered.meter = "shop.smiles";
  const auto empty = event(10, 10), good = event(0, 10);
  const auto answer = report({foreign, sold_otherwise, unmetered, empty, good});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->accepted, 1);
  ASSERT_EQ(answer->refused.size(), 4U);
  EXPECT_EQ(answer->refused[0].reason, "resource_unknown");
  EXPECT_EQ(answer->refused[0].id, foreign.id);
  EXPECT_EQ(answer->refused[1].reason, "resource_unknown");
  EXPECT_EQ(answer->refused[2].reason, "meter_unknown");
  EXPECT_EQ(answer->refused[3].reason, "interval_empty");
}

TEST_P(MeteringTest, AReportFromTheFutureWaitsAsAWhole) {
  const auto past = event(0, 10), future = event(590, 601);
  EXPECT_EQ(test::word_of(report({past, future})), "not_yet");
  EXPECT_TRUE(filed().empty());
  bare.clock.forward(seconds{1});
  const auto answer = report({past, future});
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->accepted, 2);
}

TEST_P(MeteringTest, UsageOfOneResourceAndMeterDoesNotOverlap) {
  EXPECT_EQ(outcome(event(10, 20)), "accepted");
  EXPECT_EQ(outcome(event(0, 11)), "event_overlaps");
  EXPECT_EQ(outcome(event(10, 20)), "event_overlaps");
  EXPECT_EQ(outcome(event(12, 14)), "event_overlaps");
  EXPECT_EQ(outcome(event(19, 30)), "event_overlaps");
  EXPECT_EQ(outcome(event(5, 25)), "event_overlaps");
  EXPECT_EQ(outcome(event(20, 30)), "accepted");
  EXPECT_EQ(outcome(event(0, 10)), "accepted");  // late, but of a time that nobody reported
}

TEST_P(MeteringTest, ANodeReportsForItselfOnly) {
  EXPECT_EQ(test::word_of(report({event(0, 10)}, bare.make<PrincipalId>())), "forbidden");
  EXPECT_TRUE(filed().empty());
}

TEST_P(MeteringTest, AnIntervalThatSpansAMoveIsSplitThere) {
  moved = start + seconds{3};
  const auto spanning = event(0, 10, 100);
  EXPECT_EQ(outcome(spanning), "accepted");
  EXPECT_EQ(outcome(spanning), "known");
  auto pieces = filed();
  std::ranges::sort(pieces, {}, &UsageEvent::start);
  ASSERT_EQ(pieces.size(), 2U);
  EXPECT_EQ(pieces[0].id, spanning.id);
  EXPECT_EQ(pieces[0].quantity, 30);
  EXPECT_EQ(pieces[0].path, before());
  EXPECT_EQ(pieces[1].quantity, 70);
  EXPECT_EQ(pieces[1].path, after());
  EXPECT_EQ(pieces[0].end, pieces[1].start);
  EXPECT_EQ(outcome(event(2, 4)), "event_overlaps");
  const auto in_research = list("/v1/departments/{department}", {Scope{acme}, Scope{research}});
  EXPECT_EQ(in_research.find(pieces[0].id.text()), std::string::npos);
  EXPECT_NE(in_research.find(pieces[1].id.text()), std::string::npos);
}

TEST_P(MeteringTest, AnEventWaitsUntilItIsRatedOnce) {
  EXPECT_EQ(outcome(event(0, 10)), "accepted");
  const auto waiting = bare.read([&](db::Snapshot& s) { return unrated(s, bare.clock.now(), 10); });
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting[0].organization, acme);
  EXPECT_NE(list("/v1/projects/{project}", before()).find(R"("recorded")"), std::string::npos);
  std::vector<bool> rated;
  ASSERT_TRUE(bare.change([&](db::Tx& tx, const Env&) -> base::Result<void> {
    rated = {mark_rated(tx, waiting[0].event), mark_rated(tx, waiting[0].event)};
    return {};
  }));
  EXPECT_EQ(rated, (std::vector<bool>{true, false}));
  EXPECT_NE(list("/v1/projects/{project}", before()).find(R"("rated")"), std::string::npos);
  EXPECT_TRUE(bare.read([&](db::Snapshot& s) { return unrated(s, bare.clock.now(), 10); }).empty());
}

TEST_P(MeteringTest, WhatIsPostponedIsNotLookedAtBeforeItsTime) {
  EXPECT_EQ(outcome(event(0, 10)), "accepted");
  const auto id = filed().at(0).id;
  ASSERT_TRUE(bare.change([&](db::Tx& tx, const Env& env) -> base::Result<void> {
    postpone(tx, id, env.now + seconds{60});
    return {};
  }));
  const auto waiting = [&] {
    return bare.read([&](db::Snapshot& s) { return unrated(s, bare.clock.now(), 10); }).size();
  };
  EXPECT_EQ(waiting(), 0U);
  bare.clock.forward(seconds{60});
  EXPECT_EQ(waiting(), 1U);
}

TEST_P(MeteringTest, UsageIsListedByScopeAndResource) {
  ASSERT_TRUE(report({event(0, 10), event(10, 20), event(20, 30)}));
  const auto count = [](const std::string& body) {
    int items = 0;
    for (std::size_t at = body.find(R"("quantity")"); at != std::string::npos; at = body.find(R"("quantity")", at + 1))
      ++items;
    return items;
  };
  EXPECT_EQ(count(list("/v1/organizations/{organization}", {Scope{acme}})), 3);
  EXPECT_EQ(count(list("/v1/organizations/{organization}", {Scope{acme}},
                       {.query = {{"resource", "thing"}, {"limit", "2"}}})),
            2);
  EXPECT_EQ(count(list("/v1/organizations/{organization}", {Scope{acme}}, {.query = {{"resource", "other"}}})), 0);
  EXPECT_EQ(count(list("/v1/departments/{department}", {Scope{acme}, Scope{bare.make<DepartmentId>()}})), 0);
}

TEST_P(MeteringTest, TheDatabaseRefusesToChangeOrRemoveAnEvent) {
  EXPECT_EQ(outcome(event(0, 10)), "accepted");
  for (const std::string_view sql : {"UPDATE usage_events SET quantity = 0", "DELETE FROM usage_events",
                                     "UPDATE usage_scopes SET scope = 'x'", "DELETE FROM usage_scopes"}) {
    const auto done = bare.change([&](db::Tx& tx, const Env&) -> base::Result<void> {
      tx.run(db::Query{"test.tamper", sql}, {});
      return {};
    });
    EXPECT_EQ(test::word_of(done), "internal") << sql;
  }
}

TEST_P(MeteringTest, LineageShowsUnratedUsageAsPending) {
  EXPECT_EQ(outcome(event(0, 10, 93)), "accepted");
  const auto lines = [&] { return bare.read([](db::Snapshot& s) { return lineage()->lines(s, "thing", {}); }).items; };
  ASSERT_EQ(lines().size(), 1U);
  EXPECT_TRUE(lines()[0].pending);
  EXPECT_EQ(lines()[0].amount, "93 second");
  EXPECT_EQ(lines()[0].scope, Scope{vision});
  const auto id = filed().at(0).id;
  ASSERT_TRUE(bare.change([&](db::Tx& tx, const Env&) -> base::Result<void> {
    mark_rated(tx, id);
    return {};
  }));
  EXPECT_FALSE(lines()[0].pending);
}

}  // namespace
}  // namespace metering
