// Questions that a person asks of a tree: may this include that, and why; what does a change touch; what includes what.
// Answers are text for a terminal, or JSON.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "guard/model/model.hpp"

namespace guard {

/// Why `from` may or may not include `to`, each a file or a module of the tree, and what it includes of it today.
/// Errors: `invalid`: there is no such file or module.
base::Result<std::string> explain(const Tree&, const RulesFile&, std::string_view from, std::string_view to);

/// What a change of files touches.
struct Affected {
  std::vector<std::string> changed = {};
  std::vector<std::string> dependents = {};  // files that include a changed one, through others too
  std::vector<std::string> modules = {};     // with a file of either
  std::vector<std::string> tests = {};       // test programs that such a file is built or linked into
  std::vector<std::string> everything = {};  // changed files of no module: what depends on them is not known
};

/// `changed`: paths from the root; files that are gone count for the module that they lay in.
Affected affected(const Tree&, const std::vector<std::string>& changed);
std::string as_text(const Affected&);
std::string as_json(const Affected&);

/// One JSON object a line: from, line, written, to (empty: outside of the tree), condition (empty: always).
std::string edges_as_json(const Tree&);

}  // namespace guard
