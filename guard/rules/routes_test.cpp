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
      R"("200":{"content":{"application/json":{"schema":{"type":"object"}}}},"default":{"content":{"application/problem+json":{"schema":{"type":"object"}}}})";
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

  static Files of(const std::vector<Route>& routes, const std::string& manifest) {
    std::string paths;
    for (const Route& each : routes)
      paths += (paths.empty() ? "\"" : ",\n\"") + each.path + "\":{\"" + each.method + "\":{\"tags\":" + each.tags +
               "," + each.rest + ",\"responses\":{" + each.answers + "}}}";
    return {{"openapi.json", "{\"paths\":{\n" + paths + "},\n" + parts + "}"},
            {"p/pumps/product.yaml", manifest},
            {"m/iam/x.cpp", "constexpr Permission us{\"iam.us\"};"},
            {"m/iam/x.hpp", "inline constexpr request::Permission me{\"iam.me\"};  // us{\"iam.us\"}\n"},
            {"p/pumps/x.cpp", ""}};
  }

  std::string with(const std::vector<Route>& routes, const std::string& manifest = standard,
                   const std::string& given = rule) {
    return said(of(routes, manifest), {"m/iam", "p/pumps"}, given);
  }

  static constexpr const char* parts =
      R"("parts":{"ring":{"$ref":"#/parts/ring"},"answer":{"content":{"application/json":{"schema":{"$ref":"#/parts/me"}}}},)"
      R"("me":{"type":"object"}})";
  const std::string refusal = R"("default":{"content":{"application/problem+json":{"schema":{"type":"object"}}}})";
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

TEST_F(RoutesRule, AParameterIsKnownByItsPlace) {
  Route below = me, same = pumps;
  below.path = "/v1/projects/{p}/pumps/{pump}";
  EXPECT_EQ(with({pumps, below}), "openapi.json:3 GET /v1/projects/{p}/pumps/{pump} prefix\n");
  same.path = "/v1/projects/{project}/pumps/";
  same.rest.replace(same.rest.find("pump_list"), 9, "pump_all_");
  EXPECT_EQ(with({pumps, same}),
            "openapi.json:3 GET /v1/projects/{project}/pumps/ prefix\n"
            "openapi.json:3 GET /v1/projects/{project}/pumps/ manifest\n");
  Route word = me;
  word.path = "/v1/me/pumps";
  word.tags = R"(["log"])";
  word.rest = R"("operationId":"log","x-permission":"log.me","x-kind":"read","x-scope":"caller")";
  EXPECT_EQ(with({pumps, me, word}), "openapi.json:4 GET /v1/me/pumps owner\nopenapi.json:4 GET /v1/me/pumps prefix\n");
}

TEST_F(RoutesRule, APathThatBeginsLikeAScopeIsInIt) {
  const std::string scoped = std::string{rule} + "  scopes: ['/v1/projects/{project}', '/v1/rooms/{room}']\n";
  const auto of = [&](const std::string& path, const std::string& scope) {
    Route route = me;
    route.path = path;
    route.rest.replace(route.rest.find("caller"), 6, scope);
    return with({pumps, route}, standard, scoped);
  };
  EXPECT_EQ(of("/v1/rooms/{room}/of/{project}", "room"), "");
  EXPECT_EQ(of("/v1/rooms/all", "caller"), "");
  EXPECT_EQ(of("/v1/chairs/{chair}", "caller"), "");
  for (const auto& [path, scope] :
       {std::pair{"/v1/rooms/{room}", "caller"}, std::pair{"/v1/rooms/{r}", "room"},
        std::pair{"/v1/projects/{room}", "project"}, std::pair{"/v1/chairs/{chair}", "chair"}})
    EXPECT_EQ(of(path, scope), "openapi.json:3 GET " + std::string{path} + " scope\n") << scope;
  EXPECT_TRUE(of("/v1/projects/{room}", "room").contains(" scope\n"));
}

TEST_F(RoutesRule, ASchemaSaysSomething) {
  Route route = me;
  for (const char* none : {"{}", "true", "null", R"({"$ref":"#/parts/gone"})", R"({"$ref":"#/parts/ring"})",
                           R"({"$ref":"other.json#/a"})"}) {
    route.answers = std::string{R"("200":{"content":{"application/json":{"schema":)"} + none + "}}}," + refusal;
    EXPECT_EQ(with({pumps, route}), "openapi.json:3 GET /v1/me schema\n") << none;
  }
  route.answers = R"("200":{"$ref":"#/parts/answer"},"204":{"description":"done"},)" + refusal;
  EXPECT_EQ(with({pumps, route}), "");
  route.answers = R"("200":{"$ref":"#/parts/answer"},"202":{"description":"done"},)" + refusal;
  EXPECT_EQ(with({pumps, route}), "openapi.json:3 GET /v1/me schema\n") << "each of them";
  route.answers = R"("404":{"description":"none"},"200":{"$ref":"#/parts/answer"},)" + refusal;
  EXPECT_EQ(with({pumps, route}), "openapi.json:3 GET /v1/me schema\n") << "each refusal";
  Route put = me;
  put.method = "put";
  EXPECT_EQ(with({pumps, put}), "openapi.json:3 PUT /v1/me schema\n") << "of nothing";
}

TEST_F(RoutesRule, AKindGoesWithItsMethods) {
  const std::string given = std::string{rule} + "  reading: [read, stream]\n";
  Route post = me, change = me;
  post.method = "post";
  change.rest.replace(change.rest.find("read"), 4, "change");
  EXPECT_EQ(with({pumps, me}, standard, given), "");
  EXPECT_EQ(with({pumps, post}, standard, given), "openapi.json:3 POST /v1/me kind\n");
  EXPECT_EQ(with({pumps, change}, standard, given), "openapi.json:3 GET /v1/me kind\n");
}

TEST_F(RoutesRule, AnOperationIdIsOneRoutes) {
  Route other = me;
  other.path = "/v1/us";
  EXPECT_EQ(with({pumps, me, other}), "openapi.json:4 GET /v1/us schema\n");
}

TEST_F(RoutesRule, APermissionIsDeclaredOnce) {
  const std::string given = std::string{rule} + "  permissions: {in: ['m/*.hpp', 'm/**/*.hpp'], type: Permission}\n";
  Route unknown = me;
  unknown.rest.replace(unknown.rest.find("iam.me"), 6, "iam.us");
  EXPECT_EQ(with({pumps, me}, standard, given), "");
  EXPECT_EQ(with({pumps, unknown}, standard, given), "openapi.json:3 GET /v1/me permission\n");
  EXPECT_EQ(with({pumps, me}, std::string{standard} + "roles: {user: [pumps.pump.list, iam.me]}\n", given), "");
  EXPECT_EQ(with({pumps, me}, std::string{standard} + "roles:\n  user: [pumps.pump.lost, iam.us]\n", given),
            "p/pumps/product.yaml:7 pumps.pump.lost manifest\np/pumps/product.yaml:7 iam.us manifest\n");
  std::string twice = standard;
  twice.insert(twice.find("operations"), "  - {name: pumps.pump.list, text: y}\n  - {name: iam.me, text: z}\n");
  EXPECT_EQ(with({pumps, me}, twice),
            "p/pumps/product.yaml:4 pumps.pump.list manifest\np/pumps/product.yaml:5 iam.me manifest\n");
}

TEST_F(RoutesRule, AProductHasOneManifest) {
  Files files = of({pumps, me}, standard);
  files["p/pipes/product.yaml"] = "name: pumps\npermissions:\n  - {name: pumps.pump.list, text: x}\n";
  const std::string said = this->said(files, {"m/iam", "p/pumps"}, rule);
  EXPECT_TRUE(said.contains("p/pumps/product.yaml pumps manifest\n")) << said;
  EXPECT_TRUE(said.contains("p/pumps/product.yaml:3 pumps.pump.list manifest\n")) << said;
}

TEST_F(RoutesRule, WhatIsNoRouteCannotBeChecked) {
  const auto paths = [&](const std::string& json) {
    return said({{"openapi.json", "{\"paths\":{" + json + "}}"}, {"m/x.cpp", ""}}, {"m"}, rule);
  };
  EXPECT_TRUE(paths(R"("/a":{},"/b":{},"/a":{})").contains("has \"/a\" twice in one object, in line 1"));
  EXPECT_TRUE(paths(R"("/a":{"GET":{}})").contains("has GET of /a, which is no method"));
  EXPECT_TRUE(paths(R"("/a":{"get":"x"})").contains("has get of /a, which is no object"));
  EXPECT_TRUE(paths(R"("/a":[])").contains("has a path that is no object: /a"));
  EXPECT_TRUE(paths(R"("/a":{"$ref":"b"})").contains("has $ref of /a"));
  EXPECT_TRUE(paths(R"("a":{})").contains("which begins with no /"));
  EXPECT_TRUE(paths("").contains("has no operations"));
}

TEST_F(RoutesRule, WhatCannotBeReadIsNotClean) {
  EXPECT_TRUE(with({pumps}, "name: [\n").starts_with("p/pumps/product.yaml:2 cannot tested: "));
  EXPECT_EQ(said({{"openapi.json", "{"}, {"m/x.cpp", ""}}, {"m"}, rule).substr(0, 41),
            "openapi.json cannot tested: is no JSON: i");
}

}  // namespace
}  // namespace guard
