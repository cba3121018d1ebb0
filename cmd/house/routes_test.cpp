// Every route of the table, attacked in the same few ways, on both engines. What is expected comes from the table,
// never from a list here; a route whose kind has no such case is listed by name in the output.
#include <gtest/gtest.h>

#include <thread>

#include "cmd/house/asking.hpp"
#include "tests/support/engines.hpp"

namespace house {
namespace {

using asking::Reply;
using request::Route;
using request::RouteKind;

/// Two tenants: acme, whose admin owns it, and rival, whose owner should see nothing of acme; and in acme a viewer.
class Attack : public test::OnEveryEngine {
 protected:
  void SetUp() override {
    auto opened = asking::open_fresh(test::fresh_database(GetParam()), clock_);
    ASSERT_TRUE(opened) << opened.error().detail;
    house_ = std::move(*opened);
    admin_ = house_->bootstrapped()->admin_key;
    acme_ = house_->bootstrapped()->organization.text();
    department_ = made("/v1/organizations/" + acme_ + "/departments", R"({"name":"attacked"})");
    project_ = made("/v1/departments/" + department_ + "/projects", R"({"name":"lab"})");
    instance_ =
        made("/v1/projects/" + project_ + "/instances", R"({"name":"train","shape":"sim-h100-1","command":["true"]})");
    viewer_ = key_of(acme_, "viewer", acme_);
    const std::string rival = made("/v1/organizations", R"({"name":"rival"})");
    rival_ = stranger(rival);
  }

  void TearDown() override {
    house_.reset();  // before its database goes
    OnEveryEngine::TearDown();
  }

  std::string made(const std::string& path, const std::string& body) {
    const Reply reply = ask("POST", path, admin_, body);
    EXPECT_EQ(reply.status, 201) << path << " " << reply.body;
    return reply.member("id");
  }

  /// A service account of the organization that holds one role there, and its key.
  std::string key_of(const std::string& organization, const std::string& role, const std::string& at) {
    const std::string account =
        made("/v1/organizations/" + organization + "/service-accounts", R"({"name":"sa-)" + role + R"("})");
    made("/v1/organizations/" + at + "/bindings", R"({"principal":")" + account + R"(","role":")" + role + R"("})");
    const Reply key = ask("POST", "/v1/organizations/" + organization + "/api-keys", admin_,
                          R"({"name":"k","principal":")" + account + R"("})");
    EXPECT_EQ(key.status, 201) << key.body;
    return key.member("token");
  }

  /// The owner of another organization, made by the house's own hand: nobody in acme has a say there.
  std::string stranger(const std::string& organization) {
    std::string token;
    std::promise<base::Result<void>> done;
    house_->store().change(
        [&](db::Tx& tx) -> base::Result<void> {
          base::Random random{base::Random::kernel_key(), 1, 1};
          const request::Env env{clock_.now(), random};
          const auto home = request::OrganizationId::parse(organization);
          auto account = iam::house::add_service_account(tx, env, {}, *home, "owner");
          if (!account) return account.error();
          if (auto bound = iam::house::bind(tx, env, {}, *account, "owner", request::Scope{*home}); !bound)
            return bound.error();
          token = iam::house::add_api_key(tx, env, *account, "k");
          return {};
        },
        [&](base::Result<void> result) { done.set_value(std::move(result)); });
    EXPECT_TRUE(done.get_future().get());
    return token;
  }

  /// A path of the route with acme's own ids in it.
  std::string path_of(const Route& route) const {
    std::string path = route.path;
    const std::pair<std::string, std::string> known[] = {{"{organization}", acme_},
                                                         {"{department}", department_},
                                                         {"{project}", project_},
                                                         {"{instance}", instance_},
                                                         {"{resource}", instance_},
                                                         {"{scope}", acme_},
                                                         {"{principal}", house_->bootstrapped()->admin.text()}};
    for (const auto& [name, id] : known)
      if (const auto at = path.find(name); at != std::string::npos) path.replace(at, name.size(), id);
    for (auto at = path.find('{'); at != std::string::npos; at = path.find('{'))
      path.replace(at, path.find('}') - at + 1, "nod_00000000000000000000000000");
    return path;
  }

  Reply ask(std::string_view method, const std::string& path, const std::string& key, const std::string& body,
            const std::string& idempotency = {}, const std::string& query = {}) {
    http::Request request{
        .method = std::string{method}, .path = path, .query = query, .body = body, .peer = "127.0.0.1:1"};
    if (!key.empty()) request.headers.emplace_back("Authorization", "Bearer " + key);
    request.headers.emplace_back("Idempotency-Key", idempotency.empty() ? "t" + std::to_string(++keys_) : idempotency);
    return asking::ask(*house_, std::move(request));
  }
  Reply ask(const Route& route, const std::string& key, const std::string& body) {
    return ask(request::method_name(route.method), path_of(route), key, body);
  }

  std::int64_t records(const std::string& outcome_or_action) {
    const Reply reply = ask("GET", "/v1/organizations/" + acme_ + "/audit-records", admin_, "");
    std::int64_t count = 0;
    for (auto at = reply.body.find(outcome_or_action); at != std::string::npos;
         at = reply.body.find(outcome_or_action, at + 1))
      ++count;
    return count;
  }

  /// What was committed is in the log a moment later, on PostgreSQL.
  std::int64_t records_reach(const std::string& word, std::int64_t expected) {
    for (int i = 0; i < 200 && records(word) < expected; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    return records(word);
  }

  static bool is_list(const Route& route) {
    Route::Components components;
    return route.kind != RouteKind::change && route.kind != RouteKind::stream &&
           std::ranges::any_of(route.members(components), [](const auto& each) { return each.name == "limit"; });
  }
  struct Items {
    std::vector<std::string> items = {};
    std::string next = {};
  };
  std::optional<Items> items_of(const std::string& path, const std::string& query) {
    const Reply reply = ask("GET", path, admin_, "", {}, query);
    const auto page = json::Document::parse(reply.body);
    if (reply.status != 200 || !page) return std::nullopt;
    Items found{.next = (*page)["next"].as_text()};
    for (const json::Document& each : (*page)["items"].items()) found.items.push_back(each.dump());
    return found;
  }

  static bool open_to_all(const Route& route) { return route.anyone() || route.options.bulk || route.options.ticketed; }
  static bool at_platform(const Route& route) {
    return route.path.find('{') == std::string::npos || route.path.contains("{node}") ||
           route.path.contains("/credits");
  }
  void skipped(const Route& route, std::string_view why) {
    std::cout << "  no such case: " << route.operation << " (" << why << ")\n";
  }

  base::WallClock clock_;
  std::unique_ptr<House> house_;
  std::string admin_, viewer_, rival_, acme_, department_, project_, instance_;
  int keys_ = 0;
};
INSTANTIATE_TEST_SUITE_P(On, Attack, test::engines(), test::engine_name);

TEST_P(Attack, WithoutCredentialsEveryRouteThatIsNotForAnyoneAnswers401) {
  for (const Route& route : house_->runner().routes()) {
    if (route.anyone()) {
      skipped(route, "for anyone");
      continue;
    }
    EXPECT_EQ(ask(route, "", "{}").status, 401) << route.operation;
    EXPECT_EQ(ask(route, "gpk_0000000000000000000000000000000000", "{}").status, 401) << route.operation;
  }
}

TEST_P(Attack, AnotherTenantsOwnerFindsNothing) {
  for (const Route& route : house_->runner().routes()) {
    if (open_to_all(route)) {
      skipped(route, "shows only the caller's own");
      continue;
    }
    const Reply reply = ask(route, rival_, "{}");
    EXPECT_TRUE(reply.status == 404 || (at_platform(route) && reply.status == 403))
        << route.operation << " " << reply.status << " " << reply.body;
    if (reply.status == 404)  // nor does a word of it tell what is another's from what is nobody's
      EXPECT_EQ(reply.member("detail"), "") << route.operation;
  }
}

TEST_P(Attack, BytesThatAreNoTextInAPathOrAQueryAreRefused) {
  for (const Route& route : house_->runner().routes()) {
    if (route.anyone()) {
      skipped(route, "for anyone");
      continue;
    }
    if (route.options.ticketed) {
      skipped(route, "only a ticket opens it");
      continue;
    }
    for (const std::string bytes : {"%ff", "%00", "%ed%a0%80", "x%00y"}) {
      const std::string method{request::method_name(route.method)};
      const Reply query = ask(method, path_of(route), admin_, "{}", {}, "after=" + bytes);
      EXPECT_EQ(query.status, 400) << route.operation << " " << query.body;
      const auto place = route.path.find('{');
      if (place == std::string::npos) continue;
      std::string path = route.path;
      path.replace(place, path.find('}') - place + 1, bytes);
      const Reply reply = ask(method, path, admin_, "{}");
      EXPECT_EQ(reply.status, 404) << route.operation << " " << reply.body;
    }
  }
}

TEST_P(Attack, AMethodThatAPathLacksIsNamedSoInHeadAndBody) {
  const Reply reply = ask("PATCH", "/v1/projects/" + project_, admin_, "");
  EXPECT_EQ(reply.status, 405);
  EXPECT_NE(reply.body.find(R"("status":405,"reason":"method_not_allowed")"), std::string::npos) << reply.body;
}

TEST_P(Attack, AHeaderOfWhichOneCountsIsSentOnceOrRefusedByName) {
  const std::pair<std::string, std::string> headers[] = {
      {"Authorization", "Bearer " + admin_}, {"Idempotency-Key", "once"}, {"Content-Type", "application/json"}};
  for (const auto& [name, value] : headers) {
    http::Request request{
        .method = "POST",
        .path = "/v1/departments/" + department_ + "/projects",
        .headers = {headers[0], headers[1], headers[2], {name == "Authorization" ? "aUTHORIZATION" : name, value}},
        .body = R"({"name":"once"})",
        .peer = "127.0.0.1:1"};
    const Reply reply = asking::ask(*house_, std::move(request));
    EXPECT_EQ(reply.status, 400) << name;
    EXPECT_TRUE(reply.member("detail").contains(name)) << reply.body;
  }
}

TEST_P(Attack, ABodyInAnotherFormThanJsonAsItIsIs415) {
  int n = 0;
  const auto status = [&](const std::string& name, const std::string& value) {
    const std::string number = std::to_string(++n);
    http::Request request{
        .method = "POST",
        .path = "/v1/departments/" + department_ + "/projects",
        .headers = {{"Authorization", "Bearer " + admin_}, {"Idempotency-Key", "form-" + number}, {name, value}},
        .body = R"({"name":"form-)" + number + R"("})",
        .peer = "127.0.0.1:1"};
    const Reply reply = asking::ask(*house_, std::move(request));
    if (reply.status == 415) {
      EXPECT_EQ(reply.reason(), "content_unsupported") << reply.body;
      EXPECT_EQ(http::find(reply.headers, "Accept").value_or(""), "application/json");
    }
    return reply.status;
  };
  for (const std::string type : {"text/plain", "multipart/form-data; boundary=x", "application/xml", ""})
    EXPECT_EQ(status("Content-Type", type), 415) << type;
  for (const std::string coding : {"gzip", "identity, br"})
    EXPECT_EQ(status("Content-Encoding", coding), 415) << coding;
  EXPECT_EQ(status("Content-Type", "Application/JSON; charset=utf-8"), 201);
  EXPECT_EQ(status("Content-Type", "application/x-www-form-urlencoded"), 201) << "curl -d, with no type given";
  EXPECT_EQ(status("Content-Encoding", "identity"), 201);
  EXPECT_EQ(status("Accept", "*/*"), 201) << "no type at all is taken for JSON";
}

TEST_P(Attack, ACursorOfNoPageAndALengthOfNoneAreRefusedAndNotAnEmptyList) {
  const std::string list = "/v1/projects/" + project_ + "/instances";
  for (const std::string query :
       {"after=zzz", "after=trf_00000000000000000000000000", "limit=0", "limit=-1", "limit=501"})
    EXPECT_EQ(ask("GET", list, admin_, "", {}, query).status, 400) << query;
  EXPECT_EQ(ask("GET", list, admin_, "", {}, "after=" + instance_ + "&limit=500").status, 200);
}

TEST_P(Attack, EveryListRefusesACursorThatItNeverGaveAndIsTheSameInPagesOfOne) {
  int lists = 0;
  for (const Route& route : house_->runner().routes()) {
    if (!is_list(route)) continue;
    const std::string path = path_of(route);
    const auto whole = items_of(path, "");
    if (!whole) {
      skipped(route, "nothing here for the admin to list");
      continue;
    }
    ++lists;
    for (const std::string after : {"xx", "-1", "wrg_0"}) {
      const Reply reply = ask("GET", path, admin_, "", {}, "after=" + after);
      EXPECT_EQ(reply.status, 400) << path << " " << after << " " << reply.body;
      EXPECT_EQ(reply.member("pointer"), "/after") << path << " " << after;
    }
    Items pages;
    for (std::string next; pages.items.empty() || !next.empty(); next = pages.next) {
      const auto page = items_of(path, next.empty() ? "limit=1" : "limit=1&after=" + http::percent_encode(next));
      ASSERT_TRUE(page && page->items.size() <= 1) << path;
      pages.items.insert(pages.items.end(), page->items.begin(), page->items.end());
      pages.next = page->next;
      if (page->items.empty()) break;
    }
    ASSERT_GE(pages.items.size(), whole->items.size()) << path;  // what was committed is in the log a moment later
    pages.items.resize(whole->items.size());
    EXPECT_EQ(pages.items, whole->items) << path;
  }
  EXPECT_GT(lists, 20);
}

TEST_P(Attack, AKeyOpensNothingThatATicketOpens) {
  int seen = 0;
  for (const Route& route : house_->runner().routes()) {
    if (!route.options.ticketed) continue;
    ++seen;
    EXPECT_EQ(ask(route, admin_, "").status, 401) << route.operation;
  }
  EXPECT_GT(seen, 0);
}

TEST_P(Attack, WhoCouldNotGiveARoleCannotTakeIt) {
  const std::string bindings = "/v1/organizations/" + acme_ + "/bindings";
  const std::string lower = key_of(acme_, "department-admin", acme_);
  const Reply all = ask("GET", bindings, admin_, "");
  const auto at = all.body.find(R"("role":"owner")");
  ASSERT_NE(at, std::string::npos) << all.body;
  const auto begins = all.body.rfind(R"("id":"bnd_)", at) + 6;
  const std::string owners = all.body.substr(begins, all.body.find('"', begins) - begins);
  const Reply refused = ask("DELETE", bindings + "/" + owners, lower, "");
  EXPECT_EQ(refused.reason(), "role_wider") << refused.body;
  EXPECT_EQ(ask("GET", "/v1/organizations/" + acme_, admin_, "").status, 200);
}

TEST_P(Attack, ARoleWithoutThePermissionIsRefused) {
  const auto roles = house_->iam().roles();
  const auto viewer = std::find_if(roles.begin(), roles.end(), [](const auto& role) { return role.name == "viewer"; });
  ASSERT_NE(viewer, roles.end());
  for (const Route& route : house_->runner().routes()) {
    const auto& holds = viewer->permissions;
    if (open_to_all(route) || std::find(holds.begin(), holds.end(), route.permission->name) != holds.end()) {
      skipped(route, "a viewer may");
      continue;
    }
    if (route.path.contains("{session}") || route.path.contains("{node}")) {
      skipped(route, "the id in its path is nobody's here");
      continue;
    }
    const Reply reply = ask(route, viewer_, "{}");
    EXPECT_TRUE(reply.status == 403 || (at_platform(route) && reply.status == 404))
        << route.operation << " " << reply.status << " " << reply.body;
  }
}

TEST_P(Attack, ABadBodyIsRefusedWithItsPlace) {
  for (const Route& route : house_->runner().routes()) {
    if (route.kind != RouteKind::change || route.method == request::DELETE) continue;
    if (route.path.contains("{node}")) {
      skipped(route, "a node's own");
      continue;
    }
    for (const std::string& body :
         {std::string{"{"}, std::string{R"({"no_such_member":1})"}, std::string{R"({"name":"a","name":"b"})"},
          std::string{"[]"}, std::string{"{\"name\":\"\xff\"}"}, std::string(200, '['),
          std::string{R"({"name":1e999})"}}) {
      const Reply reply = ask(route, admin_, body);
      EXPECT_EQ(reply.status, 400) << route.operation << " " << body.substr(0, 30) << " " << reply.body;
      EXPECT_EQ(reply.reason(), "invalid") << route.operation;
    }
  }
}

TEST_P(Attack, APostWithoutAKeyIsRefused) {
  for (const Route& route : house_->runner().routes()) {
    if (route.method != request::POST || route.anyone() || route.options.keyless || route.path.contains("{node}"))
      continue;
    http::Request request{.method = "POST",
                          .path = path_of(route),
                          .headers = {{"Authorization", "Bearer " + admin_}},
                          .body = "{}",
                          .peer = "127.0.0.1:1"};
    const Reply reply = asking::ask(*house_, std::move(request));
    // Its body is looked at first, and then the key; neither lets it through.
    EXPECT_EQ(reply.status, 400) << route.operation << reply.body;
  }
}

/// A body with which the route succeeds once for the admin; empty: this route's success needs more than a body.
std::string good_body(const Route& route, int n) {
  const std::string name = "n" + std::to_string(n);
  if (route.permission->name == "iam.join_token.create") return R"({"note":")" + name + R"("})";
  if (route.permission->name == "iam.user.create")
    return R"({"name":")" + name + R"(","mail":")" + name + R"(@acme.test"})";
  if (route.permission->name == "iam.organization.create" || route.permission->name == "iam.department.create" ||
      route.permission->name == "iam.project.create" || route.permission->name == "iam.service_account.create" ||
      route.permission->name == "iam.api_key.create")
    return R"({"name":")" + name + R"("})";
  if (route.permission->name == "gpuaas.instance.create")
    return R"({"name":")" + name + R"(","shape":"sim-h100-1","command":["true"]})";
  if (route.permission->name == "billing.credit.grant") return R"({"amount":"1.00","note":")" + name + R"("})";
  return {};
}

TEST_P(Attack, ARepeatedKeyReplaysAndAnotherBodyIsRefused) {
  int n = 0;
  for (const Route& route : house_->runner().routes()) {
    if (route.kind != RouteKind::change || route.anyone() || route.options.keyless || route.method != request::POST)
      continue;
    const std::string body = good_body(route, ++n);
    if (body.empty()) {
      skipped(route, "its success needs more than a body");
      continue;
    }
    const std::string key = "repeat-" + std::to_string(n);
    const auto before = records("\"" + std::string{route.permission->name} + "\"");
    const Reply first = ask("POST", path_of(route), admin_, body, key);
    EXPECT_EQ(first.status, 201) << route.operation << " " << first.body;
    const Reply again = ask("POST", path_of(route), admin_, body, key);
    EXPECT_EQ(again.status, first.status) << route.operation << " " << again.body;
    EXPECT_EQ(http::find(again.headers, "Idempotency-Replayed").value_or(""), "true") << route.operation;
    if (route.options.secret.empty()) {
      EXPECT_EQ(again.body, first.body) << route.operation;
    } else {
      EXPECT_EQ(again.member(std::string{route.options.secret}.c_str()), "shown_once") << route.operation;
    }
    const Reply other = ask("POST", path_of(route), admin_, good_body(route, n + 1000), key);
    EXPECT_EQ(other.status, 422) << route.operation << " " << other.body;
    EXPECT_EQ(other.reason(), "key_reused") << route.operation;
    if (at_platform(route)) continue;  // filed at the platform, not at acme
    EXPECT_EQ(records_reach("\"" + std::string{route.permission->name} + "\"", before + 1), before + 1)
        << route.operation << ": one record, whoever repeats";
  }
}

TEST_P(Attack, TheSameKeyInFlightHappensOnce) {
  const Route* create = nullptr;
  for (const Route& route : house_->runner().routes())
    if (route.permission->name == "iam.project.create" && route.path.contains("{department}")) create = &route;
  ASSERT_NE(create, nullptr);
  std::vector<std::thread> threads;
  std::mutex mutex;
  std::map<std::string, int> ids;
  int refused = 0;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      http::Request request{.method = "POST",
                            .path = path_of(*create),
                            .headers = {{"Authorization", "Bearer " + admin_}, {"Idempotency-Key", "at-once"}},
                            .body = R"({"name":"at-once"})",
                            .peer = "127.0.0.1:1"};
      const Reply reply = asking::ask(*house_, std::move(request));
      const std::lock_guard lock{mutex};
      if (reply.status == 201)
        ++ids[reply.member("id")];
      else
        ++refused;
      EXPECT_TRUE(reply.status == 201 || reply.reason() == "in_flight" || reply.reason() == "contended") << reply.body;
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(ids.size(), 1U);
  EXPECT_EQ(records_reach("\"iam.project.create\"", 2) - records("\"outcome\":\"name_taken\""),
            2);  // this one, and the set-up's
}

TEST_P(Attack, ADenialIsRecordedAtTheCallersHome) {
  const auto before = records("\"outcome\":\"forbidden\"");
  EXPECT_EQ(ask("POST", "/v1/departments/" + department_ + "/projects", viewer_, R"({"name":"mine"})").status, 403);
  EXPECT_EQ(records_reach("\"outcome\":\"forbidden\"", before + 1), before + 1);
}

}  // namespace
}  // namespace house
