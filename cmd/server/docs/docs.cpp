#include "cmd/server/docs/docs.hpp"

#include "cmd/cli/words/arguments.hpp"
#include "cmd/server/docs/html.hpp"
#include "cmd/server/docs/problems.hpp"

namespace server {
namespace {

std::string permission_of(const request::Route& route) {
  if (route.anyone()) return "anyone: " + escaped(route.why_anyone);
  return code(route.permission->name);
}

std::string api_page(const std::vector<request::Route>& routes) {
  std::map<std::string, std::map<std::pair<std::string, std::string>, const request::Route*>> modules;
  for (const request::Route& each : routes)
    modules[each.module][{each.path, std::string{request::method_name(each.method)}}] = &each;
  std::string out =
      "<p class=\"sub\">All routes, with the permission that each takes at the scope in its path. Bodies, "
      "parameters and answers are in " +
      link("/openapi.json", "/openapi.json") + " (OpenAPI 3.1).</p>\n";
  for (const auto& [module, paths] : modules) {
    out += "<h2>" + escaped(module) +
           "</h2>\n<div class=\"scroll\"><table>\n"
           "<tr><th>Route</th><th>What it does</th><th>Permission</th><th>Reasons of its own</th></tr>\n";
    for (const auto& [key, route] : paths) {
      out += "<tr id=\"" + escaped(route->operation) + "\"><td>" + code(key.second + " " + key.first) + "</td><td>" +
             escaped(route->options.summary.empty() ? route->operation : std::string{route->options.summary}) +
             "</td><td>" + permission_of(*route) + "</td><td>";
      for (const base::Reason& each : route->options.reasons)
        out += link("/docs/problems/" + std::string{each.word}, each.word) + " ";
      out += "</td></tr>\n";
    }
    out += "</table></div>\n";
  }
  return out;
}

std::string cli_page() {
  std::string out = "<pre>" + escaped(cli::help_of_all()) + "</pre>\n";
  for (const cli::Topic& topic : cli::topics())
    for (const std::string_view noun : topic.nouns)
      for (const cli::Command& each : cli::commands())
        if (each.noun == noun)
          out += "<h2>" + escaped(cli::words_of(each)) + "</h2>\n<pre>" + escaped(cli::help_of(each)) + "</pre>\n";
  return out;
}

std::string front_page() {
  return "<p class=\"sub\">What this server answers to, made of the server's own tables.</p>\n<dl>\n<dt>" +
         link("/docs/api", "API") + "</dt><dd>Every route: what it does, and the permission that it takes.</dd>\n<dt>" +
         link("/docs/cli", "Commands") + "</dt><dd>Every command of <code>gpuaas</code>, with an example.</dd>\n<dt>" +
         link("/docs/problems/", "Problems") +
         "</dt><dd>Every reason that an error can name: what it means and what to do next.</dd>\n<dt>" +
         link("/openapi.json", "openapi.json") + "</dt><dd>The contract, for programs (OpenAPI 3.1).</dd>\n</dl>";
}

}  // namespace

Docs::Docs(const std::vector<request::Route>& routes) {
  pages_["/docs"] = pages_["/docs/"] = framed("GPUaaS", front_page());
  pages_["/docs/api"] = framed("API", api_page(routes));
  pages_["/docs/cli"] = framed("Commands", cli_page());
  const auto all = problems(routes);
  pages_["/docs/problems"] = pages_["/docs/problems/"] = framed("Problems", problem_list(all));
  for (const auto& [word, problem] : all) pages_["/docs/problems/" + word] = framed(word, problem_page(word, problem));
}

http::Response Docs::answer(const std::string& path) const {
  const auto found = pages_.find(path);
  const bool there = found != pages_.end();
  return {
      .status = there ? 200 : 404,
      .headers = {{"Content-Type", "text/html; charset=utf-8"},
                  {"Cache-Control", there ? "public, max-age=300" : "no-store"},
                  {"Content-Security-Policy", page_policy()},
                  {"Referrer-Policy", "no-referrer"},
                  {"X-Content-Type-Options", "nosniff"},
                  {"X-Frame-Options", "DENY"}},
      .body = there ? found->second : framed("There is no such page", "<p>The docs have no " + code(path) + ".</p>")};
}

}  // namespace server
