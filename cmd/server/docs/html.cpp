#include "cmd/server/docs/html.hpp"

#include "shared/crypto/crypto.hpp"

namespace server {

std::string escaped(std::string_view text) {
  std::string out;
  for (const char each : text) switch (each) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += each;
    }
  return out;
}

std::string code(std::string_view text) { return "<code>" + escaped(text) + "</code>"; }

std::string link(std::string_view to, std::string_view text) {
  return "<a href=\"" + escaped(to) + "\">" + escaped(text) + "</a>";
}

std::string_view style() {
  return R"css(
:root {
  color-scheme: light;
  --font: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif;
  --mono: ui-monospace, "SF Mono", SFMono-Regular, Menlo, "Cascadia Mono", Consolas, "Liberation Mono", monospace;
  --bg: #f8f8f7; --surface: #ffffff; --sunken: #f2f2f0;
  --line: #e4e4e1;
  --ink: #16181c; --ink-2: #474b52; --ink-3: #62666e;
  --accent: #2746c0;
}
@media (prefers-color-scheme: dark) {
  :root {
    color-scheme: dark;
    --bg: #0d0f11; --surface: #14171a; --sunken: #0f1214;
    --line: #24282d;
    --ink: #eceef0; --ink-2: #b6bcc4; --ink-3: #8f97a1;
    --accent: #8ea6ff;
  }
}
body { margin: 0; background: var(--bg); color: var(--ink); font: 0.9375rem/1.5 var(--font); }
header, main { max-width: 84rem; margin: 0 auto; padding: 1rem; }
header { display: flex; gap: 1.25rem; flex-wrap: wrap; border-bottom: 1px solid var(--line); }
header b { margin-right: auto; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 1rem 0 0.5rem; }
h2 { font-size: 1.125rem; margin: 2rem 0 0.5rem; scroll-margin-top: 1rem; }
p, dd { max-width: 44rem; }
a { color: var(--accent); text-underline-offset: 0.2em; }
code, pre { font-family: var(--mono); font-size: 0.8125rem; overflow-wrap: anywhere; }
pre { background: var(--sunken); border: 1px solid var(--line); border-radius: 6px; padding: 0.75rem 1rem; overflow-x: auto; overflow-wrap: normal; }
.scroll { overflow-x: auto; background: var(--surface); border: 1px solid var(--line); border-radius: 6px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 0.5rem 0.75rem; border-bottom: 1px solid var(--line); }
td code, td:first-child { white-space: nowrap; }
td:not(:first-child) { min-width: 8rem; }
tr:last-child td { border-bottom: 0; }
th { color: var(--ink-3); font-weight: 500; font-size: 0.8125rem; }
dt { color: var(--ink-3); font-size: 0.8125rem; margin-top: 1rem; }
dd { margin: 0; }
.sub { color: var(--ink-2); }
)css";
}

std::string page_policy() {
  static const std::string policy = [] {
    const crypto::Digest digest = crypto::sha256(style());
    std::string base64 = crypto::base64url(std::span<const unsigned char>{digest});
    for (char& each : base64) each = each == '-' ? '+' : each == '_' ? '/' : each;  // a policy takes RFC 4648, 4
    while (base64.size() % 4 != 0) base64 += '=';
    return "default-src 'none'; style-src 'sha256-" + base64 +
           "'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
  }();
  return policy;
}

std::string framed(std::string_view title, std::string_view body) {
  std::string out =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<link rel=\"icon\" href=\"/icon.svg\" "
      "type=\"image/svg+xml\">\n<title>";
  out.append(escaped(title)).append(" · GPUaaS docs</title>\n<style>").append(style()).append("</style>\n</head>\n");
  out += "<body>\n<header><b>" + link("/docs/", "GPUaaS docs") + "</b>" + link("/docs/api", "API") +
         link("/docs/cli", "Commands") + link("/docs/problems/", "Problems") + link("/", "Console") +
         "</header>\n<main>\n";
  out.append("<h1>").append(escaped(title)).append("</h1>\n").append(body).append("\n</main>\n</body>\n</html>\n");
  return out;
}

}  // namespace server
