// The words of SQL. Inner to guard/source.
#pragma once

#include <string_view>
#include <vector>

#include "guard/source/sql.hpp"

namespace guard::source {

/// Stops at what has no end, and says it.
std::vector<SqlToken> lex_sql(std::string_view text, std::optional<Problem>& problem);

}  // namespace guard::source
