#include "platform/request/match.hpp"

#include "platform/request/runner.hpp"

#include <algorithm>
#include <map>
#include <ranges>

namespace request {
namespace {

bool is_parameter(std::string_view segment) { return segment.starts_with('{') && segment.ends_with('}'); }

}  // namespace

std::vector<std::string_view> split_path(std::string_view path) {
  std::vector<std::string_view> segments;
  while (path.starts_with('/')) {
    path.remove_prefix(1);
    const std::size_t end = path.find('/');
    segments.push_back(path.substr(0, end));
    path = end == std::string_view::npos ? std::string_view{} : path.substr(end);
  }
  return segments;
}

base::Result<RouteIndex> RouteIndex::make(const std::vector<Route>& routes) {
  RouteIndex index;
  for (const Route& route : routes)
    if (auto added = index.add(route); !added) return added.error();
  return index;
}

base::Result<void> RouteIndex::add(const Route& route) {
  Node* node = root_.get();
  for (const std::string_view segment : split_path(route.path)) {
    if (is_parameter(segment)) {
      if (!node->parameter) node->parameter = std::make_unique<Node>();
      node = node->parameter.get();
      continue;
    }
    const auto found = std::find_if(node->literals.begin(), node->literals.end(),
                                    [&](const auto& each) { return each.first == segment; });
    if (found != node->literals.end()) {
      node = found->second.get();
    } else {
      node->literals.emplace_back(segment, std::make_unique<Node>());
      node = node->literals.back().second.get();
    }
  }
  for (const Route* other : node->routes)
    if (other->method == route.method)
      return base::Error{base::invalid,
                         "two routes answer " + std::string{method_name(route.method)} + " " + route.path};
  node->routes.push_back(&route);
  return {};
}

const RouteIndex::Node* RouteIndex::walk(const Node& node, const std::vector<std::string>& segments, std::size_t at,
                                         std::vector<std::string_view>& values) {
  if (at == segments.size()) return node.routes.empty() ? nullptr : &node;
  for (const auto& [literal, next] : node.literals)
    if (literal == segments[at])
      if (const Node* found = walk(*next, segments, at + 1, values)) return found;
  if (!node.parameter || segments[at].empty()) return nullptr;
  values.push_back(segments[at]);
  if (const Node* found = walk(*node.parameter, segments, at + 1, values)) return found;
  values.pop_back();
  return nullptr;
}

RouteIndex::Match RouteIndex::find(std::string_view method, std::string_view path) const {
  std::vector<std::string> segments;
  for (const std::string_view raw : split_path(path)) {
    auto segment = raw.contains('%') ? http::percent_decode(raw) : std::optional<std::string>{raw};
    if (!segment) return {};
    segments.push_back(std::move(*segment));
  }
  std::vector<std::string_view> values;
  const Node* node = walk(*root_, segments, 0, values);
  Match match;
  if (node == nullptr) return match;
  for (const Route* route : node->routes) {
    if (method_name(route->method) == method) {
      match.route = route;
    } else {
      if (!match.allowed.empty()) match.allowed += ", ";
      match.allowed += method_name(route->method);
    }
  }
  if (match.route == nullptr) return match;
  std::size_t next = 0;
  for (const std::string_view segment : split_path(match.route->path))
    if (is_parameter(segment))
      match.parameters.emplace_back(segment.substr(1, segment.size() - 2), std::string{values[next++]});
  return match;
}

base::Result<Target> target_of(const Route& route, const std::vector<std::pair<std::string, std::string>>& parameters) {
  if (parameters.empty() || route.options.bulk) return Target{Scope{platform}};
  const auto& [name, value] = parameters.front();
  if (name == "organization" || name == "department" || name == "project" || name == "scope") {
    auto scope = scope_from_text(value);
    if (!scope) return base::Error{base::not_found};
    const bool fits = name == "scope" || (name == "organization" && std::holds_alternative<OrganizationId>(*scope)) ||
                      (name == "department" && std::holds_alternative<DepartmentId>(*scope)) ||
                      (name == "project" && std::holds_alternative<ProjectId>(*scope));
    if (!fits) return base::Error{base::not_found};
    return Target{*scope};
  }
  return Target{value};
}

base::Result<void> name_operations(std::vector<Route>& routes) {
  const auto counted = [&] {
    std::map<std::string, int> count;
    for (const Route& route : routes) ++count[route.operation];
    return count;
  };
  const auto first_parameter = [](const Route& route) -> std::string {
    for (const std::string_view segment : split_path(route.path))
      if (is_parameter(segment)) return "_at_" + std::string{segment.substr(1, segment.size() - 2)};
    return "";
  };
  const auto last_word = [](const Route& route) -> std::string {
    for (std::string_view word : split_path(route.path) | std::views::reverse)
      if (!is_parameter(word)) return "_" + std::string{word};
    return "";
  };
  auto count = counted();
  for (Route& route : routes)
    if (count[route.operation] > 1) route.operation += first_parameter(route);
  count = counted();
  for (Route& route : routes)
    if (count[route.operation] > 1) route.operation += last_word(route);
  for (const auto& [operation, n] : counted())
    if (n > 1) return base::Error{base::invalid, "two routes are the operation " + operation};
  for (Route& route : routes) std::replace(route.operation.begin(), route.operation.end(), '-', '_');
  return {};
}

}  // namespace request
