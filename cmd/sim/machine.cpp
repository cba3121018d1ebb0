#include "cmd/sim/machine.hpp"

#include <algorithm>

#include "cmd/sim/dice.hpp"

namespace sim {
namespace {

constexpr std::chrono::milliseconds between_requests{3};
constexpr std::chrono::seconds between_lives{2};  // longer than iam's index may be behind

/// Keeps the one answer; a second is a mistake of the runner.
class Keeper final : public http::Responder {
 public:
  explicit Keeper(Answered answer) : answer_(std::move(answer)) {}
  void answer(http::Response response) override {
    CHECK(answer_->status == 0);
    answer_->status = response.status;
    answer_->body = std::move(response.body);
    answer_->replayed = http::find(response.headers, "Idempotency-Replayed").has_value();
  }
  std::shared_ptr<http::ByteStream> stream(int, http::Headers) override { return nullptr; }
  void upgrade(std::string, std::function<void(std::shared_ptr<http::WebSocket>)>) override {}
  bool gone() const override { return false; }

 private:
  const Answered answer_;
};

}  // namespace

Machine::Machine(std::uint64_t seed, std::string synchronous)
    : dice_(key_of(seed)), synchronous_(std::move(synchronous)) {}

base::Result<void> Machine::open() {
  clock_.move(between_lives);
  auto opened = house::open({.database = "sqlite:/platform.db",
                             .products = "products",
                             .clock = &clock_,
                             .dice = dice_,
                             .bootstrap = !bootstrapped_,
                             .admin_key = true,
                             .sqlite_vfs = disk_.vfs(),
                             .sqlite_synchronous = synchronous_,
                             .threads = false,
                             .first_request = requests_ + 1});
  if (!opened) return opened.error();
  house_ = std::move(*opened);
  if (house_->bootstrapped()) bootstrapped_ = house_->bootstrapped();
  return {};
}

void Machine::close() {
  if (!house_) return;
  while (step().together > 0) {
  }
  house_.reset();
}

bool Machine::has_route(std::string_view path) const {
  const auto& routes = house_->runner().routes();
  return std::any_of(routes.begin(), routes.end(), [&](const request::Route& each) { return each.path == path; });
}

Answered Machine::ask(const Sent& sent) {
  clock_.move(between_requests);
  ++requests_;
  auto answer = std::make_shared<Answer>();
  auto keeper = std::make_shared<Keeper>(answer);
  const std::size_t question = sent.path.find('?');
  http::Request request{.method = sent.method,
                        .path = sent.path.substr(0, question),
                        .query = question == std::string::npos ? "" : sent.path.substr(question + 1),
                        .headers = {},
                        .body = sent.body,
                        .peer = "sim"};
  if (!sent.key.empty()) request.headers.emplace_back("Idempotency-Key", sent.key);
  if (sent.as) {
    house_->runner().handle_as(*sent.as, std::move(request), std::move(keeper));
  } else {
    request.headers.emplace_back("Authorization", "Bearer " + bootstrapped_->admin_key);
    house_->runner().handle(std::move(request), std::move(keeper));
  }
  return answer;
}

void Machine::run_jobs() {
  clock_.move(between_requests);
  house_->run_jobs();
}

Step Machine::step() {
  const std::int64_t before = disk_.counts().bytes_lost;
  const int together = house_->store().run_waiting();
  return {.together = together, .bytes_lost = disk_.counts().bytes_lost - before};
}

Answer Machine::answer(const Sent& sent) {
  const Answered answer = ask(sent);
  while (answer->status == 0 && step().together > 0) {
  }
  return *answer;
}

}  // namespace sim
