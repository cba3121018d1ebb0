// What a compiler would open for each `#include`: "…" beside the including file first, then along the search path; <…>
// along the search path only. A header is read under the search path of every unit that includes it, so it may have
// more than one target. What is found outside of the tree, or nowhere, is named and not followed.
#pragma once

#include "guard/model/compile_commands.hpp"
#include "guard/model/model.hpp"

namespace guard {

/// Fills the files' `includes`; what the lexer could not read is a trouble.
void resolve_includes(Tree& tree, const CompileCommands& commands, const RulesFile& rules);

}  // namespace guard
