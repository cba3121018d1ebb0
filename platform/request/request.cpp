#include "platform/request/request.hpp"

#include "platform/request/ports.hpp"

namespace request {

std::string text(const Scope& scope) {
  return std::visit([](const auto& id) { return id.text(); }, scope);
}

std::string text(const Target& target) {
  const auto* scope = std::get_if<Scope>(&target);
  return scope ? text(*scope) : std::get<std::string>(target);
}

base::Result<Scope> scope_from_text(std::string_view from) {
  if (const auto id = ProjectId::parse(from)) return Scope{*id};
  if (const auto id = DepartmentId::parse(from)) return Scope{*id};
  if (const auto id = OrganizationId::parse(from)) return Scope{*id};
  if (const auto id = PlatformId::parse(from); id && *id == platform) return Scope{*id};
  return base::Error{base::invalid, "not the id of a scope"};
}

std::string path_text(const std::vector<Scope>& path) {
  std::string text_of;
  for (const Scope& scope : path) text_of += (text_of.empty() ? "" : "/") + text(scope);
  return text_of;
}

std::vector<Scope> path_from_text(std::string_view from) {
  std::vector<Scope> path;
  while (!from.empty()) {
    const std::size_t end = from.find('/');
    const auto scope = scope_from_text(from.substr(0, end));
    CHECK(scope.has_value());
    path.push_back(*scope);
    from = end == std::string_view::npos ? std::string_view{} : from.substr(end + 1);
  }
  return path;
}

namespace {

std::vector<std::string> offered_subprotocols(const http::Request& request) {
  std::vector<std::string> offered;
  std::string_view rest = http::find(request.headers, "Sec-WebSocket-Protocol").value_or("");
  while (!rest.empty()) {
    const std::size_t end = rest.find(',');
    std::string_view each = rest.substr(0, end);
    while (each.starts_with(' ')) each.remove_prefix(1);
    while (each.ends_with(' ')) each.remove_suffix(1);
    offered.emplace_back(each);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  }
  return offered;
}

std::string accepted_word(std::string_view scheme) { return std::string{scheme} + ".accepted"; }

}  // namespace

std::optional<std::string> offered_credential(const http::Request& request, std::string_view scheme) {
  for (std::string& each : offered_subprotocols(request))
    if (each.starts_with(std::string{scheme} + ".") && each != accepted_word(scheme)) return std::move(each);
  return std::nullopt;
}

std::string chosen_subprotocol(const http::Request& request, std::string_view scheme) {
  for (const std::string& each : offered_subprotocols(request))
    if (each == accepted_word(scheme)) return each;
  return offered_credential(request, scheme).value_or("");
}

std::string_view method_name(Method method) {
  switch (method) {
    case GET:
      return "GET";
    case POST:
      return "POST";
    case PUT:
      return "PUT";
    case PATCH:
      return "PATCH";
    case DELETE:
      return "DELETE";
  }
  CHECK(false);
}

std::string Routes::operation_of(const Permission& permission) {
  const std::string_view name = permission.name;
  const std::size_t verb = name.rfind('.');
  CHECK(verb != std::string_view::npos && verb > 0);
  const std::size_t type = name.rfind('.', verb - 1);
  CHECK(type != std::string_view::npos);  // owner.resource_type.verb
  std::string operation{name.substr(type + 1)};
  operation[verb - type - 1] = '_';
  return operation;
}

}  // namespace request
