#include "platform/request/match.hpp"

#include <gtest/gtest.h>

#include "platform/request/runner.hpp"

namespace request {
namespace {

constexpr Permission thing_read{"lab.thing.read"};
constexpr Permission thing_list{"lab.thing.list"};

base::Result<std::monostate> nothing(db::Snapshot&, const Call<thing_read>&) { return std::monostate{}; }
base::Result<std::monostate> all(db::Snapshot&, const Call<thing_list>&) { return std::monostate{}; }

std::vector<Route> table(std::initializer_list<std::string_view> paths) {
  Routes routes{"lab"};
  for (const std::string_view path : paths) routes.read<thing_read>(path, nothing);
  return routes.all();
}

http::Request offering(std::string protocols) {
  return {.method = "GET", .headers = {{"sec-websocket-protocol", std::move(protocols)}}, .websocket = true};
}

TEST(Match, ALiteralWinsOverAParameterAndBothAreFound) {
  const auto routes = table({"/v1/things/{thing}", "/v1/things/mine", "/v1/things/{thing}/parts/{part}"});
  const auto index = RouteIndex::make(routes);
  ASSERT_TRUE(index);
  EXPECT_EQ(index->find("GET", "/v1/things/mine").route->path, "/v1/things/mine");
  const auto one = index->find("GET", "/v1/things/a%20b");
  ASSERT_NE(one.route, nullptr);
  EXPECT_EQ(one.parameters, (std::vector<std::pair<std::string, std::string>>{{"thing", "a b"}}));
  EXPECT_EQ(index->find("GET", "/v1/things/x/parts/y").parameters.size(), 2U);
  EXPECT_EQ(index->find("GET", "/v1/things/x/parts").route, nullptr);
  EXPECT_EQ(index->find("GET", "/v1/things/").route, nullptr);
}

TEST(Match, AnotherMethodIsToldWhichThereAre) {
  const auto routes = table({"/v1/things"});
  const auto index = RouteIndex::make(routes);
  ASSERT_TRUE(index);
  const auto match = index->find("POST", "/v1/things");
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allowed, "GET");
}

TEST(Match, TwoRoutesForOneMethodAndPathAreRefused) {
  const auto routes = table({"/v1/things/{thing}", "/v1/things/{other}"});
  const auto index = RouteIndex::make(routes);
  ASSERT_FALSE(index);
  EXPECT_EQ(index.error().reason, base::invalid);
}

TEST(Match, OperationsThatShareAPermissionAreToldApartByTheirScope) {
  auto routes = table({"/v1/projects/{project}/things", "/v1/departments/{department}/things"});
  Routes others{"lab"};
  others.read<thing_list>("/v1/things", all);
  routes.push_back(others.all().front());
  ASSERT_TRUE(name_operations(routes));
  EXPECT_EQ(routes[0].operation, "thing_read_at_project");
  EXPECT_EQ(routes[1].operation, "thing_read_at_department");
  EXPECT_EQ(routes[2].operation, "thing_list");
}

TEST(Match, WhereAPermissionIsDecidedIsReadOffThePath) {
  const auto routes = table({"/v1/projects/{project}/things", "/v1/things/{thing}", "/v1/things"});
  const ProjectId project{base::Uuid{1}};
  EXPECT_EQ(*target_of(routes[0], {{"project", project.text()}}), Target{Scope{project}});
  EXPECT_EQ(*target_of(routes[1], {{"thing", "thg_1"}}), Target{std::string{"thg_1"}});
  EXPECT_EQ(*target_of(routes[2], {}), Target{Scope{platform}});
  EXPECT_FALSE(target_of(routes[0], {{"project", DepartmentId{base::Uuid{1}}.text()}}));  // another kind of scope
  EXPECT_FALSE(target_of(routes[0], {{"project", "prj_nonsense"}}));
}

TEST(Subprotocol, OnlyWhatWasOfferedIsChosenAndTheCredentialIsKeptOutWhereItCan) {
  EXPECT_EQ(chosen_subprotocol(offering("w.ticket.secret"), "w.ticket"), "w.ticket.secret");
  EXPECT_EQ(chosen_subprotocol(offering("w.ticket.accepted, w.ticket.secret"), "w.ticket"), "w.ticket.accepted");
  EXPECT_EQ(offered_credential(offering("w.ticket.accepted , w.ticket.secret"), "w.ticket"), "w.ticket.secret");
  EXPECT_EQ(offered_credential(offering("chat, w.ticket.accepted"), "w.ticket"), std::nullopt);
  EXPECT_EQ(chosen_subprotocol(offering("chat"), "w.ticket"), "");
}

TEST(Path, ItsTextIsReadBackAsItWas) {
  const std::vector<Scope> path{OrganizationId{base::Uuid{1}}, DepartmentId{base::Uuid{2}}, ProjectId{base::Uuid{3}}};
  EXPECT_EQ(path_from_text(path_text(path)), path);
  EXPECT_EQ(path_from_text(path_text({Scope{platform}})), std::vector<Scope>{Scope{platform}});
  EXPECT_FALSE(scope_from_text("plt_00000000000000000000000001"));  // an installation has one
}

TEST(OpenApi, TheSameTableGivesTheSameBytesInWhateverOrder) {
  auto one = table({"/v1/a/{a}", "/v1/b/{b}"});
  auto other = table({"/v1/b/{b}", "/v1/a/{a}"});
  ASSERT_TRUE(name_operations(one));
  ASSERT_TRUE(name_operations(other));
  EXPECT_EQ(openapi(one), openapi(other));
}

}  // namespace
}  // namespace request
