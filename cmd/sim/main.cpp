// gpuaas-sim: random requests through the runner, on a disk that loses what was not synced when the power goes.
//
// A seed counts only if it formed a shared commit of at least two and lost unsynced bytes inside it. A seed that fails
// is made as short as it still fails, and printed as a case for tests/sim.
#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <map>
#include <thread>

#include "cmd/sim/apart.hpp"

namespace {

constexpr std::string_view usage =
    "gpuaas-sim [--seeds N] [--first S] [--synchronous FULL|OFF] [--expect-failure] [--jobs N] [--keep DIR] [--trace]\n"
    "gpuaas-sim --play FILE [--trace]\n\n"
    "  --seeds N          so many seeds that count (50)\n"
    "  --first S          beginning with this one (1)\n"
    "  --synchronous OFF  to see that it notices\n"
    "  --expect-failure   exit 0 if a seed fails, 1 if all hold\n"
    "  --keep DIR         leaves seed-N.cases of each that fails\n"
    "  --play FILE        plays the cases of a file\n\n"
    "Example: gpuaas-sim --seeds 500\n";

constexpr int shrink_steps_max = 120;  // plays, of one failing seed
constexpr int seeds_each_max = 4;      // tried for one that counts
constexpr int seeds_more = 20;

struct Flags {
  std::map<std::string, std::string> values{{"--seeds", "50"}, {"--first", "1"}, {"--synchronous", "FULL"},
                                            {"--jobs", ""},    {"--keep", ""},   {"--play", ""}};
  std::map<std::string, bool> switches{{"--expect-failure", false}, {"--trace", false}};

  std::int64_t number(const std::string& name) const { return std::atoll(values.at(name).c_str()); }
  const std::string& text(const std::string& name) const { return values.at(name); }
  bool has(const std::string& name) const { return switches.at(name); }
  std::size_t jobs() const {
    if (!text("--jobs").empty()) return static_cast<std::size_t>(std::max<std::int64_t>(1, number("--jobs")));
    return std::max(1U, std::thread::hardware_concurrency());
  }
};

std::optional<Flags> parse(int argc, char** argv) {
  Flags flags;
  for (int i = 1; i < argc; ++i) {
    const std::string flag = argv[i];
    if (const auto at = flags.values.find(flag); at != flags.values.end() && i + 1 < argc)
      at->second = argv[++i];
    else if (const auto on = flags.switches.find(flag); on != flags.switches.end())
      on->second = true;
    else
      return std::nullopt;
  }
  return flags;
}

// The sort of a failure is how it begins.
bool alike(const std::string& one, const std::string& other) {
  constexpr std::size_t begins = 14;
  return !other.empty() && one.substr(0, begins) == other.substr(0, begins);
}

// A shorter plan that fails in the same way, as long as one is found.
sim::Plan shrink(sim::Plan plan, const std::string& failure) {
  int steps = 0;
  for (bool shorter = true; shorter && steps < shrink_steps_max;) {
    shorter = false;
    for (sim::Plan& next : sim::simpler(plan)) {
      if (++steps > shrink_steps_max) break;
      if (!alike(failure, sim::play_apart({next}, false).front().failure)) continue;
      plan = std::move(next);
      shorter = true;
      break;
    }
  }
  return plan;
}

class Campaign {
 public:
  explicit Campaign(const Flags& flags) : flags_(flags) {}

  int run() {
    const std::int64_t wanted = flags_.number("--seeds");
    const std::int64_t most = wanted * seeds_each_max + seeds_more;
    auto seed = static_cast<std::uint64_t>(flags_.number("--first"));
    while (counted_ < wanted && played_ < most && (failed_ == 0 || !flags_.has("--expect-failure"))) {
      std::vector<sim::Plan> plans;
      for (std::size_t i = 0; i < flags_.jobs() && static_cast<std::int64_t>(i) < wanted - counted_; ++i)
        plans.push_back(sim::draw(seed++, flags_.text("--synchronous")));
      const auto verdicts = sim::play_apart(plans, flags_.has("--trace"));
      for (std::size_t i = 0; i < plans.size(); ++i) take(plans[i], verdicts[i]);
    }
    fmt::print(
        "{} seeds played, {} crashes ({} inside a shared commit of two and more, with unsynced bytes lost), "
        "{} requests, {} changes acknowledged ({} of them usage events, each charged), {} bytes lost, at most {} in "
        "one commit\n",
        played_, sum_.crashes, sum_.crashes_shared, sum_.requests, sum_.acknowledged, sum_.usage, sum_.bytes_lost,
        sum_.together_most);
    fmt::print("{} seeds counted, {} failed\n", counted_, failed_);
    if (flags_.has("--expect-failure")) return failed_ > 0 ? 0 : 1;
    return failed_ == 0 && counted_ >= wanted ? 0 : 1;
  }

 private:
  void take(const sim::Plan& plan, const sim::Verdict& verdict) {
    ++played_;
    if (verdict.counts()) ++counted_;
    sum_.crashes += verdict.crashes;
    sum_.crashes_shared += verdict.crashes_shared;
    sum_.requests += verdict.requests;
    sum_.acknowledged += verdict.acknowledged;
    sum_.usage += verdict.usage;
    sum_.bytes_lost += verdict.bytes_lost;
    sum_.together_most = std::max(sum_.together_most, verdict.together_most);
    if (flags_.has("--trace"))
      fmt::print("seed {}: {} crashes, {} of them counted, {} requests, {} acknowledged, {} bytes lost\n", plan.seed,
                 verdict.crashes, verdict.crashes_shared, verdict.requests, verdict.acknowledged, verdict.bytes_lost);
    if (verdict.failure.empty()) return;
    ++failed_;
    fmt::print("seed {} failed: {}\n", plan.seed, verdict.failure);
    const sim::Plan shorter = shrink(plan, verdict.failure);
    const auto again = sim::play_apart({shorter}, false).front();
    const std::string block = "# " + again.failure.substr(0, again.failure.find('\n')) + "\n" +
                              sim::text({.name = "seed " + std::to_string(plan.seed), .plan = shorter});
    fmt::print("as short as it still fails, to be kept in tests/sim:\n\n{}\n", block);
    std::fflush(stdout);
    if (!flags_.text("--keep").empty())
      std::ofstream{flags_.text("--keep") + "/seed-" + std::to_string(plan.seed) + ".cases"} << block;
  }

  const Flags& flags_;
  sim::Verdict sum_;
  std::int64_t played_ = 0, counted_ = 0, failed_ = 0;
};

int play_cases(const Flags& flags) {
  const auto cases = sim::read_cases(flags.text("--play"));
  if (!cases) {
    std::cerr << cases.error().detail << std::endl;
    return 2;
  }
  int failed = 0;
  for (const sim::Case& each : *cases) {
    const auto verdict = sim::play_apart({each.plan}, flags.has("--trace")).front();
    const bool right = verdict.failure.empty() == each.plan.holds;
    failed += right ? 0 : 1;
    fmt::print("{} {}{}\n", right ? "ok" : "not ok", each.name,
               right ? "" : ": " + (each.plan.holds ? verdict.failure : "it holds"));
  }
  return failed == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const auto flags = parse(argc, argv);
  if (!flags) {
    std::cerr << usage;
    return 2;
  }
  return flags->text("--play").empty() ? Campaign{*flags}.run() : play_cases(*flags);
}
