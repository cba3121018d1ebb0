// Claims: what a project says about itself, and what shows it. `prove` runs the proofs that claims.yaml names for each
// claim; `pages` writes the pages that carry the claims. How claims.yaml looks stands in file.hpp.
//
// Always true
//   - the state of a claim is computed from its proofs and from what is missing; nothing in any file can set it;
//   - a proof that names what is not there, is disabled, was skipped or asserts nothing does not hold, and says why;
//   - claims.yaml and the page of promises name the same claims;
//   - what a page says depends on the files of the tree alone, so that a stale page can be told by comparing.
//
// It does not build anything, and starts nothing that a proof needs: who calls it does.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

#include "guard/claims/look.hpp"

namespace guard::claims {

struct ProveOptions {
  std::filesystem::path root = ".";
  std::string file = "guard/claims.yaml";  // from the root
  std::vector<std::string> claims = {};    // ids, `*` is any text; none: all
  std::filesystem::path record = "build/proofs.json";
  std::filesystem::path keep = "build/proofs";  // logs and reports
  std::string commit = {};                      // at which a bench must have measured
  /// What else the record says: tree, machine, …
  std::vector<std::pair<std::string, std::string>> facts = {};
  RuleStates rules = {};
};

/// Runs the proofs, prints claim, proof, result and time to `out` and what it is doing to `progress`, writes the
/// record. 0: each proof held; 1: one did not; 2: it could not be told (claims.yaml is wrong, a claim is not known).
int prove(const ProveOptions&, std::ostream& out, std::ostream& progress);

struct PagesOptions {
  std::filesystem::path root = ".";
  std::string file = "guard/claims.yaml";
  bool only_check = false;  // writes nothing
  RuleStates rules = {};
};

/// Writes the pages of claims.yaml from their templates. 0: they are what they should be; 1: with `only_check`, one is
/// stale; 2: a template or claims.yaml is wrong.
int pages(const PagesOptions&, std::ostream& out);

}  // namespace guard::claims
