#include "cmd/sim/play.hpp"

#include <fmt/format.h>

#include <cstdio>

#include "cmd/sim/dice.hpp"
#include "cmd/sim/machine.hpp"
#include "cmd/sim/node.hpp"
#include "cmd/sim/promises.hpp"
#include "cmd/sim/tables.hpp"
#include "shared/db/trouble.hpp"
#include "shared/json/document.hpp"

namespace sim {
namespace {

constexpr int rounds_more_max = 30;  // the last round again, until the power goes in it
constexpr int openings_max = 10;     // with the power going in them
constexpr std::size_t waiting_most = 64;
constexpr std::uint64_t node_asks = 15;  // of a hundred requests
constexpr int jobs_every = 2;            // rounds

class Player {
 public:
  Player(const Plan& plan, bool trace) : plan_(plan), trace_(trace), machine_(plan.seed, plan.synchronous) {}

  Verdict play() {
    try {
      play_lives();
    } catch (const db::Trouble& trouble) {
      fail(std::string{"the database cannot be read: "} + trouble.what());
    }
    const auto counts = machine_.disk().counts();
    verdict_.crashes = counts.crashes;
    verdict_.bytes_lost = counts.bytes_lost;
    verdict_.requests = machine_.requests();
    verdict_.usage = static_cast<std::int64_t>(node_.acknowledged().size());
    verdict_.acknowledged = promises_.acknowledged() + verdict_.usage;
    return verdict_;
  }

 private:
  bool failed() const { return !verdict_.failure.empty(); }
  void fail(std::string why) {
    if (!why.empty() && !failed()) verdict_.failure = std::move(why);
  }
  template <class... Args>
  void say(fmt::format_string<Args...> format, Args&&... args) const {
    if (trace_) fmt::print(stderr, "  {}\n", fmt::format(format, std::forward<Args>(args)...));
  }

  void play_lives() {
    if (const auto opened = machine_.open(); !opened) return fail("the first start: " + opened.error().detail);
    fail(node_.join(machine_));
    if (failed()) return;
    start_ = look(machine_.store());
    promises_.begin(machine_);
    if (promises_.has_books()) granted_before_ = prepaid();
    for (life_ = 0; life_ < plan_.lives.size() && !failed(); ++life_) {
      play_life(plan_.lives[life_]);
      if (failed()) return;
      power_goes();
      reopen(life_ + 1 < plan_.lives.size() ? &plan_.lives[life_ + 1] : nullptr);
      const bool last = life_ + 1 == plan_.lives.size();
      if (last && !failed() && !plan_.damage.empty() && !damage(machine_.store(), plan_.damage))
        return;  // it holds, and the case says so
      if (!failed()) check();
    }
    if (!failed()) machine_.close();
  }

  void play_life(const Life& life) {
    int round = 0;
    for (; round < static_cast<int>(life.rounds.size()) && !failed() && !machine_.disk().is_down(); ++round) {
      if (round + 1 == static_cast<int>(life.rounds.size()) && !life.opening) arm(life);
      play_round(round, life.rounds[static_cast<std::size_t>(round)]);
    }
    for (const int end = round + rounds_more_max; round < end && !failed() && !machine_.disk().is_down(); ++round)
      play_round(round, life.rounds.back());
  }

  void arm(const Life& life) {
    crash_.emplace(key_of(plan_.seed), life_, static_cast<std::uint32_t>(Use::crash));
    machine_.disk().crash_after(life.crash, *crash_);
  }

  // All of its requests wait, then they are committed together, up to sixty-four at once.
  void play_round(int round, int requests) {
    fail(node_.look(machine_));
    std::vector<Asked> asked;
    for (int i = 0; i < requests; ++i) {
      const auto number = (life_ << 32) + (static_cast<std::uint64_t>(round) << 16) + static_cast<std::uint64_t>(i);
      auto dice = dice_of(plan_.seed, Use::request, number);
      if (dice.below(100) < node_asks)
        node_.ask(machine_, dice);
      else
        asked.push_back(promises_.ask(machine_, dice));
    }
    commit_all();
    for (const Asked& each : asked) fail(promises_.settle(each, machine_.disk().is_down()));
    fail(node_.settle(machine_.disk().is_down()));
    if (round % jobs_every == 1 && !failed() && !machine_.disk().is_down()) machine_.run_jobs();
    say("life {} round {}: {} requests{}", life_, round, requests, machine_.disk().is_down() ? ", the power went" : "");
  }

  void commit_all() {
    for (;;) {
      const std::int64_t commits = machine_.store().stats().commits;
      const Step step = machine_.step();
      if (step.together == 0) return;
      verdict_.together_most = std::max<std::int64_t>(verdict_.together_most, step.together);
      const bool stands = machine_.store().stats().commits > commits;
      if (step.together >= 2 && step.bytes_lost > 0 && !stands) ++verdict_.crashes_shared;
    }
  }

  void power_goes() {
    if (!machine_.disk().is_down()) {  // a life too quiet for its count: between two commits, then
      base::Random dice = dice_of(plan_.seed, Use::crash, life_);
      machine_.disk().crash(dice);
    }
    machine_.close();
    say("life {} ends, {} bytes lost so far", life_, machine_.disk().counts().bytes_lost);
  }

  // On what the disk kept. The power may go in this as well, and then it is begun again.
  void reopen(const Life* next) {
    for (int i = 0; i < openings_max; ++i) {
      machine_.disk().restart();
      if (i == 0 && next != nullptr && next->opening) {
        crash_.emplace(key_of(plan_.seed), life_ + 1, static_cast<std::uint32_t>(Use::crash));
        machine_.disk().crash_after(next->crash, *crash_);
      }
      const auto opened = machine_.open();
      if (opened && !machine_.disk().is_down()) return;
      if (!machine_.disk().is_down()) return fail("it does not open again: " + opened.error().detail);
      say("the power went while it opened");
      machine_.close();
    }
    fail("it does not open again");
  }

  // Repeating a request commits, so a count from the start may end here: then what was not answered is asked once more.
  void check() {
    for (int i = 0; i < openings_max && !failed(); ++i) {
      fail(check_tables(machine_.store(), start_, promises_, node_));
      if (!failed()) repeat_all();
      if (!failed() && !machine_.disk().is_down()) machine_.run_jobs();
      if (!machine_.disk().is_down()) break;
      machine_.close();
      reopen(nullptr);
    }
    if (!failed()) fail(check_all_charged(machine_.store()));
    if (!failed()) read_all();
    if (!failed()) fail(check_tables(machine_.store(), start_, promises_, node_));
  }

  void repeat_all() {
    std::vector<Asked> asked;
    const auto settle = [&] {
      commit_all();
      for (const Asked& each : asked) fail(promises_.settle(each, machine_.disk().is_down()));
      asked.clear();
    };
    for (std::size_t i = 0; i < promises_.deeds().size(); ++i) {
      const Sent sent = promises_.deeds()[i].sent;
      asked.push_back({.deed = i, .part = Part::as_it_is, .sent = sent, .answer = machine_.ask(sent)});
      if (asked.size() == waiting_most) settle();
    }
    settle();
    if (machine_.disk().is_down()) return;
    node_.report_again(machine_);
    commit_all();
    fail(node_.settle(machine_.disk().is_down()));
  }

  json::Document get(const std::string& path) {
    const Answer answer = machine_.answer({.method = "GET", .path = path});
    if (answer.status != 200) fail("GET " + path + ": " + std::to_string(answer.status) + " " + answer.body);
    auto body = json::Document::parse(answer.body);
    return body ? *body : json::Document{};
  }

  // Ids of all pages of a list.
  std::set<std::string> list(const std::string& path) {
    std::set<std::string> ids;
    std::string after;
    do {
      const auto page = get(path + (path.find('?') == std::string::npos ? "?" : "&") + "limit=200" +
                            (after.empty() ? "" : "&after=" + after));
      for (const auto& each : page["items"].items()) ids.insert(each["id"].as_text());
      after = page["next"].as_text();
    } while (!after.empty() && !failed());
    return ids;
  }

  // What its clients see: everything created is there by its name, and the books are balanced.
  void read_all() {
    const std::string organization = "/v1/organizations/" + promises_.organization();
    const auto principals = list(organization + "/principals");
    const auto transfers = promises_.has_books() ? list(organization + "/transfers") : std::set<std::string>{};
    for (const Deed& each : promises_.deeds()) {
      if (failed()) return;
      if (!each.stands() || each.id.empty()) continue;
      if (each.kind == &kinds::project) named("/v1/projects/", each);
      if (each.kind == &kinds::department) named("/v1/departments/", each);
      if (each.kind == &kinds::instance) named("/v1/instances/", each);
      if (each.kind == &kinds::service_account || each.kind == &kinds::user) listed(principals, each);
      if (each.kind == &kinds::credit) listed(transfers, each);
    }
    if (promises_.has_books()) check_books();
  }

  void named(const std::string& path, const Deed& deed) {
    if (get(path + deed.id)["name"].as_text() != deed.name) fail(deed.id + " is not named " + deed.name);
  }
  void listed(const std::set<std::string>& ids, const Deed& deed) {
    if (!ids.contains(deed.id)) fail(deed.id + " was promised and is in no list");
  }

  std::int64_t prepaid() {
    return micros_of(get("/v1/organizations/" + promises_.organization() + "/balance")["prepaid"]["amount"].as_text());
  }

  void check_books() {
    const auto trial = get("/v1/trial-balance");
    if (!trial["balanced"].as_bool()) fail("the books are not balanced: " + trial.dump());
    std::int64_t left = granted_before_ - charged(machine_.store());
    for (const Deed& each : promises_.deeds())
      if (each.kind == &kinds::credit && each.stands())
        left += micros_of(json::Document::parse(each.answer->body)->operator[]("amount")["amount"].as_text());
    const std::int64_t there = prepaid();
    if (there != left)
      fail(fmt::format("{} micros were granted and not yet charged, and the books hold {}", left, there));
  }

  static std::int64_t micros_of(const std::string& amount) {
    const auto micros = base::decimal_from_text(amount, 6);
    return micros ? *micros : -1;
  }

  const Plan& plan_;
  const bool trace_;
  Machine machine_;
  Promises promises_;
  Node node_;
  Start start_;
  Verdict verdict_;
  std::uint64_t life_ = 0;
  std::int64_t granted_before_ = 0;  // in micros, by the house itself
  std::optional<base::Random> crash_;
};

}  // namespace

Verdict play(const Plan& plan, bool trace) { return Player{plan, trace}.play(); }

}  // namespace sim
