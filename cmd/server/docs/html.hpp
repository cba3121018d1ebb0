// Html: the frame of a page of the docs, and text made safe for it.
#pragma once

#include <string>
#include <string_view>

namespace server {

/// Text as content or as a quoted attribute's value (WHATWG HTML, 13.3).
std::string escaped(std::string_view text);
std::string code(std::string_view text);
std::string link(std::string_view to, std::string_view text);

/// A whole page; `title` is text, `body` HTML.
std::string framed(std::string_view title, std::string_view body);

/// Its style alone, the console's own tokens first; the policy names it by its digest.
std::string_view style();
/// The Content-Security-Policy of every page: this one style and the icon, nothing else at all.
std::string page_policy();

}  // namespace server
