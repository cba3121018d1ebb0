#include "platform/access/access.hpp"

#include <gtest/gtest.h>

#include "platform/access/store.hpp"
#include "shared/crypto/crypto.hpp"
#include "tests/support/bare/bare.hpp"

namespace entrance {
namespace {

using namespace std::chrono_literals;
using request::Call;
using request::Env;
using request::Scope;

struct AskFor {
  std::string resource;
};
BOOST_DESCRIBE_STRUCT(AskFor, (), (resource))

class Tickets : public test::OnEveryEngine {
 protected:
  Tickets() : bare(GetParam(), {.modules = {"platform/access"}}) {}

  Opened asked_for(const std::string& resource) {
    const auto ask = [this](db::Tx& tx, const Call<session_create, AskFor>& call) -> base::Result<Opened> {
      return open(tx, call.granted, call.env,
                  {.family = Family::terminal, .resource = call.input.resource, .node = node, .what = "terminal"});
    };
    const auto opened = bare.ask_for<Opened>(
        request::Routes{"test"}.change<session_create>(request::POST, "/v1/projects/{project}/sessions", ask),
        request::POST, "/v1/projects/{project}/sessions",
        {.permission = nullptr, .principal = ann, .path = {Scope{acme}, Scope{vision}}},
        {.path = {}, .query = {}, .body = json::encode(AskFor{resource})});
    EXPECT_TRUE(opened) << opened.error().detail;
    return *opened;
  }
  /// Who it lets in, or the reason.
  std::string used(const std::string& ticket, const SessionId& session) {
    base::Result<request::Caller> caller{base::Error{base::internal}};
    const auto done = bare.change([&](db::Tx& tx, const Env& env) -> base::Result<void> {
      caller = links->use(tx, env, ticket, session.text());
      if (!caller) return caller.error();
      return {};
    });
    if (!done) return test::word_of(done);
    return caller->principal == ann && caller->home == acme ? "ann" : "somebody else";
  }

  test::Bare bare;
  const request::OrganizationId acme = bare.make<request::OrganizationId>();
  const request::ProjectId vision = bare.make<request::ProjectId>();
  const request::PrincipalId ann = bare.make<request::PrincipalId>();
  const request::PrincipalId node = bare.make<request::PrincipalId>();
  const std::unique_ptr<Links> links =
      make_links(bare.store(), bare.clock, bare.dice, "gpuaas.ticket", [](request::PrincipalId, bool) {});
};
INSTANTIATE_TEST_SUITE_P(On, Tickets, test::engines(), test::engine_name);

TEST_P(Tickets, OneOpensItsOwnSessionOnce) {
  const Opened one = asked_for("ins_1");
  const Opened other = asked_for("ins_2");
  EXPECT_NE(one.ticket, other.ticket);
  EXPECT_EQ(used(one.ticket, other.id), "unauthenticated");
  EXPECT_EQ(used("", one.id), "unauthenticated");
  EXPECT_EQ(used(crypto::hex(crypto::sha256(one.ticket)), one.id), "unauthenticated");  // what the table holds
  EXPECT_EQ(used(one.ticket, one.id), "ann");
  EXPECT_EQ(used(one.ticket, one.id), "unauthenticated");
  EXPECT_EQ(used(other.ticket, other.id), "ann");
}

TEST_P(Tickets, OfManyWhoComeWithOneAtOnceOneIsLetIn) {
  const Opened one = asked_for("ins_1");
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::map<std::string, int> came;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      std::string said = used(one.ticket, one.id);
      while (said == "contended") said = used(one.ticket, one.id);
      const std::lock_guard lock{mutex};
      ++came[said];
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(came, (std::map<std::string, int>{{"ann", 1}, {"unauthenticated", 7}}));
}

TEST_P(Tickets, OneIsGoodUntilItsTimeAndNotLonger) {
  const Opened early = asked_for("ins_1");
  const Opened late = asked_for("ins_1");
  EXPECT_EQ(early.expires_at, bare.clock.now() + ticket_time);
  bare.clock.forward(ticket_time - 1us);
  EXPECT_EQ(used(early.ticket, early.id), "ann");
  bare.clock.forward(1us);
  EXPECT_EQ(used(late.ticket, late.id), "unauthenticated");
}

TEST_P(Tickets, ThatOfASessionThatEndedOpensNothing) {
  const Opened one = asked_for("ins_1");
  const auto end = [&](std::string_view by) {
    bool ended = false;
    EXPECT_TRUE(bare.change([&](db::Tx& tx, const Env& env) -> base::Result<void> {
      ended = store::end(tx, one.id, env.now, by);
      return {};
    }));
    return ended;
  };
  EXPECT_TRUE(end("cut"));
  EXPECT_FALSE(end("closed"));  // it ends once, whoever is second
  EXPECT_EQ(used(one.ticket, one.id), "unauthenticated");
  const auto row = bare.read([&](db::Snapshot& s) { return store::find(s, one.id); });
  EXPECT_EQ(row->session.ended_by, "cut");
  EXPECT_EQ(row->session.opened_at, std::nullopt);
}

}  // namespace
}  // namespace entrance
