#include "cmd/sim/plan.hpp"

#include <cctype>
#include <fstream>
#include <sstream>

#include "cmd/sim/dice.hpp"

namespace sim {
namespace {

constexpr int lives_min = 3, lives_max = 6;
constexpr int rounds_max = 4;
constexpr int round_max = 80;       // more than one shared commit takes
constexpr int operations_each = 4;  // about as many writes as a waiting request costs, its pages being shared
constexpr int operations_around = 40;

Life draw_life(base::Random& dice, bool first) {
  Life life;
  const auto rounds = 1 + dice.below(rounds_max);
  for (std::uint64_t i = 0; i < rounds; ++i) {
    const bool few = dice.below(4) == 0;
    life.rounds.push_back(1 + static_cast<int>(dice.below(few ? 4 : round_max)));
  }
  const int operations = life.rounds.back() * operations_each + operations_around;
  life.crash = 1 + static_cast<int>(dice.below(static_cast<std::uint64_t>(operations)));
  life.opening = !first && dice.below(5) == 0;
  return life;
}

bool is_number(const std::string& word) {
  return !word.empty() && word.size() < 10 &&
         std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// One line of a case; false when it is none.
bool take(Plan& plan, std::istringstream& words, const std::string& verb) {
  std::string word;
  if (verb == "seed") return static_cast<bool>(words >> plan.seed);
  if (verb == "synchronous") return static_cast<bool>(words >> plan.synchronous);
  if (verb == "damage") return static_cast<bool>(words >> plan.damage);
  if (verb == "check") {
    std::string arrow;
    if (!(words >> arrow >> word) || arrow != "=>" || (word != "holds" && word != "fails")) return false;
    plan.holds = word == "holds";
    return true;
  }
  if (verb != "life") return false;
  Life life;
  bool numbers = false;
  while (words >> word) {
    if (numbers && is_number(word))
      life.rounds.push_back(std::stoi(word));
    else if (word == "rounds")
      numbers = true;
    else if (word == "opening")
      life.opening = true;
    else if (word == "crash" && words >> word && is_number(word))
      life.crash = std::stoi(word);
    else
      return false;
  }
  if (life.rounds.empty() || life.crash < 1) return false;
  plan.lives.push_back(std::move(life));
  return true;
}

}  // namespace

Plan draw(std::uint64_t seed, std::string synchronous) {
  auto dice = dice_of(seed, Use::plan);
  Plan plan{.seed = seed, .synchronous = std::move(synchronous), .lives = {}};
  const auto lives = lives_min + dice.below(lives_max - lives_min + 1);
  for (std::uint64_t i = 0; i < lives; ++i) plan.lives.push_back(draw_life(dice, i == 0));
  return plan;
}

std::string text(const Case& each) {
  std::ostringstream out;
  out << "case \"" << each.name << "\"\nseed   " << each.plan.seed << "\n";
  if (each.plan.synchronous != "FULL") out << "synchronous " << each.plan.synchronous << "\n";
  for (const Life& life : each.plan.lives) {
    out << "life   crash " << life.crash << (life.opening ? " opening" : "") << " rounds";
    for (const int requests : life.rounds) out << " " << requests;
    out << "\n";
  }
  if (!each.plan.damage.empty()) out << "damage " << each.plan.damage << "\n";
  out << "check  => " << (each.plan.holds ? "holds" : "fails") << "\n";
  return out.str();
}

base::Result<std::vector<Case>> read_cases(const std::filesystem::path& path) {
  std::ifstream in{path};
  if (!in) return base::Error{base::invalid, "cannot read " + path.string()};
  std::vector<Case> cases;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    std::istringstream words{line.substr(0, line.find('#'))};
    std::string verb;
    if (!(words >> verb)) continue;
    if (verb == "case") {
      const std::size_t from = line.find('"'), to = line.rfind('"');
      cases.push_back({.name = from < to ? line.substr(from + 1, to - from - 1) : "a case without name", .plan = {}});
    } else if (cases.empty() || !take(cases.back().plan, words, verb)) {
      return base::Error{base::invalid, path.string() + ":" + std::to_string(number) + ": " + line};
    }
  }
  return cases;
}

std::vector<Plan> simpler(const Plan& plan) {
  std::vector<Plan> all;
  const auto changed = [&](auto&& change) {
    Plan next = plan;
    change(next);
    all.push_back(std::move(next));
  };
  const auto at = [](auto& list, std::size_t i) { return list.begin() + static_cast<std::ptrdiff_t>(i); };
  for (std::size_t i = plan.lives.size(); i-- > 0 && plan.lives.size() > 1;)
    changed([&](Plan& next) { next.lives.erase(at(next.lives, i)); });
  for (std::size_t i = 0; i < plan.lives.size(); ++i) {
    const auto& rounds = plan.lives[i].rounds;
    for (std::size_t j = 0; j < rounds.size(); ++j) {
      if (rounds.size() > 1) changed([&](Plan& next) { next.lives[i].rounds.erase(at(next.lives[i].rounds, j)); });
      if (rounds[j] > 1) changed([&](Plan& next) { next.lives[i].rounds[j] /= 2; });
      if (rounds[j] > 2) changed([&](Plan& next) { next.lives[i].rounds[j] -= 1; });
    }
    if (plan.lives[i].crash > 1) changed([&](Plan& next) { next.lives[i].crash /= 2; });
  }
  return all;
}

}  // namespace sim
