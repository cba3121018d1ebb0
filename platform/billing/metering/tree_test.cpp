// Attribution by iam's own history: the tree of the time of the event, split where it changed.
#include <gtest/gtest.h>

#include "platform/billing/metering/metering.hpp"
#include "platform/iam/iam.hpp"
#include "tests/support/bare/bare.hpp"

namespace metering {
namespace {

using request::Env;
using std::chrono::microseconds;
using std::chrono::seconds;

class TreeTest : public test::OnEveryEngine {
 protected:
  TreeTest() : bare(GetParam(), {.modules = {"platform/iam"}, .migrations = {}, .names = {}}) {
    EXPECT_TRUE(bare.change([&](db::Tx& tx, const Env& env) -> base::Result<void> {
      acme = iam::house::add_organization(tx, env, by, "acme").value();
      research = iam::house::add_department(tx, env, by, acme, "research").value();
      sales = iam::house::add_department(tx, env, by, acme, "sales").value();
      vision = iam::house::add_project(tx, env, by, research, "vision").value();
      return iam::house::add_resource(tx, {.id = "thing",
                                           .type = "shop.thing",
                                           .name = "train",
                                           .scope = vision,
                                           .created_by = by,
                                           .created_by_binding = {},
                                           .created_at = env.now,
                                           .removed_at = {}});
    }));
    made = bare.clock.now();
    bare.clock.forward(seconds{100});
  }
  void move_to(const request::DepartmentId& parent, base::Instant at) {
    ASSERT_TRUE(bare.change([&](db::Tx& tx, const Env&) { return iam::house::move(tx, vision, parent, at); }));
  }
  base::Result<std::vector<Span>> attribute(std::string_view resource, base::Instant from, base::Instant to) {
    base::Result<std::vector<Span>> spans{std::vector<Span>{}};
    const auto done = bare.change([&](db::Tx& tx, const Env&) -> base::Result<void> {
      spans = attribute_by_tree(tx, resource, from, to);
      if (!spans) return spans.error();
      return {};
    });
    if (!done) return done.error();
    return spans;
  }
  std::vector<Scope> under(const request::DepartmentId& department) const {
    return {Scope{acme}, Scope{department}, Scope{vision}};
  }

  test::Bare bare;
  const PrincipalId by = bare.make<PrincipalId>();
  OrganizationId acme;
  request::DepartmentId research, sales;
  request::ProjectId vision;
  base::Instant made;
};
INSTANTIATE_TEST_SUITE_P(On, TreeTest, test::engines(), test::engine_name);

TEST_P(TreeTest, AnIntervalWithoutAMoveIsOneSpan) {
  const auto spans = attribute("thing", made + seconds{1}, made + seconds{11});
  ASSERT_TRUE(spans);
  ASSERT_EQ(spans->size(), 1U);
  EXPECT_EQ(spans->at(0).path, under(research));
  EXPECT_EQ(spans->at(0).end, made + seconds{11});
}

TEST_P(TreeTest, AMoveSplitsAnIntervalToTheMicrosecond) {
  const base::Instant at = made + seconds{5} + microseconds{123'457};
  move_to(sales, at);
  const auto spans = attribute("thing", made + seconds{1}, made + seconds{11});
  ASSERT_TRUE(spans);
  ASSERT_EQ(spans->size(), 2U);
  EXPECT_EQ(spans->at(0).path, under(research));
  EXPECT_EQ(spans->at(0).end, at);
  EXPECT_EQ(spans->at(1).start, at);
  EXPECT_EQ(spans->at(1).path, under(sales));
  // Before and after it, one span each, the first by the tree that is no more.
  EXPECT_EQ(attribute("thing", made + seconds{1}, at)->at(0).path, under(research));
  EXPECT_EQ(attribute("thing", at, at + microseconds{1})->at(0).path, under(sales));
}

TEST_P(TreeTest, UsageOfWhatWasNotThereIsNobodys) {
  EXPECT_EQ(test::word_of(attribute("another", made, made + seconds{1})), "not_found");
  EXPECT_EQ(test::word_of(attribute("thing", made - seconds{10}, made - seconds{5})), "not_found");
}

TEST_P(TreeTest, AttributingFreezesThePastOfTheOrganization) {
  const auto frozen_until = [&] { return bare.read([&](db::Snapshot& s) { return iam::frozen_until(s, acme); }); };
  ASSERT_TRUE(attribute("thing", made + seconds{1}, made + seconds{11}));
  EXPECT_EQ(frozen_until(), made + seconds{11});
  ASSERT_TRUE(attribute("thing", made + seconds{1}, made + seconds{5}));
  EXPECT_EQ(frozen_until(), made + seconds{11});
}

}  // namespace
}  // namespace metering
