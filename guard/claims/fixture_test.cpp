#include <unistd.h>

#include <sstream>

#include "guard/claims/fixture.hpp"
#include "shared/json/document.hpp"

namespace guard::claims {

namespace {

constexpr std::string_view claims_yaml = R"(promises: promises.md
program: build/{module}_test
limit_s: 20
bench: {script: "bench/{name}", result: "bench/{name}.json"}
pages: [{from: page.in.md, to: page.md}]
audiences: [security]
claims:
  - id: tree.decides
    strength: One tree
    audience: [security]
    proofs:
      - {shows: The index decides as the tables do, test: platform/iam, names: [Decide.*, Tree.Grows]}
      - {shows: A person sees it, script: tests/job, names: ["the job is done on *"]}
      - {shows: Includes go down, guard: layers}
      - {shows: Each route has its permission, contract: api.json, at: "/paths/*/permission"}
      - {shows: It is quick, bench: speed, row: one read, is: "ours < 20"}
  - id: tree.pays
    strength: One tree
    audience: [security]
    proofs:
      - {shows: The tree grows, test: platform/iam, names: [Tree.Grows]}
    missing:
      - {what: a bill, planned: invoicing}
  - id: app.runs
    audience: []
    missing:
      - {what: an app, planned: the App SDK}
)";

constexpr std::string_view promises_md = R"(| strength | claims |
| --- | --- |
| One tree | `tree.*` |

| id | claim | proof |
| --- | --- | --- |
| `tree.decides`, `.pays` | one tree decides | a comparison |
| `app.runs` | apps run | an app |
)";

constexpr std::string_view source = R"(#include <gtest/gtest.h>
TEST_P(Decide, Agrees) { EXPECT_EQ(index(), tables()); }
TEST_P(Decide, Denies) { EXPECT_FALSE(index()); }
TEST(Tree, Grows) { ASSERT_TRUE(grow()); }
)";

constexpr std::string_view page = R"(---
id: strengths
slug: /strengths
title: What it is strong at
description: Short
audience: [security]
visibility: public
status: generated
owner: platform
review_domain: architecture
last_reviewed: 2026-11-27
review_cadence: quarterly
freshness_risk: low
sync_trigger: [claims.yaml]
source_docs: [promises.md]
---
# {{counts}}

The tree is {{status One tree}}.

{{strength One tree}}
{{sources}}
)";

constexpr std::string_view job =
    "#!/bin/sh\nfor engine in sqlite; do echo \"ok the job is done on $engine: in 2 s\"; done\n";

}  // namespace

Project::Project() : root_(std::filesystem::temp_directory_path() / ("guard-claims-" + std::to_string(::getpid()))) {
  write("claims.yaml", claims_yaml);
  write("promises.md", promises_md);
  write("platform/iam/tree_test.cpp", source);
  write("page.in.md", page);
  write("tests/job", job, true);
  write("api.json", R"({"paths":{"/a":{"permission":"a.read"},"/b":{"permission":"b.read"}}})");
  write("bench/speed", "row one read");
  write("bench/speed.json", R"([{"row":"one read","ours":12.5,"met":true,"target":"< 20 ms","commit":"abc"}])");
  program_reports("On/Decide.Agrees/sqlite: passed\nOn/Decide.Denies/sqlite: passed\nTree.Grows: passed\n");
}

void Project::write(const std::string& path, std::string_view text, bool is_executable) {
  std::filesystem::create_directories((root_ / path).parent_path());
  std::ofstream{root_ / path, std::ios::binary} << text;
  if (is_executable) std::filesystem::permissions(root_ / path, std::filesystem::perms::owner_all);
}

std::string Project::read(const std::string& path) const {
  std::ifstream in{root_ / path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

void Project::change(const std::string& path, std::string_view was, std::string_view now) {
  std::string text = read(path);
  const auto at = text.find(was);
  ASSERT_NE(at, std::string::npos) << path << " lacks " << was;
  write(path, text.replace(at, was.size(), now));
}

void Project::program_reports(std::string_view tests) {
  json::Writer report;
  std::string printed;
  report.object().key("testsuites").list().object().key("testsuite").list();
  for (std::istringstream lines{std::string{tests}}; !lines.eof();) {
    std::string name, state, why;
    if (!std::getline(lines, name, ':') || !(lines >> state) || !std::getline(lines, why)) break;
    if (!why.empty()) why.erase(0, 1);
    const auto dot = name.find('.');
    report.object()
        .member("classname", name.substr(0, dot))
        .member("name", name.substr(dot + 1))
        .member("time", "0.5s");
    report.member("status", state == "disabled" ? "NOTRUN" : "RUN");
    report.member("result", state == "skipped" ? "SKIPPED" : state == "disabled" ? "SUPPRESSED" : "COMPLETED");
    if (state == "failed") report.key("failures").list().object().member("failure", why).end().end();
    if (state == "skipped") printed += "a_test.cpp:3: Skipped\n" + why + "\n\n[  SKIPPED ] " + name + " (0 ms)\n";
    report.end();
  }
  const std::string text = report.end().end().end().end().take();
  write("build/platform_iam_test",
        "#!/bin/bash\necho run >>runs\nfor each; do case $each in --gtest_output=json:*) file=${each#*json:} ;; esac; "
        "done\ncat >\"$file\" <<'END'\n" +
            text + "\nEND\ncat <<'END'\n" + printed + "END\n",
        true);
}

std::string Project::prove(std::vector<std::string> claims) {
  std::ostringstream out, progress;
  const int code = claims::prove({.root = root_,
                                  .file = "claims.yaml",
                                  .claims = std::move(claims),
                                  .record = "proofs.json",
                                  .keep = "kept",
                                  .commit = "abc",
                                  .facts = {{"tree", "t1"}},
                                  .rules = [&] { return rules_; }},
                                 out, progress);
  return out.str() + (code == 2 ? progress.str() : "") + "exit " + std::to_string(code);
}

std::string Project::pages(bool only_check) {
  std::ostringstream out;
  const int code = claims::pages(
      {.root = root_, .file = "claims.yaml", .only_check = only_check, .rules = [&] { return rules_; }}, out);
  return out.str() + "exit " + std::to_string(code);
}

}  // namespace guard::claims
