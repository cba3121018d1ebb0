// Which scope an item is done for, and which resource its record names, read off its described members.
#pragma once

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

#include "platform/request/request.hpp"

namespace jobs {

template <class T>
inline constexpr bool is_scope = std::is_same_v<T, request::Scope> || std::is_same_v<T, request::ProjectId> ||
                                 std::is_same_v<T, request::DepartmentId> ||
                                 std::is_same_v<T, request::OrganizationId> || std::is_same_v<T, request::PlatformId>;

template <class Input>
using Members = boost::describe::describe_members<Input, boost::describe::mod_any_access>;

/// The first member that is a scope, or the platform when there is none.
template <class Input>
request::Scope scope_of(const Input& input) {
  request::Scope scope{request::platform};
  bool found = false;
  boost::mp11::mp_for_each<Members<Input>>([&](auto each) {
    using T = std::remove_cvref_t<decltype(input.*each.pointer)>;
    if constexpr (is_scope<T>) {
      if (!found) scope = request::Scope{input.*each.pointer};
      found = true;
    }
  });
  return scope;
}

/// The first member that is an id and no scope, as text; empty when there is none.
template <class Input>
std::string resource_of(const Input& input) {
  std::string resource;
  boost::mp11::mp_for_each<Members<Input>>([&](auto each) {
    using T = std::remove_cvref_t<decltype(input.*each.pointer)>;
    if constexpr (base::is_id<T> && !is_scope<T>) {
      if (resource.empty()) resource = (input.*each.pointer).text();
    }
  });
  return resource;
}

}  // namespace jobs
