#include "guard/rules/fixture.hpp"

namespace guard {
namespace {

/// One operation of a contract: `post /v1/a {…}`.
struct Route {
  std::string method = "get";
  std::string path = "/v1/projects/{project}/pumps";
  std::string tags = R"(["pumps"])";
  std::string rest =
      R"("operationId":"pump_list","x-permission":"pumps.pump.list","x-kind":"read","x-scope":"project")";
  std::string answers =
      R"("200":{"content":{"application/json":{"schema":{}}}},"default":{"content":{"application/problem+json":{"schema":{}}}})";
};

class RoutesRule : public RuleTest {
 protected:
  static constexpr const char* rule =
      "check: routes\n"
      "with:\n"
      "  contract: openapi.json\n"
      "  kinds: [read, change, stream]\n"
      "  without_answer: [stream]\n"
      "  free_scopes: [caller]\n"
      "  owners: [m, p]\n"
      "  manifests: ['p/*/product.yaml']\n";

  std::string with(const std::vector<Route>& routes, const std::string& manifest = standard) {
    std::string paths;
    for (const Route& each : routes)
      paths += (paths.empty() ? "\"" : ",\n\"") + each.path + "\":{\"" + each.method + "\":{\"tags\":" + each.tags +
               "," + each.rest + ",\"responses\":{" + each.answers + "}}}";
    return said({{"openapi.json", "{\"paths\":{\n" + paths + "}}"},
                 {"p/pumps/product.yaml", manifest},
                 {"m/iam/x.cpp", ""},
                 {"p/pumps/x.cpp", ""}},
                {"m/iam", "p/pumps"}, rule);
  }

  static constexpr const char* standard =
      "name: pumps\n"
      "permissions:\n"
      "  - {name: pumps.pump.list, text: x}\n"
      "operations:\n"
      "  - {permission: pumps.pump.list, method: GET, path: '/v1/projects/{project}/pumps'}\n";
  const Route pumps{};
  const Route me{.path = "/v1/me",
                 .tags = R"(["iam"])",
                 .rest = R"("operationId":"me","x-permission":"iam.me","x-kind":"read","x-scope":"caller")"};
};

TEST_F(RoutesRule, RoutesThatHaveAllAreFine) { EXPECT_EQ(with({pumps, me}), ""); }

TEST_F(RoutesRule, EachHasPermissionKindScopeAndSchemas) {
  Route bare = me;
  bare.rest = R"("operationId":"me","x-kind":"peek","requestBody":{})";
  bare.answers = R"("200":{},"default":{})";
  EXPECT_EQ(with({pumps, bare}),
            "openapi.json:3 GET /v1/me permission\nopenapi.json:3 GET /v1/me kind\nopenapi.json:3 GET /v1/me schema\n"
            "openapi.json:3 GET /v1/me schema\nopenapi.json:3 GET /v1/me schema\nopenapi.json:3 GET /v1/me scope\n");
}

TEST_F(RoutesRule, TheScopeIsInThePath) {
  Route other = me;
  other.path = "/v1/things/{thing}/of/{project}";
  other.rest = R"("operationId":"me","x-permission":"iam.me","x-kind":"read","x-scope":"project")";
  EXPECT_EQ(with({pumps, other}), "openapi.json:3 GET /v1/things/{thing}/of/{project} scope\n");
}

TEST_F(RoutesRule, OneOwnerThatIsAModuleAndAsksForItsOwn) {
  Route nobody = me, anothers = me;
  nobody.tags = R"(["ian"])";
  nobody.rest.replace(nobody.rest.find("iam.me"), 6, "ian.me");
  EXPECT_EQ(with({pumps, nobody}), "openapi.json:3 GET /v1/me owner\n");
  anothers.rest.replace(anothers.rest.find("iam.me"), 6, "log.me");
  EXPECT_EQ(with({pumps, anothers}), "openapi.json:3 GET /v1/me permission\n");
}

TEST_F(RoutesRule, APrefixHasOneOwner) {
  Route below = me;
  below.path = "/v1/projects/{project}/pumps/{pump}";
  EXPECT_EQ(with({pumps, below}), "openapi.json:3 GET /v1/projects/{project}/pumps/{pump} prefix\n");
}

TEST_F(RoutesRule, ManifestAndContractAgree) {
  EXPECT_EQ(with({pumps, me}, "name: pumps\n"),
            "openapi.json:2 GET /v1/projects/{project}/pumps manifest\nopenapi.json:2 GET /v1/projects/{project}/pumps "
            "manifest\n");
  EXPECT_EQ(with({me}),
            "p/pumps/product.yaml:3 pumps.pump.list manifest\n"
            "p/pumps/product.yaml:5 GET /v1/projects/{project}/pumps manifest\n");
}

TEST_F(RoutesRule, WhatCannotBeReadIsNotClean) {
  EXPECT_EQ(with({pumps}, "name: [\n").substr(0, 40), "p/pumps/product.yaml:2 cannot tested: p/");
  EXPECT_EQ(said({{"openapi.json", "{"}, {"m/x.cpp", ""}}, {"m"}, rule).substr(0, 41),
            "openapi.json cannot tested: is no JSON: i");
}

}  // namespace
}  // namespace guard
