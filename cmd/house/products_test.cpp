// Each product's own promises, products/NAME/product.cases, played against the whole house on both engines. Who may
// what in the same file is compared with the contract by access_test.
#include <filesystem>
#include <thread>

#include "cmd/house/asking.hpp"
#include "products/gpuaas/inventory/inventory.hpp"
#include "tests/support/cases.hpp"
#include "tests/support/engines.hpp"

namespace house {
namespace {

using asking::Reply;
using test::Line;

constexpr std::chrono::milliseconds pause{10};
constexpr int looks_max = 500;  // so many pauses until something that was to come has not come

class Products : public test::OnEveryEngine {};
INSTANTIATE_TEST_SUITE_P(On, Products, test::engines(), test::engine_name);

/// acme with a project, whoever asks with which role, and what the lines gave a name to.
class Town final {
 public:
  explicit Town(test::Engine engine) {
    auto opened = asking::open_fresh(test::fresh_database(engine), clock_);
    CHECK(opened.has_value());
    house_ = std::move(*opened);
    const auto& made = house_->bootstrapped();
    CHECK(made.has_value());
    keys_["admin"] = made->admin_key;
    acme_ = "organizations/" + made->organization.text();
    ids_["project"] = ask("admin", "POST", acme_ + "/projects", R"({"name":"lab"})").member("id");
  }

  std::string ask(const Line& line) {
    std::string body;
    for (std::size_t i = 4; i < line.size(); ++i)
      if (line.word(i).starts_with('{')) body = line.word(i);
    const Reply reply =
        ask(line.word(1), line.word(2), filled(line.word(3)), body, line.has("key") ? line.after("key") : "");
    if (line.has("as")) ids_[line.after("as")] = reply.member("id");
    const std::string said = reply.status < 400 ? reply.member("state") : reply.reason();
    return std::to_string(reply.status) + (said.empty() ? "" : " " + said);
  }

  std::string node(const Line& line) {
    const std::int64_t cores = std::stoll(line.word(1));
    change([&](db::Tx& tx) -> base::Result<void> {
      base::Random random{base::Random::kernel_key(), 1, 1};
      inventory::report(tx, request::PrincipalId::make(clock_.now(), random), "node-1",
                        {.cpu_millicores = cores * 1000,
                         .memory = cores << 33,
                         .gpus = static_cast<std::int32_t>(cores),
                         .gpu_model = "H100",
                         .gpu_memory = 80LL << 30,
                         .simulated = true},
                        clock_.now());
      return {};
    });
    return {};
  }

  std::string state(const Line& line) {
    return comes_to(line.expected(),
                    [&] { return ask("admin", "GET", "instances/" + ids_.at(line.word(1)), "").member("state"); });
  }

  /// What was committed is in the log a moment later, on PostgreSQL.
  std::string records(const Line& line) {
    const std::string query = "resource=" + ids_.at(line.word(1)) + "&action=" + line.word(2);
    return comes_to(line.expected(), [&] {
      const auto page = json::Document::parse(ask("admin", "GET", acme_ + "/audit-records", "", "", query).body);
      return std::to_string(page ? (*page)["items"].size() : 0);
    });
  }

 private:
  template <class Look>
  std::string comes_to(const std::string& expected, Look look) {
    std::string seen = look();
    for (int i = 0; i < looks_max && seen != expected; ++i) {
      std::this_thread::sleep_for(pause);
      seen = look();
    }
    return seen;
  }

  Reply ask(const std::string& role, const std::string& method, const std::string& path, const std::string& body,
            const std::string& key = {}, const std::string& query = {}) {
    return asking::ask(*house_, {.method = method,
                                 .path = "/v1/" + path,
                                 .query = query,
                                 .headers = {{"Authorization", "Bearer " + key_of(role)},
                                             {"Idempotency-Key", key.empty() ? "k" + std::to_string(++asked_) : key}},
                                 .body = body,
                                 .peer = "127.0.0.1:1"});
  }

  const std::string& key_of(const std::string& role) {
    if (const auto known = keys_.find(role); known != keys_.end()) return known->second;
    const auto made = [&](const std::string& what, const std::string& body, const char* member) {
      const Reply reply = ask("admin", "POST", acme_ + "/" + what, body);
      EXPECT_EQ(reply.status, 201) << what << " " << body << ": " << reply.body;
      return reply.member(member);
    };
    const std::string account = made("service-accounts", R"({"name":")" + role + R"("})", "id");
    made("bindings", R"({"principal":")" + account + R"(","role":")" + role + R"("})", "id");
    return keys_[role] = made("api-keys", R"({"name":"k","principal":")" + account + R"("})", "token");
  }

  void change(db::Store::Work work) {
    std::promise<base::Result<void>> done;
    house_->store().change(std::move(work), [&](base::Result<void> result) { done.set_value(std::move(result)); });
    EXPECT_TRUE(done.get_future().get());
  }

  std::string filled(std::string path) const {
    for (const auto& [name, id] : ids_) {
      const std::string place = "{" + name + "}";
      if (const auto at = path.find(place); at != path.npos) path.replace(at, place.size(), id);
    }
    return path;
  }

  base::WallClock clock_;
  std::unique_ptr<House> house_;
  std::map<std::string, std::string> keys_, ids_;
  std::string acme_;
  int asked_ = 0;
};

TEST_P(Products, Cases) {
  for (const auto& product : std::filesystem::directory_iterator{std::string{HOUSE_SOURCE_DIR} + "/products"}) {
    const std::string file = "products/" + product.path().filename().string() + "/product.cases";
    if (!std::filesystem::exists(std::filesystem::path{HOUSE_SOURCE_DIR} / file)) continue;
    for (const test::Case& each : test::cases(file)) {
      if (each.lines.front().word(0) == "may") continue;
      Town town{GetParam()};
      each.play({{"node", [&](const Line& line) { return town.node(line); }},
                 {"ask", [&](const Line& line) { return town.ask(line); }},
                 {"state", [&](const Line& line) { return town.state(line); }},
                 {"records", [&](const Line& line) { return town.records(line); }}});
    }
  }
}

}  // namespace
}  // namespace house
