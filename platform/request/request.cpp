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
