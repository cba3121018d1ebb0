#include "cmd/house/house.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "cmd/house/asking.hpp"
#include "tests/support/engines.hpp"

namespace house {
namespace {

class HouseTest : public test::OnEveryEngine {};
INSTANTIATE_TEST_SUITE_P(On, HouseTest, test::engines(), test::engine_name);

std::ptrdiff_t threads() {
  const std::filesystem::directory_iterator tasks{"/proc/self/task"};
  return std::distance(begin(tasks), end(tasks));
}

// Ended in the middle of work: what was asked has been answered by then, no thread is left, and another house takes the
// same database and finds what was answered.
TEST_P(HouseTest, NothingOfItRunsAfterItsEnd) {
  const base::WallClock clock;
  const std::string database = test::fresh_database(GetParam());
  std::thread{[] {}}.join();  // a sanitizer starts a thread of its own with a program's first
  const auto before = threads();
  std::ptrdiff_t made = 0;
  std::string key, organization;
  for (int round = 0; round < 3; ++round) {
    auto opened = open({.database = database,
                        .products = std::string{HOUSE_SOURCE_DIR} + "/products",
                        .clock = &clock,
                        .bootstrap = true,
                        .admin_key = round == 0});
    ASSERT_TRUE(opened) << opened.error().detail;
    auto house = std::move(*opened);
    if (round == 0) {
      key = house->bootstrapped()->admin_key;
      organization = house->bootstrapped()->organization.text();
    }
    const auto request = [&](const std::string& method, const std::string& name) {
      return http::Request{.method = method,
                           .path = "/v1/organizations/" + organization + "/departments",
                           .headers = {{"Authorization", "Bearer " + key}, {"Idempotency-Key", name}},
                           .body = method == "POST" ? R"({"name":")" + name + R"("})" : "",
                           .peer = "127.0.0.1:1"};
    };
    std::vector<std::future<asking::Reply>> asked;
    for (int i = 0; i < 20; ++i) {
      auto catcher = std::make_shared<asking::Catcher>();
      asked.push_back(catcher->caught.get_future());
      house->runner().handle(request("POST", "d" + std::to_string(round) + "-" + std::to_string(i)), catcher);
    }
    house.reset();
    EXPECT_EQ(threads(), before) << "round " << round;
    for (auto& each : asked) {
      ASSERT_EQ(each.wait_for(std::chrono::seconds{0}), std::future_status::ready);
      made += each.get().status == 201 ? 1 : 0;
    }
  }
  auto last = open({.database = database, .products = std::string{HOUSE_SOURCE_DIR} + "/products", .clock = &clock});
  ASSERT_TRUE(last) << last.error().detail;
  const auto list = asking::ask(**last, {.method = "GET",
                                         .path = "/v1/scopes",
                                         .query = "limit=500",
                                         .headers = {{"Authorization", "Bearer " + key}},
                                         .peer = "127.0.0.1:1"});
  const auto scopes = json::Document::parse(list.body);
  ASSERT_TRUE(scopes);
  const auto& all = (*scopes)["items"].items();
  const auto found =
      std::ranges::count_if(all, [](const auto& each) { return each["name"].as_text().starts_with("d"); });
  EXPECT_GE(found, made);
  EXPECT_GT(made, 0);
}

}  // namespace
}  // namespace house
