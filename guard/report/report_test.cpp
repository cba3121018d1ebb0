#include "guard/report/report.hpp"

#include <gtest/gtest.h>

#include "guard/model/fixture.hpp"

namespace guard {
namespace {

constexpr std::string_view yaml = R"(
read: ["*.cpp", "*.hpp"]
ignore: ["build/**"]
layers: [{name: top, modules: [a], uses: [low]}, {name: low, modules: [b], why: w}]
modules: [{path: a}, {path: b}]
rules:
  - {id: layers, why: the why, fix: the fix}
)";

class Report : public ::testing::Test {
 protected:
  Report() {
    planted.files({{"a/m.cpp", "#include \"b/b.hpp\"\n"}, {"b/b.hpp", ""}}).compiled({{"a/m.cpp", "-I."}});
    tree = tree_of(planted, rules);
  }

  Findings& says(Mode mode) {
    rules.rules[0].mode = mode;
    return said.emplace_back(rules, rules.rules[0]);
  }
  static Finding finding(bool only_strict = false) {
    return {.place = {"a/m.cpp", 1},
            .subject = "a -> b",
            .what = "a includes b",
            .path = {{{"a/m.cpp", 1}, "a", "b"}},
            .only_strict = only_strict};
  }
  Outcome judged() const { return judge(tree, baseline, said, how); }
  void known(std::string_view expires) {
    auto parsed = parse_baseline(
        "entries:\n  - {rule: layers, subject: a -> b, owner: o, reason: r, expires: " + std::string{expires} + "}\n",
        "baseline.yaml", rules);
    ASSERT_TRUE(parsed);
    baseline = std::move(*parsed);
  }
  std::string whats() const {
    std::string out;
    for (const Judged& each : judged().judged) out += to_text(each.finding.place) + ": " + each.finding.what + "\n";
    return out;
  }

  Planted planted;
  RulesFile rules = rules_of(yaml);
  Tree tree;
  std::vector<Findings> said;
  Baseline baseline;
  Judgement how{.today = *base::day_from_text("2027-02-01")};
};

TEST_F(Report, OnlyEnforceAndStrictFail) {
  says(Mode::enforce).add(finding());
  for (const Mode mode : {Mode::report, Mode::warn, Mode::enforce, Mode::strict}) {
    how.mode = mode;
    const Outcome outcome = judged();
    EXPECT_EQ(outcome.judged.size(), 1U);
    EXPECT_EQ(outcome.exit_code(), mode == Mode::enforce || mode == Mode::strict ? 1 : 0);
  }
}

TEST_F(Report, WhatOnlyStrictSaysIsSilentElsewhere) {
  says(Mode::enforce).add(finding(true));
  EXPECT_EQ(judged().judged.size(), 0U);
  how.mode = Mode::strict;
  EXPECT_EQ(judged().exit_code(), 1);
}

TEST_F(Report, ARuleThatIsOffStaysOff) {
  rules.rules[0].mode = Mode::off;
  how.mode = Mode::strict;
  EXPECT_EQ(mode_of(rules.rules[0], how), Mode::off);
}

TEST_F(Report, ATroubleIsNeverClean) {
  says(Mode::report).cannot({"x.cpp", 3}, "is odd");
  EXPECT_EQ(judged().exit_code(), 2);
  EXPECT_TRUE(as_text(tree, judged()).contains("x.cpp:3: could not check: layers: is odd"));
}

TEST_F(Report, AKnownFindingDoesNotFailUntilItsDayIsOver) {
  says(Mode::enforce).add(finding());
  known("2027-02-01");
  EXPECT_EQ(judged().exit_code(), 0);
  known("2027-01-31");
  EXPECT_EQ(judged().exit_code(), 1);
  EXPECT_EQ(whats(),
            "a/m.cpp:1: a includes b\nbaseline.yaml:2: the baseline's entry for a -> b has expired on 2027-01-31\n");
}

TEST_F(Report, AnEntryThatMatchesNothingFailsInStrictOnly) {
  says(Mode::enforce);
  known("2027-03-01");
  EXPECT_EQ(judged().exit_code(), 0);
  how.mode = Mode::strict;
  EXPECT_EQ(whats(), "baseline.yaml:2: the baseline's entry for a -> b matches nothing\n");
}

TEST_F(Report, ABaselineThatGrewFails) {
  says(Mode::enforce).add(finding());
  known("2027-03-01");
  const Baseline before;
  how.before = &before;
  EXPECT_EQ(whats(), "a/m.cpp:1: a includes b\nbaseline.yaml:2: the baseline has grown by a -> b\n");
  EXPECT_EQ(judged().exit_code(), 1);
}

TEST_F(Report, TextSaysWhatWhereWhyAndHow) {
  says(Mode::enforce).add(finding());
  EXPECT_EQ(as_text(tree, judged()),
            "a/m.cpp:1: violation of layers: a includes b\n    a/m.cpp:1  a -> b\n    about: a -> b\n    why: the why\n"
            "    fix: the fix\n2 files, 2 modules, 1 rule: 1 violation\n");
}

TEST_F(Report, JsonAndSarifSayTheSame) {
  says(Mode::enforce).add(finding());
  said[0].cannot({"x y.cpp", 3}, "is odd");
  known("2027-03-01");
  const auto json = json::Document::parse(as_json(tree, judged()));
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["result"].as_text(), "could_not_check");
  EXPECT_EQ((*json)["findings"][0]["known"]["owner"].as_text(), "o");
  EXPECT_EQ((*json)["findings"][0]["path"][0]["to"].as_text(), "b");
  const auto sarif = json::Document::parse(as_sarif(tree, judged()));
  ASSERT_TRUE(sarif);
  const json::Document& run = (*sarif)["runs"][0];
  EXPECT_EQ(run["tool"]["driver"]["rules"][0]["id"].as_text(), "layers");
  EXPECT_EQ(run["results"][0]["ruleIndex"].as_int(), 0);
  EXPECT_EQ(run["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"].as_int(), 1);
  EXPECT_EQ(run["results"][0]["suppressions"][0]["kind"].as_text(), "external");
  const json::Document& note = run["invocations"][0]["toolExecutionNotifications"][0];
  EXPECT_EQ(note["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_text(), "x%20y.cpp");
  EXPECT_FALSE(run["invocations"][0]["executionSuccessful"].as_bool());
}

TEST_F(Report, TheBoundaryReportCountsModules) {
  const Boundary now = boundary_of(tree);
  EXPECT_EQ(now.coupling().at("a").instability(), 100);
  EXPECT_EQ(now.coupling().at("b").instability(), 0);
  const std::string report = as_markdown(now, nullptr);
  EXPECT_TRUE(report.contains("| top | | 1 |\n| low | | |\n"));
  EXPECT_TRUE(report.contains("| a | top | 0 | 1 | 100 | b |\n"));
  Boundary before = now;
  before.edges = {{{"b", "a"}, 1}};
  before.modules.pop_back();
  EXPECT_TRUE(as_markdown(now, &before).ends_with("- new module: b\n- new edge: a -> b\n- edge gone: b -> a\n"));
  EXPECT_TRUE(as_markdown(now, &now).ends_with("None.\n"));
}

TEST_F(Report, DrawingsNameEveryModuleAndEdge) {
  const Boundary now = boundary_of(tree);
  EXPECT_EQ(
      as_mermaid(now),
      "flowchart TD\n  subgraph top\n    m_a[\"a\"]\n  end\n  subgraph low\n    m_b[\"b\"]\n  end\n  m_a --> m_b\n");
  EXPECT_TRUE(as_dot(now).contains("  \"a\" -> \"b\";\n"));
}

}  // namespace
}  // namespace guard
