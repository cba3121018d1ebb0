// What is proven is proven; each lie that a claim can be told with is caught, and its place and reason are said.
#include <thread>

#include "guard/claims/fixture.hpp"
#include "shared/json/document.hpp"

namespace guard::claims {
namespace {

bool says(const std::string& text, std::string_view what) { return text.find(what) != std::string::npos; }

#define EXPECT_SAYS(text, what) EXPECT_TRUE(says(text, what)) << text

class Prove : public Project {};

TEST_F(Prove, AClaimIsWhatItsProofsAndWhatIsMissingMakeIt) {
  const std::string said = prove();
  EXPECT_SAYS(said, "tree.decides             implemented\n");
  EXPECT_SAYS(said, "tree.pays                partial\n");
  EXPECT_SAYS(said, "app.runs                 planned\n");
  EXPECT_SAYS(said, "1 implemented, 1 partial, 1 planned; 6 proofs passed, 0 failed\nexit 0");
}

TEST_F(Prove, AProgramThatServesSeveralClaimsRunsOnce) {
  prove();
  EXPECT_EQ(read("runs"), "run\n");
}

TEST_F(Prove, OnlyTheClaimsAskedForAreProven) {
  const std::string said = prove({"tree.pays"});
  EXPECT_FALSE(says(said, "tree.decides")) << said;
  EXPECT_SAYS(said, "0 implemented, 1 partial, 0 planned; 1 proofs passed, 0 failed\nexit 0");
  EXPECT_SAYS(prove({"tree.*"}), "1 implemented, 1 partial, 0 planned");
}

TEST_F(Prove, TheRecordHoldsEachProofAndWhatTheCallerKnows) {
  prove();
  const auto record = json::Document::parse(read("proofs.json"));
  ASSERT_TRUE(record) << record.error().detail;
  EXPECT_EQ((*record)["tree"].as_text(), "t1");
  EXPECT_EQ((*record)["counts"].dump(),
            R"({"implemented":1,"partial":1,"planned":1,"proofs_passed":6,"proofs_failed":0})");
  const auto& claim = (*record)["claims"][0];
  EXPECT_EQ(claim["status"].as_text(), "implemented");
  EXPECT_EQ(claim["proofs"][0]["result"].as_text(), "passed");
  EXPECT_EQ(claim["proofs"][0]["parts"].as_int(), 3);
}

TEST_F(Prove, ATestThatIsNotThereProvesNothing) {
  change("claims.yaml", "[Decide.*, Tree.Grows]", "[Decide.*, Tree.Shrinks]");
  const std::string said = prove();
  EXPECT_SAYS(said, "tree.decides             partial");
  EXPECT_SAYS(said, "NOT PROVEN");
  EXPECT_SAYS(said, "claims.yaml:12: there is no test `Tree.Shrinks` in platform/iam");
  EXPECT_SAYS(said, "5 proofs passed, 1 failed\nexit 1");
}

TEST_F(Prove, ATestThatWasSkippedProvesNothing) {
  program_reports(
      "On/Decide.Agrees/sqlite: passed\nOn/Decide.Denies/sqlite: skipped no database here\nTree.Grows: passed\n");
  EXPECT_SAYS(prove(), "On/Decide.Denies/sqlite was skipped: no database here");
}

TEST_F(Prove, ATestThatAssertsNothingProvesNothing) {
  change("platform/iam/tree_test.cpp", "ASSERT_TRUE(grow())", "grow(); SUCCEED()");
  const std::string said = prove();
  EXPECT_SAYS(said, "Tree.Grows (platform/iam/tree_test.cpp:4) asserts nothing");
  EXPECT_SAYS(said, "tree.pays                planned");  // its only proof was that
}

TEST_F(Prove, ADisabledTestProvesNothing) {
  change("platform/iam/tree_test.cpp", "TEST_P(Decide, Denies)", "TEST_P(Decide, DISABLED_Denies)");
  EXPECT_SAYS(prove(), "Decide.Denies (platform/iam/tree_test.cpp:3) is disabled");
}

TEST_F(Prove, AFailedTestSaysWhy) {
  program_reports("On/Decide.Agrees/sqlite: failed 1 is not 2\nOn/Decide.Denies/sqlite: passed\nTree.Grows: passed\n");
  const std::string said = prove();
  EXPECT_SAYS(said, "On/Decide.Agrees/sqlite failed: 1 is not 2");
  EXPECT_SAYS(said, "exit 1");
}

TEST_F(Prove, AProgramThatIsOlderThanItsSourcesProvesNothing) {
  program_reports("On/Decide.Agrees/sqlite: passed\nTree.Grows: passed\n");
  EXPECT_SAYS(prove(), "build/platform_iam_test ran no Decide.Denies: build it, or give it an instance");
}

TEST_F(Prove, ATestOfWhichNoInstanceRanProvesNothingHoweverOftenItsNeighboursDid) {
  program_reports("A/Decide.Agrees/x: passed\nA/Decide.Agrees/y: passed\nTree.Grows: passed\n");
  EXPECT_SAYS(prove(), "build/platform_iam_test ran no Decide.Denies: build it, or give it an instance");
}

TEST_F(Prove, ATestThatCannotFailProvesNothing) {
  change("platform/iam/tree_test.cpp", "ASSERT_TRUE(grow())", "return; ASSERT_TRUE(grow())");
  EXPECT_SAYS(prove(), "Tree.Grows (platform/iam/tree_test.cpp:4) asserts nothing");
}

TEST_F(Prove, AProgramThatDiesProvesNothing) {
  write("build/platform_iam_test", "#!/bin/bash\nkill -SEGV $$\n", true);
  EXPECT_SAYS(prove(), "build/platform_iam_test: ended by SIGSEGV, before it could report");
  std::filesystem::remove(root_ / "build/platform_iam_test");
  EXPECT_SAYS(prove(), "could not be started: No such file or directory");
}

TEST_F(Prove, AProgramThatDoesNotEndProvesNothingAndLeavesNothing) {
  change("claims.yaml", "limit_s: 20", "limit_s: 1");
  write("build/platform_iam_test", "#!/bin/bash\nsleep 123.5 & echo $! >left\nsleep 123.5\n", true);
  EXPECT_SAYS(prove({"tree.pays"}), "did not end within 1 s");
  // What was killed may wait to be reaped; then it has no command line any more.
  const std::string left = read("left");
  const std::string command = "/proc/" + left.substr(0, left.find('\n')) + "/cmdline";
  for (int i = 0; i < 500 && !read(command).empty(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
  EXPECT_EQ(read(command), "");
}

TEST_F(Prove, AScriptsCaseMustHaveSaidOk) {
  write("tests/job", "#!/bin/sh\n# echo ok the job is done on sqlite\n", true);
  EXPECT_SAYS(prove(), "tests/job said nothing of `the job is done on *`");
  write("tests/job", "#!/bin/sh\necho 'skip the job is done on sqlite: no machine'\n", true);
  EXPECT_SAYS(prove(), "the job is done on sqlite: no machine was skipped");
  write("tests/job", "#!/bin/sh\necho 'not ok the job is done on sqlite'\nexit 1\n", true);
  EXPECT_SAYS(prove(), "the job is done on sqlite failed");
  write("tests/job", "#!/bin/sh\necho 'ok another job'\n", true);
  EXPECT_SAYS(prove(), "tests/job has no case `the job is done on *`");
}

TEST_F(Prove, AScriptThatSkippedAPartProvesNothing) {
  write("tests/job", "#!/bin/sh\necho 'ok the job is done on sqlite'\necho 'skip jobs on postgres: no server'\n", true);
  EXPECT_SAYS(prove(), "tests/job skipped jobs on postgres: no server");
}

TEST_F(Prove, ACaseThatTapSkipsProvesNothing) {
  for (const char* directive : {"# SKIP no machine", "# skip", "# Skipped: none", "# TODO", "# todo later"}) {
    write("tests/job", "#!/bin/sh\necho 'ok the job is done on sqlite " + std::string{directive} + "'\n", true);
    EXPECT_SAYS(prove(), "the job is done on sqlite " + std::string{directive} + " was skipped");
  }
  write("tests/job", "#!/bin/sh\necho 'ok the job is done on sqlite'\necho '1..0 # SKIP no server'\n", true);
  EXPECT_SAYS(prove(), "tests/job skipped # SKIP no server");
  for (const char* fine : {"in turn #3", "skip none", "issue#skip", "# todos"}) {
    write("tests/job", "#!/bin/sh\necho 'ok the job is done on sqlite: " + std::string{fine} + "'\n", true);
    EXPECT_SAYS(prove(), "6 proofs passed, 0 failed");
  }
}

TEST_F(Prove, AScriptThatFailsACaseAndEndsWellProvesNothing) {
  const std::string job = "#!/bin/sh\necho 'ok the job is done on sqlite'\necho 'not ok another'\n";
  write("tests/job", job, true);
  EXPECT_SAYS(prove(), "tests/job said `not ok`, and ended with 0");
  write("tests/job", job + "exit 1\n", true);
  EXPECT_SAYS(prove(), "6 proofs passed, 0 failed");
}

TEST_F(Prove, AScriptWithoutNamesIsAllThatItSays) {
  change("claims.yaml", "script: tests/job, names: [\"the job is done on *\"]", "script: tests/job");
  EXPECT_SAYS(prove(), "6 proofs passed, 0 failed");
  write("tests/job", "#!/bin/sh\necho 'ok one thing'\necho 'not ok another: it broke'\nexit 1\n", true);
  EXPECT_SAYS(prove(), "another: it broke failed");
  write("tests/job", "#!/bin/sh\n", true);
  EXPECT_SAYS(prove(), "tests/job said nothing of `*`");
}

TEST_F(Prove, AScriptThatFailsWithoutAWordProvesNothing) {
  write("tests/job", "#!/bin/sh\necho 'ok the job is done on sqlite'\nexit 3\n", true);
  EXPECT_SAYS(prove(), "tests/job: exit 3 although nothing in it failed");
}

TEST_F(Prove, ARuleCountsWhereItIsEnforcedAndClean) {
  rules_ = {{.id = "layers", .is_enforced = false}};
  EXPECT_SAYS(prove(), "the rule `layers` is not enforced");
  rules_ = {{.id = "layers", .is_enforced = true, .finding = "a.cpp:3"}};
  EXPECT_SAYS(prove(), "the rule `layers` is broken: a.cpp:3");
  rules_ = {};
  EXPECT_SAYS(prove(), "there is no rule `layers`");
}

TEST_F(Prove, AContractMustSaySo) {
  write("api.json", R"({"paths":{"/a":{"permission":"a.read"},"/b":{}}})");
  EXPECT_SAYS(prove(), "api.json: there is no /paths/~1b/permission");
  write("api.json", R"({"paths":{}})");
  EXPECT_SAYS(prove(), "api.json: nothing stands at /paths/*/permission");
}

TEST_F(Prove, ThatAClaimIsMadeShowsNothingOfIt) {
  change("claims.yaml", "contract: api.json, at: \"/paths/*/permission\"",
         "contract: ./claims.yaml, names: [\"*permission*\"]");
  EXPECT_SAYS(prove(), "./claims.yaml is where the claims are made");
}

TEST_F(Prove, AConditionThatEveryFigureMeetsProvesNothing) {
  change("claims.yaml", "is: \"ours < 20\"", "is: \"ours >= 0\"");
  EXPECT_SAYS(prove(), "`ours >= 0` is met by every figure");
}

TEST_F(Prove, AMeasurementCountsForItsOwnCommitAndItsCondition) {
  change("bench/speed.json", "abc", "old");
  EXPECT_SAYS(prove(), "it was measured at commit old, not at this one");
  change("bench/speed.json", "old", "abc");
  change("bench/speed.json", "12.5", "20");
  EXPECT_SAYS(prove(), "ours was 20, not ours < 20");
  std::filesystem::remove(root_ / "bench/speed.json");
  EXPECT_SAYS(prove(), "nothing was measured yet: run the bench speed");
}

TEST_F(Prove, ClaimsAreThoseOfThePromises) {
  EXPECT_SAYS(prove({"tree.payz"}), "there is no claim `tree.payz`, did you mean `tree.pays`?");
  change("claims.yaml", "app.runs", "app.flies");
  EXPECT_SAYS(prove(), "claims.yaml:24: `app.flies` is no claim of promises.md");
  change("claims.yaml",
         "  - id: app.flies\n    audience: []\n    missing:\n      - {what: an app, planned: the App SDK}\n", "");
  EXPECT_SAYS(prove(), "promises.md:8: the claim `app.runs` is missing in claims.yaml\nexit 2");
}

TEST_F(Prove, StatusCannotBeWritten) {
  change("claims.yaml", "  - id: app.runs\n", "  - id: app.runs\n    status: implemented\n");
  EXPECT_SAYS(prove(), "claims.yaml:25: unknown key `status`");
  EXPECT_SAYS(prove(), "exit 2");
}

TEST_F(Prove, AStrengthIsThePromisesOwn) {
  change("claims.yaml", "    strength: One tree\n    audience: [security]\n    proofs:\n      - {shows: The tree",
         "    strength: Two trees\n    audience: [security]\n    proofs:\n      - {shows: The tree");
  EXPECT_SAYS(prove(), "`tree.pays` belongs to `One tree` in promises.md\nexit 2");
}

TEST_F(Prove, NamesThatAnythingMatchesAreRefused) {
  change("claims.yaml", "names: [Tree.Grows]", "names: [\"*\"]");
  EXPECT_SAYS(prove(), "claims.yaml:21: `*` is no name of tests");
  change("claims.yaml", "names: [\"*\"]", "names: [Tree.Grows]");
  change("claims.yaml", "the job is done on *", "the *");
  EXPECT_SAYS(prove(), "claims.yaml:13: `the *` would match nearly anything");
}

TEST_F(Prove, AProofIsOfOneKind) {
  change("claims.yaml", "guard: layers", "guard: layers, bench: speed");
  EXPECT_SAYS(prove(), "claims.yaml:14: a proof is one of test, script, guard, contract and bench");
  change("claims.yaml", ", guard: layers, bench: speed", "");
  EXPECT_SAYS(prove(), "claims.yaml:14: a proof is one of test, script, guard, contract and bench");
}

}  // namespace
}  // namespace guard::claims
