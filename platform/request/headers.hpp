// Headers: what they must not leave open before anything else is read: which of two keys is meant, and that the body is
// JSON as it stands.
#pragma once

#include "shared/base/result.hpp"
#include "shared/http/http.hpp"

namespace request {

/// Errors: `invalid` (a header of which the first would be taken is there twice: whoever stands between may take the
/// other).
base::Result<void> check_once(const http::Headers&);

/// Nothing is asked of a request without a body; a body without a type is taken for JSON, and so is one with the type
/// that curl gives it unasked. Errors: `invalid`, answered by `wrong_content`.
base::Result<void> check_content(const http::Request&);

}  // namespace request
