#include "guard/claims/runs.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "guard/claims/process.hpp"

namespace guard::claims {

namespace {

namespace fs = std::filesystem;

// Not config::read_file: a log may be long.
std::string all_of(const fs::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::string flat(std::string name) {
  std::ranges::replace(name, '/', '_');
  return name;
}

// A parameterized test is On/Suite.Name/parameter, a typed one Suite/0.Name.
std::string filter_of(const std::set<std::string>& names) {
  std::string filter;
  for (const std::string& name : names) {
    const auto dot = name.find('.');
    const std::string suite = name.substr(0, dot), test = name.substr(dot);
    for (const std::string& each : {name, "*/" + name + "/*", suite + "/*" + test})
      filter += (filter.empty() ? "" : ":") + each;
  }
  return filter;
}

// `ok NAME` and `ok NAME: what it has to say`.
bool is_case(const std::string& pattern, const Outcome& outcome) {
  return like(pattern, outcome.plain) || like(pattern + ": *", outcome.plain);
}

std::string why_not(const Outcome& outcome) {
  switch (outcome.state) {
    case Outcome::State::passed:
      return {};
    case Outcome::State::failed:
      return outcome.name + " failed" + (outcome.why.empty() ? "" : ": " + outcome.why);
    case Outcome::State::skipped:
      return outcome.name + " was skipped" + (outcome.why.empty() ? "" : ": " + outcome.why);
    case Outcome::State::not_run:
      return outcome.name + " did not run";
  }
  return {};
}

}  // namespace

void Runs::need(const Proof& proof, const std::string& program) {
  Run& run = runs_[program];
  run.is_test = proof.kind == Kind::test;
  run.names.insert(proof.names.begin(), proof.names.end());
}

void Runs::run_all(const std::function<void(const std::string&, std::size_t, std::size_t)>& begins) {
  std::error_code error;
  fs::create_directories(keep_, error);
  std::size_t nth = 0;
  for (auto& [program, each] : runs_) {
    begins(program, ++nth, runs_.size());
    run(program, each);
  }
}

void Runs::run(const std::string& program, Run& run) const {
  const fs::path log = keep_ / (flat(program) + ".log"), report = keep_ / (flat(program) + ".json");
  std::error_code error;
  fs::remove(report, error);
  run.log = log.string();
  std::vector<std::string> command{fs::absolute(file_->root / program).string()};
  if (run.is_test)
    command.insert(command.end(), {"--gtest_color=no", "--gtest_output=json:" + fs::absolute(report).string(),
                                   "--gtest_filter=" + filter_of(run.names)});
  const auto ended =
      claims::run(command, fs::absolute(file_->root), fs::absolute(log), std::chrono::seconds{file_->limit_s});
  if (!ended) {
    run.trouble = ended.error().detail;
    return;
  }
  run.seconds = ended->seconds;
  run.trouble = ended->how;
  if (!run.is_test) {
    run.outcomes = read_lines(all_of(log));
  } else if (auto outcomes = read_report(all_of(report), all_of(log))) {
    run.outcomes = *std::move(outcomes);
  } else {
    run.trouble = (run.trouble.empty() ? "wrote no report" : run.trouble) + ", before it could report";
  }
}

Verdict Runs::judge(const Proof& proof, const std::string& program, const Verdict& looked) const {
  const Run& run = runs_.at(program);
  Verdict verdict{.holds = true, .parts = 0, .seconds = run.is_test ? 0 : run.seconds};
  const auto fails = [&](const std::string& why) {
    verdict.holds = false;
    if (verdict.why.empty()) verdict.why = why;
  };
  static const std::vector<std::string> all{"*"};
  for (const std::string& name : proof.names.empty() ? all : proof.names) {
    const int before = verdict.parts;
    for (const Outcome& each : run.outcomes) {
      if (run.is_test ? !like(name, each.plain) : !is_case(name, each)) continue;
      ++verdict.parts;
      verdict.seconds += run.is_test ? each.seconds : 0;
      if (each.state != Outcome::State::passed) fails(why_not(each));
    }
    if (verdict.parts == before)
      fails(run.trouble.empty() ? program + " said nothing of `" + name + "`" : program + ": " + run.trouble);
  }
  // What a script skips, such as an engine that is not there, it does not say case by case.
  const auto skipped = std::ranges::find(run.outcomes, Outcome::State::skipped, &Outcome::state);
  if (!run.is_test && skipped != run.outcomes.end()) fails(program + " skipped " + skipped->name);
  const bool is_told =
      std::ranges::any_of(run.outcomes, [](const Outcome& each) { return each.state == Outcome::State::failed; });
  if (!run.is_test && run.trouble.empty() && is_told) fails(program + " said `not ok`, and ended with 0");
  if (!run.trouble.empty() && !is_told) fails(program + ": " + run.trouble + " although nothing in it failed");
  for (const std::string& test : looked.tests)
    if (std::ranges::find(run.outcomes, test, &Outcome::plain) == run.outcomes.end())
      fails(program + " ran no " + test + ": build it, or give it an instance");
  if (!verdict.holds && !run.log.empty()) verdict.why += " (" + run.log + ")";
  return verdict;
}

}  // namespace guard::claims
