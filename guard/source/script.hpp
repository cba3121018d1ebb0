// The imports of TypeScript and JavaScript, with JSX: what a file names of others, in each of the ways to do it.
// Comments, texts, templates, regular expressions and what stands between tags are told apart from code.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "guard/source/cpp.hpp"

namespace guard::source {

inline constexpr std::size_t script_depth_max = 500;  // tags, templates and braces within one another

struct ScriptImport {
  std::string module;  // './x', 'react'; empty: computed at run time, `import(name)`
  int line = 0;
  bool is_type = false;     // `import type`, `export type`: gone once compiled
  bool is_dynamic = false;  // `import(…)`, `require(…)`
};

struct Script {
  std::vector<ScriptImport> imports = {};
  std::optional<Problem> problem = {};
};

/// `has_tags`: JSX, as in `.tsx` and `.jsx`; elsewhere `<T>` is a type.
Script read_script(std::string_view text, bool has_tags);

}  // namespace guard::source
