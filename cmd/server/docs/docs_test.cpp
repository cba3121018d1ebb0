#include "cmd/server/docs/docs.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "cmd/house/house.hpp"
#include "cmd/server/docs/html.hpp"
#include "platform/request/ports.hpp"
#include "shared/json/document.hpp"

namespace server {
namespace {

/// The routes of the whole house, and its docs.
class DocsOfTheHouse : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::filesystem::create_directories(folder);
    auto opened = house::open({.database = "sqlite:" + folder.string() + "/house.db",
                               .products = std::string{HOUSE_SOURCE_DIR} + "/products",
                               .clock = &clock});
    ASSERT_TRUE(opened) << opened.error().detail;
    of_all = std::move(*opened);
  }
  static void TearDownTestSuite() {
    of_all.reset();
    std::filesystem::remove_all(folder);
  }

  const std::vector<request::Route>& routes() { return of_all->runner().routes(); }

  static inline const std::filesystem::path folder = testing::TempDir() + "docs_" + std::to_string(::getpid());
  static inline const base::WallClock clock;
  static inline std::unique_ptr<house::House> of_all;
};

std::string read(const std::string& path) {
  std::ifstream in{std::string{HOUSE_SOURCE_DIR} + "/" + path};
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

TEST_F(DocsOfTheHouse, each_reason_that_a_route_declares_has_a_page_with_its_status_and_what_to_do) {
  const Docs docs{routes()};
  int seen = 0;
  for (const request::Route& route : routes())
    for (const base::Reason& reason : route.options.reasons) {
      const http::Response page = docs.answer("/docs/problems/" + std::string{reason.word});
      EXPECT_EQ(page.status, 200) << reason.word;
      EXPECT_NE(page.body.find(escaped(reason.next)), page.body.npos) << reason.word;
      EXPECT_NE(page.body.find("<dd>" + std::to_string(request::problem({reason}, "").status) + "</dd>"),
                page.body.npos)
          << reason.word;
      ++seen;
    }
  EXPECT_GT(seen, 20);
}

TEST_F(DocsOfTheHouse, each_reason_that_any_route_may_answer_with_has_a_page) {
  const Docs docs{routes()};
  for (const http::Response& refusal :
       {request::problem({base::invalid}, ""), request::problem({base::not_found}, ""),
        request::problem({base::internal}, ""), request::problem({base::contended}, ""),
        request::problem({request::key_reused}, ""), request::problem({request::rate_limited}, ""),
        request::wrong_method("GET", "")}) {
    const auto problem = json::Document::parse(refusal.body);
    ASSERT_TRUE(problem);
    const http::Response page = docs.answer((*problem)["type"].as_text());
    EXPECT_EQ(page.status, 200) << refusal.body;
    EXPECT_NE(page.body.find("<dd>" + std::to_string(refusal.status) + "</dd>"), page.body.npos) << refusal.body;
  }
}

TEST_F(DocsOfTheHouse, an_unknown_word_or_page_is_404_and_says_its_name_safely) {
  const Docs docs{routes()};
  for (const std::string path : {"/docs/problems/no_such_word", "/docs/nothing", "/docs/problems/invalid/"})
    EXPECT_EQ(docs.answer(path).status, 404) << path;
  EXPECT_NE(docs.answer("/docs/<b>'\"&").body.find("/docs/&lt;b&gt;&#39;&quot;&amp;"), std::string::npos);
}

TEST_F(DocsOfTheHouse, each_route_stands_on_the_page_of_the_api_with_its_permission) {
  const std::string page = Docs{routes()}.answer("/docs/api").body;
  for (const request::Route& route : routes()) {
    EXPECT_NE(page.find(code(std::string{request::method_name(route.method)} + " " + route.path)), page.npos)
        << route.path;
    if (!route.anyone()) EXPECT_NE(page.find(code(route.permission->name)), page.npos) << route.path;
  }
}

TEST_F(DocsOfTheHouse, each_link_of_a_page_of_the_docs_leads_to_one) {
  const Docs docs{routes()};
  const std::regex links{"href=\"(/docs[^\"#]*)#?([^\"]*)"};
  for (const std::string path : {"/docs/", "/docs/api", "/docs/cli", "/docs/problems/", "/docs/problems/name_taken"}) {
    const std::string body = docs.answer(path).body;
    for (auto each = std::sregex_iterator{body.begin(), body.end(), links}; each != std::sregex_iterator{}; ++each) {
      const http::Response to = docs.answer((*each)[1]);
      EXPECT_EQ(to.status, 200) << path << " -> " << (*each)[1];
      if (const std::string part = (*each)[2]; !part.empty())
        EXPECT_NE(to.body.find("id=\"" + part + "\""), to.body.npos) << path << " -> " << (*each)[0];
    }
  }
}

TEST(Style, of_the_docs_has_the_tokens_of_the_console) {
  const std::string console = read("doc/design/console/console.css");
  const std::string own{style()};
  const std::regex tokens{"--[a-z0-9-]+: [^;]+;"};
  int seen = 0;
  for (auto each = std::sregex_iterator{own.begin(), own.end(), tokens}; each != std::sregex_iterator{}; ++each, ++seen)
    EXPECT_NE(console.find(each->str()), console.npos) << each->str();
  EXPECT_GT(seen, 15);
}

}  // namespace
}  // namespace server
