#include "guard/rules/contract.hpp"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <utility>

#include "shared/config/config.hpp"

namespace guard::rules {

using boost::json::object;
using boost::json::value;

namespace {

/// Null if there is no such member, or `in` is no object.
const value* member(const value* in, std::string_view name) {
  const object* all = in == nullptr ? nullptr : in->if_object();
  return all == nullptr ? nullptr : all->if_contains(name);
}

std::string text(const value* from) {
  return from != nullptr && from->is_string() ? std::string{from->get_string().c_str()} : std::string{};
}

/// Whether each of the contents (`application/json`: …), of which there is one, has a schema.
bool has_schema(const value* described) {
  const value* content = member(described, "content");
  const object* all = content == nullptr ? nullptr : content->if_object();
  return all != nullptr && !all->empty() &&
         std::ranges::all_of(*all, [](const auto& each) { return member(&each.value(), "schema") != nullptr; });
}

void answers(const value* responses, Operation& out) {
  const object* all = responses == nullptr ? nullptr : responses->if_object();
  if (all == nullptr) return;
  for (const auto& each : *all) {
    const std::string_view status = each.key();
    if (status.starts_with('2')) out.has_answer_schema = has_schema(&each.value());
    if (status == "default" || status.starts_with('4')) out.has_refusal_schema = has_schema(&each.value());
  }
}

/// Of `"text":` in a contract that has lines.
int line_of(std::string_view contract, std::string_view key) {
  const std::size_t at = contract.find("\"" + std::string{key} + "\"");
  return at == std::string_view::npos ? 0 : 1 + static_cast<int>(std::ranges::count(contract.substr(0, at), '\n'));
}

bool is_method(std::string_view word) {
  static constexpr std::array<std::string_view, 8> methods{"get",     "put",  "post",  "delete",
                                                           "options", "head", "patch", "trace"};
  return std::ranges::find(methods, word) != methods.end();
}

Operation operation(std::string_view method, std::string_view path, const value& said, const ContractNames& names) {
  Operation out{.method = std::string{method}, .path = std::string{path}};
  std::ranges::transform(out.method, out.method.begin(), [](char c) { return static_cast<char>(c - 32); });
  out.id = text(member(&said, "operationId"));
  out.permission = text(member(&said, names.permission));
  out.kind = text(member(&said, names.kind));
  out.scope = text(member(&said, names.scope));
  if (const value* tags = member(&said, "tags"); tags != nullptr && tags->is_array())
    for (const value& each : tags->get_array()) out.owners.push_back(text(&each));
  const value* request = member(&said, "requestBody");
  out.has_request = request != nullptr;
  out.has_request_schema = has_schema(request);
  answers(member(&said, "responses"), out);
  return out;
}

}  // namespace

base::Result<std::vector<Operation>> operations_of(const File& contract, const ContractNames& names) {
  boost::system::error_code failed;
  const value root = boost::json::parse({contract.text.data(), contract.text.size()}, failed);
  if (failed) return base::Error{base::invalid, "is no JSON: " + failed.message()};
  const value* paths = member(&root, "paths");
  if (paths == nullptr || !paths->is_object()) return base::Error{base::invalid, "has no paths"};
  std::vector<Operation> all;
  for (const auto& path : paths->get_object()) {
    if (!path.value().is_object()) continue;
    const Place place{contract.path, line_of(contract.text, path.key())};
    for (const auto& method : path.value().get_object())
      if (is_method(method.key())) {
        all.push_back(operation(method.key(), path.key(), method.value(), names));
        all.back().place = place;
      }
  }
  return all;
}

base::Result<Manifest> manifest_of(const File& yaml) {
  const auto translated = config::yaml_to_json(yaml.text, yaml.path);
  if (!translated) return translated.error();
  const value root = boost::json::parse(translated->json);
  const auto place = [&](const std::string& pointer) {
    const auto at = translated->origins.find(pointer);
    return at == translated->origins.end() ? Place{yaml.path} : place_from(at->second);
  };
  const auto items = [&](std::string_view name, const auto& take) {
    const value* list = member(&root, name);
    if (list == nullptr || !list->is_array()) return;
    for (std::size_t i = 0; i < list->get_array().size(); ++i)
      take(&list->get_array()[i], place("/" + std::string{name} + "/" + std::to_string(i)));
  };
  Manifest out{.product = text(member(&root, "name")), .permissions = {}, .routes = {}, .place = {yaml.path}};
  if (out.product.empty()) return base::Error{base::invalid, yaml.path + ": has no name"};
  items("permissions",
        [&](const value* each, const Place& at) { out.permissions.emplace_back(text(member(each, "name")), at); });
  items("operations", [&](const value* each, const Place& at) {
    out.routes.push_back({.permission = text(member(each, "permission")),
                          .method = text(member(each, "method")),
                          .path = text(member(each, "path")),
                          .place = at});
  });
  return out;
}

}  // namespace guard::rules
