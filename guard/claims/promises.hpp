// The promises: the page on which people wrote what the platform must be able to say. Its tables are read as they
// stand, so that there is one list of claims and it is the one that people read.
//
// A table whose first column is `id` lists claims; several ids may share a line, the later ones without what stands
// before their dot (`evidence.release`, `.uat`). A table whose first column is `strength` groups them; `evidence.*` is
// each claim that begins so.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "shared/base/result.hpp"

namespace guard::claims {

struct Promise {
  std::string id;
  std::string text;        // the sentence
  std::string convincing;  // what would convince a sceptic
  int line = 0;
};

struct Strength {
  std::string name;
  std::vector<std::string> claims;  // ids, in the order of the page
  int line = 0;
};

struct Promises {
  std::vector<Promise> claims;
  std::vector<Strength> strengths;

  const Promise* find(std::string_view id) const;
};

/// Errors: `invalid` with `file:line: why` (no table of claims, a line without an id, an id twice, a strength of an
/// unknown claim).
base::Result<Promises> parse_promises(std::string_view markdown, std::string_view file);

/// Whether `text` is `pattern`, in which `*` is any text.
bool like(std::string_view pattern, std::string_view text);

}  // namespace guard::claims
