// Match: which route a method and path mean, and what its parameters are.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "platform/request/ports.hpp"
#include "platform/request/request.hpp"

namespace request {

/// A path split at "/": "{name}" segments match anything, literal ones win over them.
class RouteIndex final {
 public:
  /// Errors: `invalid`, when two routes answer one method and path or one operation stands twice for one shape.
  static base::Result<RouteIndex> make(const std::vector<Route>&);

  struct Match {
    const Route* route = nullptr;  // nothing: see `allowed`
    std::vector<std::pair<std::string, std::string>> parameters;
    std::string allowed;  // methods that this path does have, for 405
  };
  Match find(std::string_view method, std::string_view path) const;

 private:
  struct Node {
    std::vector<std::pair<std::string, std::unique_ptr<Node>>> literals;
    std::unique_ptr<Node> parameter;
    std::vector<const Route*> routes;
  };
  base::Result<void> add(const Route&);
  static const Node* walk(const Node&, const std::vector<std::string>& segments, std::size_t at,
                          std::vector<std::string_view>& values);

  std::unique_ptr<Node> root_ = std::make_unique<Node>();
};

/// Where a request's permission is decided: the first parameter's scope or resource, else the platform.
/// Errors: `not_found` (it is no id at all, so nothing is there).
base::Result<Target> target_of(const Route&, const std::vector<std::pair<std::string, std::string>>& parameters);

std::vector<std::string_view> split_path(std::string_view path);

}  // namespace request
