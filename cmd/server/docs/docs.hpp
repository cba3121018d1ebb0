// Docs: the pages below /docs/, made once at start out of the route table, the CLI's table of commands and the reasons
// that routes declare. They need no script, no sign-in and nothing from elsewhere, and show nothing of any tenant.
//
// Always true: the `type` of every problem that a route of the table can answer is the address of a page.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "platform/request/runner.hpp"
#include "shared/http/http.hpp"

namespace server {

class Docs final {
 public:
  explicit Docs(const std::vector<request::Route>&);

  static bool owns(std::string_view path) { return path == "/docs" || path.starts_with("/docs/"); }
  /// The page of that address, or 404: a page too, which leads back.
  http::Response answer(const std::string& path) const;

 private:
  std::map<std::string, std::string> pages_;  // HTML, by path
};

}  // namespace server
