// The rules: one function each, in a file of its name. A rule reads the tree, says what breaks it, and keeps nothing.
// Its id, mode, words and reasons stand in layers.yaml; a check may stand there twice, with different `with`.
//
//   void words(const Tree& tree, const Rule& rule, Findings& findings) {
//     const auto given = with<WordsWith>(findings.rules(), rule);
//     if (!given) return findings.cannot({findings.rules().path}, given.error().detail);
//     …
//   }
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "guard/model/findings.hpp"
#include "guard/model/model.hpp"

namespace guard {

using Check = void(const Tree&, const Rule&, Findings&);

/// One line of the table in all.cpp.
struct Checker {
  std::string_view name;  // layers.yaml's `check`
  Check* check;
};

std::span<const Checker> checkers();

namespace rules {

/// Says of each of these globs that names no file that is read that it could not be checked: it is misspelt, or what it
/// named is gone. `below` is where the list stands within the rule, `/with/in`.
void needs_files(const Tree&, const std::vector<std::string>& globs, const std::string& below, Findings&);
/// As `needs_files`, of a list of kinds, `*.hpp` and `*.h`: one of them has to name a file that `except` leaves.
void needs_any_file(const Tree&, const std::vector<std::string>& globs, const std::string& below, Findings&,
                    const std::vector<std::string>& except = {});

Check layers;      // includes go down the layers, to declared neighbours, never to another group
Check headers;     // from outside, a module is entered by its public headers
Check cycles;      // neither files nor modules include one another in a ring
Check link;        // what is included is linked, and what is linked is included
Check sql;         // a module's SQL names its own tables; what is append-only is not edited
Check words;       // words that a layer must not know
Check places;      // what only named files may do
Check size;        // files, functions, parameters, exported names
Check scripts;     // the layers of TypeScript
Check routes;      // owner, permission, kind, scope and schemas of each; manifests agree
Check readmes;     // each module's README has its parts
Check citations;   // what documents cite is there
Check invariants;  // what headers call always true is held by what one page names

}  // namespace rules
}  // namespace guard
