// Facts of files that a program generates and people agree to: an API's description, a table of who may do what.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.hpp"

namespace guard::claims {

/// How many values stand at `pointer` (RFC 6901), in which the token `*` is each member or item. Every one of the
/// values before the last token has it, and all are `is` if it is given: numbers and booleans as JSON writes them.
/// An empty list, object or text says nothing, unless that is what `is` asks for. Errors: `invalid`, with the pointer
/// of the first that does not, and when there is none at all.
base::Result<std::size_t> count_facts(std::string_view json, std::string_view pointer,
                                      const std::optional<std::string>& is);

/// How many lines are like one of `patterns`. Errors: `invalid`, with the first pattern that no line is like.
base::Result<std::size_t> count_lines(std::string_view text, const std::vector<std::string>& patterns);

/// Whether a bench's row fulfils `condition`: `met`, or `ours < 1000`, `ratio >= 0.9` (members of the row; `<`, `<=`,
/// `>`, `>=`, `==`). `rows`: a JSON list of objects with a `row` and the `commit` that was measured each. Errors:
/// `invalid` with why it does not.
base::Result<void> row_fulfils(std::string_view rows, std::string_view row, std::string_view condition,
                               std::string_view commit);

/// Errors: `invalid` with why `condition` is none: not understood, or met by every figure (`ours >= 0`).
base::Result<void> check_condition(std::string_view condition);

}  // namespace guard::claims
