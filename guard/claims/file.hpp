// claims.yaml: for each claim its strength, who relies on it, its proofs, and what is missing. That a claim holds
// stands nowhere in it: this is computed from the proofs, and cannot be set.
//
//   promises: doc/claims.md                   whose table of ids is the list of claims; see promises.hpp
//   program: build/tests/{module}_test        a module's test program; {module} is its folder with _ for /
//   helpers: [tests/support]                  folders besides the module's own, in which functions may assert for a
//   test bench: {script: "bench/{name}", result: "bench/results/{name}.json"} limit_s: 600 after which a program or
//   script is ended and has failed pages: [{from: guard/pages/x.md, to: doc/x.md}] audiences: [security] claims:
//     - id: iam.tree
//       strength: Hierarchical IAM            as the promises have it; absent where they name none
//       audience: [security]
//       proofs:
//         - {shows: …, test: platform/iam, names: [Decide.*, Tree.APathIsThatOfTheInstantAskedFor]}
//         - {shows: …, script: tests/e2e/main_job, names: ["the trial balance is zero on *"]}
//         - {shows: …, script: tests/e2e/planted}                    all that it says, of which there is something
//         - {shows: …, guard: layers}         the rule is enforced and finds nothing
//         - {shows: …, contract: openapi.json, at: "/paths/*/*/x-permission"}      each has one; `is: TEXT`: of that
//         value
//         - {shows: …, contract: access.cases, names: ["member  GET  /v1/nodes  * => deny"]}     has such lines
//         - {shows: …, bench: change, row: one change a request, is: "ours >= 10000"}
//       missing:
//         - {what: an invoice recomputed from its events, planned: invoicing}
#pragma once

#include <array>
#include <boost/describe.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guard/claims/promises.hpp"
#include "shared/base/result.hpp"
#include "shared/json/json.hpp"

namespace guard::claims {

enum class Kind : unsigned char { test, script, guard, contract, bench };
std::string_view word_of(Kind);

struct Proof {
  std::string shows;  // one sentence, for people
  std::optional<std::string> test = {};
  std::optional<std::string> script = {};
  std::optional<std::string> guard = {};
  std::optional<std::string> contract = {};
  std::optional<std::string> bench = {};
  std::vector<std::string> names = {};
  std::string at = {};   // empty: not said
  std::string row = {};  // likewise
  std::optional<std::string> is = {};
  static constexpr std::array json_defaults{"names", "at", "row"};

  // Not in the file:
  Kind kind = Kind::test;
  std::string subject = {};  // the module, script, rule, file or bench
  std::string place = {};    // `claims.yaml:12`
};
BOOST_DESCRIBE_STRUCT(Proof, (), (shows, test, script, guard, contract, bench, names, at, row, is))

struct Missing {
  std::string what;
  std::string planned;  // the work that brings it
};
BOOST_DESCRIBE_STRUCT(Missing, (), (what, planned))

struct Claim {
  std::string id;
  std::optional<std::string> strength = {};
  std::vector<std::string> audience;
  std::vector<Proof> proofs = {};
  std::vector<Missing> missing = {};
  static constexpr std::array json_defaults{"proofs", "missing"};
};
BOOST_DESCRIBE_STRUCT(Claim, (), (id, strength, audience, proofs, missing))

struct Page {
  std::string from;
  std::string to;
};
BOOST_DESCRIBE_STRUCT(Page, (), (from, to))

struct BenchFiles {
  std::string script = {};
  std::string result = {};
  static constexpr auto json_defaults = json::all;
};
BOOST_DESCRIBE_STRUCT(BenchFiles, (), (script, result))

struct ClaimsText {
  std::string promises;
  std::string program;
  std::vector<std::string> helpers = {};
  BenchFiles bench = {};
  int limit_s = 600;
  std::vector<Page> pages = {};
  std::vector<std::string> audiences;
  std::vector<Claim> claims;
  static constexpr std::array json_defaults{"helpers", "bench", "limit_s", "pages"};
  static constexpr std::array json_ranges{json::Range{"limit_s", 1, 86'400}};
};
BOOST_DESCRIBE_STRUCT(ClaimsText, (), (promises, program, helpers, bench, limit_s, pages, audiences, claims))

/// claims.yaml and the promises, which agree: each claim stands in both, under the same strength.
struct ClaimsFile : ClaimsText {
  std::filesystem::path root;
  std::string path;
  Promises promised;

  const Claim* find(std::string_view id) const;
};

/// `path` from `root`. Errors: `invalid` with file and line: a claim that only one of the two has, another strength, a
/// claim that names neither a proof nor what is missing, a proof of no kind or of two, a name that anything matches.
base::Result<ClaimsFile> read_claims(const std::filesystem::path& root, const std::string& path);

}  // namespace guard::claims
