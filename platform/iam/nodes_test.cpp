// How a node joins and proves itself, and how sign-in is throttled and recorded.
#include "platform/iam/fixture.hpp"
#include "shared/crypto/crypto.hpp"
#include "tests/support/bare/records.hpp"

namespace iam {
namespace {

class Nodes : public test::OnEveryEngine {
 protected:
  void SetUp() override { house_ = std::make_unique<House>(GetParam()); }
  void TearDown() override {
    house_.reset();
    OnEveryEngine::TearDown();
  }

  Said join(const std::string& token, const std::string& name, const crypto::SigningKey& key) {
    return house_->ask("POST", "/v1/node-joins", "",
                       R"({"token":")" + token + R"(","name":")" + name + R"(","public_key":")" +
                           crypto::base64url(key.public_key()) + R"(","capacity":{"cpu":2}})");
  }
  Said challenge(const std::string& node) {
    return house_->ask("POST", "/v1/node-challenges", "", R"({"node":")" + node + R"("})");
  }
  std::string proof(const std::string& node, const std::string& said, const crypto::SigningKey& key) {
    return node + "." + said + "." + crypto::base64url(key.sign("house node link " + said));
  }
  std::string prove(const std::string& proof) {
    const auto caller = house_->change(
        [&](db::Tx& tx, const request::Env& env) { return house_->iam->node_link().use(tx, env, proof, {}); });
    return caller ? caller->principal.text() : std::string{caller.error().reason.word};
  }
  bool may(const std::string& node, std::string_view target) {
    static constexpr request::Permission report{"billing.usage.report"};
    const auto principal = *PrincipalId::parse(node);
    const request::Target at{std::string{target}};
    const bool index = house_->iam->from_index(principal, report, at, house_->clock.now()).has_value();
    const bool tables = house_->read([&](db::Snapshot& s) {
      return house_->iam->from_tables(s, principal, report, at, house_->clock.now()).has_value();
    });
    EXPECT_EQ(index, tables);
    return tables;
  }

  std::unique_ptr<House> house_;
  const crypto::SigningKey key_ = crypto::SigningKey::generate();
  const crypto::SigningKey other_key_ = crypto::SigningKey::generate();
};
INSTANTIATE_TEST_SUITE_P(On, Nodes, test::engines(), test::engine_name);

TEST_P(Nodes, AJoinTokenLetsOneNodeInOnceAndInTime) {
  EXPECT_EQ(join("join_nonsense", "local-1", key_).reason(), "join_refused");
  const Said joined = join(house_->first.join_token, "local-1", key_);
  ASSERT_EQ(joined.status, 201) << joined.body;
  EXPECT_EQ(joined.member("node"), joined.member("id"));
  EXPECT_EQ(join(house_->first.join_token, "local-2", key_).reason(), "join_refused");

  const Said token = house_->ask("POST", "/v1/join-tokens", house_->first.admin_key, R"({"note":"rack 2"})");
  ASSERT_EQ(token.status, 201) << token.body;
  house_->clock.pass(join_token_time);
  EXPECT_EQ(join(token.member("token"), "local-2", key_).reason(), "join_refused");
}

TEST_P(Nodes, ANameIsOneNodesAndARefusedJoinLeavesTheTokenUnused) {
  ASSERT_EQ(join(house_->first.join_token, "local-1", key_).status, 201);
  const std::string token = house_->ask("POST", "/v1/join-tokens", house_->first.admin_key, "{}").member("token");
  EXPECT_EQ(join(token, "local-1", other_key_).reason(), "name_taken");
  EXPECT_EQ(join(token, "Local", other_key_).reason(), "invalid");
  EXPECT_EQ(join(token, "local-2", other_key_).reason(), "ok");
  const Said list = house_->ask("GET", "/v1/nodes", house_->first.admin_key);
  EXPECT_EQ(list.items(), 2U);
  EXPECT_TRUE(list.body.contains(R"("state":"lost")")) << list.body;
  EXPECT_TRUE(list.body.contains(R"("capacity":{"cpu":2})")) << list.body;
}

TEST_P(Nodes, ANodeProvesItsKeyByASignedChallengeOnce) {
  const std::string node = join(house_->first.join_token, "local-1", key_).member("node");
  const std::string said = challenge(node).member("challenge");
  EXPECT_EQ(prove(proof(node, said, other_key_)), "unauthenticated");
  EXPECT_EQ(prove(proof(node, "anything", key_)), "unauthenticated");
  EXPECT_EQ(prove(node + "." + said), "unauthenticated");
  EXPECT_EQ(prove(proof(node, said, key_)), node);
  EXPECT_EQ(prove(proof(node, said, key_)), "unauthenticated");

  const std::string late = challenge(node).member("challenge");
  house_->clock.pass(std::chrono::minutes{2});
  EXPECT_EQ(prove(proof(node, late, key_)), "unauthenticated");
  EXPECT_EQ(challenge("prn_00000000000000000000000001").reason(), "not_found");
}

TEST_P(Nodes, ANodeSpeaksForItselfOnly) {
  const std::string one = join(house_->first.join_token, "local-1", key_).member("node");
  const std::string token = house_->ask("POST", "/v1/join-tokens", house_->first.admin_key, "{}").member("token");
  const std::string two = join(token, "local-2", other_key_).member("node");
  EXPECT_TRUE(may(one, one));
  EXPECT_TRUE(may(two, two));
  EXPECT_FALSE(may(one, two));
  EXPECT_FALSE(may(house_->first.admin.text(), one));
  EXPECT_EQ(house_->ask("POST", "/v1/principals/" + one + "/disable", house_->first.admin_key).reason(), "ok");
  EXPECT_FALSE(may(one, one));
}

TEST_P(Nodes, WhoHoldsLinksSaysWhetherANodesStands) {
  const auto node = *PrincipalId::parse(join(house_->first.join_token, "local-1", key_).member("node"));
  const auto set = [&](NodeState state) {
    return *house_->change([&](db::Tx& tx, const request::Env& env) {
      return base::Result<bool>{set_node_state(tx, node, state, env.now)};
    });
  };
  EXPECT_TRUE(set(NodeState::linked));
  EXPECT_FALSE(set(NodeState::linked));
  EXPECT_TRUE(house_->ask("GET", "/v1/nodes", house_->first.admin_key).body.contains(R"("state":"linked")"));
  EXPECT_TRUE(set(NodeState::lost));
}

TEST_P(Nodes, RefusedSignInsAreOneRecordAMinuteWithACount) {
  const auto refusals = [&] {
    std::vector<std::string> found;
    for (const test::Record& each : test::records(*house_->store))
      if (each.action == "iam.session.create" && each.outcome == "sign_in_refused") found.push_back(each.detail);
    return found;
  };
  const auto wait_for = [&](std::size_t count) {
    for (int i = 0; i < 500 && refusals().size() < count; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    return refusals();
  };
  const auto try_once = [&](const char* mail) {
    return house_->ask("POST", "/v1/sign-in", "", R"({"mail":")" + std::string{mail} + R"(","password":"wrong"})")
        .reason();
  };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(try_once("admin@acme.test"), "sign_in_refused");
  EXPECT_EQ(try_once("nobody@acme.test"), "sign_in_refused");
  EXPECT_EQ(wait_for(1), (std::vector<std::string>{R"({"count":1})"}));
  house_->clock.pass(std::chrono::minutes{1});
  EXPECT_EQ(try_once("admin@acme.test"), "sign_in_refused");
  EXPECT_EQ(wait_for(2), (std::vector<std::string>{R"({"count":1})", R"({"count":3})"}));
}

TEST(Refusals, GuessingIsThrottledByMailAddressAndForgivenByTheRightPassword) {
  Refusals refusals;
  base::Instant now = *base::day_from_text("2027-03-01");
  for (int i = 0; i < Refusals::tries; ++i) EXPECT_TRUE(refusals.may_try("ann@acme.test", now));
  EXPECT_FALSE(refusals.may_try("ann@acme.test", now));
  EXPECT_TRUE(refusals.may_try("bob@acme.test", now));
  now += Refusals::again_after;
  EXPECT_TRUE(refusals.may_try("ann@acme.test", now));
  EXPECT_FALSE(refusals.may_try("ann@acme.test", now));
  refusals.succeeded("ann@acme.test");
  EXPECT_TRUE(refusals.may_try("ann@acme.test", now));
}

}  // namespace
}  // namespace iam
