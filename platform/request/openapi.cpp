// OpenAPI 3.1 out of the route table. Canonical: paths, methods and components in byte order, so that the same routes
// give the same bytes and a change of the contract is a difference in one file.
#include <algorithm>
#include <map>

#include "platform/request/match.hpp"
#include "platform/request/runner.hpp"
#include "shared/json/document.hpp"

namespace request {
namespace {

std::vector<std::string> path_parameters(std::string_view path) {
  std::vector<std::string> names;
  for (const std::string_view segment : split_path(path))
    if (segment.starts_with('{')) names.emplace_back(segment.substr(1, segment.size() - 2));
  return names;
}

std::string_view kind_word(RouteKind kind) {
  switch (kind) {
    case RouteKind::read:
    case RouteKind::read_memory:
      return "read";
    case RouteKind::change:
      return "change";
    case RouteKind::stream:
      return "stream";
  }
  CHECK(false);
}

std::string scope_word(const Route& route) {
  if (route.anyone()) return "anyone";
  if (route.options.bulk) return "caller";
  const auto names = path_parameters(route.path);
  return names.empty() ? "platform" : names.front();
}

void parameter(json::Writer& out, std::string_view name, std::string_view where, bool required,
               std::string_view schema) {
  out.object().member("name", name).member("in", where).member("required", required).key("schema").raw(schema).end();
}

void parameters(json::Writer& out, const Route& route, std::map<std::string, std::string>& components) {
  const auto in_path = path_parameters(route.path);
  const auto members = route.members(components);
  out.key("parameters").list();
  for (const std::string& name : in_path) {
    const auto own = std::find_if(members.begin(), members.end(), [&](const auto& each) { return each.name == name; });
    parameter(out, name, "path", true, own != members.end() ? own->schema : R"({"type":"string"})");
  }
  if (route.method == GET)
    for (const json::Member& each : members)
      if (std::find(in_path.begin(), in_path.end(), each.name) == in_path.end())
        parameter(out, each.name, "query", each.required, each.schema);
  if (route.method == POST && !route.anyone() && !route.options.keyless)
    parameter(out, "Idempotency-Key", "header", true, R"({"type":"string","minLength":1,"maxLength":128})");
  out.end();
}

void responses(json::Writer& out, const Route& route, std::map<std::string, std::string>& components) {
  out.key("responses").object();
  out.key(std::to_string(route.kind == RouteKind::stream ? 200 : route.options.status)).object();
  out.member("description",
             route.kind == RouteKind::stream ? "a stream: server-sent events, bytes or a WebSocket" : "done");
  if (route.output_schema != nullptr)
    out.key("content")
        .object()
        .key("application/json")
        .object()
        .key("schema")
        .raw(route.output_schema(components))
        .end()
        .end();
  out.end();
  out.key("default").object().member("description", "refused").key("content").object();
  out.key("application/problem+json").object().key("schema").raw(R"({"$ref":"#/components/schemas/Problem"})");
  out.end().end().end().end();
}

void operation(json::Writer& out, const Route& route, std::map<std::string, std::string>& components) {
  out.object().member("operationId", route.operation);
  if (!route.options.summary.empty()) out.member("summary", route.options.summary);
  out.key("tags").list().value(route.module).end();
  parameters(out, route, components);
  if (route.method != GET)
    if (const auto body = route.body_schema(path_parameters(route.path), components))
      out.key("requestBody")
          .object()
          .member("required", true)
          .key("content")
          .object()
          .key("application/json")
          .object()
          .key("schema")
          .raw(*body)
          .end()
          .end()
          .end();
  responses(out, route, components);
  out.member("x-permission", route.permission->name);
  out.member("x-kind", kind_word(route.kind));
  out.member("x-scope", scope_word(route));
  if (route.anyone()) out.member("x-anyone", route.why_anyone);
  if (!route.options.creates.empty()) out.member("x-creates", route.options.creates);
  out.key("x-reasons").list();
  for (const base::Reason& reason : route.options.reasons) out.value(reason.word);
  out.end().end();
}

constexpr std::string_view problem_schema =
    R"({"type":"object","required":["type","title","status","reason","request_id"],"properties":{)"
    R"("type":{"type":"string"},"title":{"type":"string"},"status":{"type":"integer"},"reason":{"type":"string"},)"
    R"("detail":{"type":"string"},"pointer":{"type":"string"},"next":{"type":"string"},"request_id":{"type":"string"}}})";

}  // namespace

std::string openapi(const std::vector<Route>& routes) {
  std::map<std::string, std::map<std::string, const Route*>> paths;
  for (const Route& route : routes) {
    std::string method{method_name(route.method)};
    std::transform(method.begin(), method.end(), method.begin(), [](char c) { return static_cast<char>(c | 0x20); });
    paths[route.path][method] = &route;
  }
  std::map<std::string, std::string> components{{"Problem", std::string{problem_schema}}};
  json::Writer out;
  out.object().member("openapi", "3.1.0");
  out.key("info").object().member("title", "GPUaaS").member("version", "1").end();
  out.key("paths").object();
  for (const auto& [path, methods] : paths) {
    out.key(path).object();
    for (const auto& [method, route] : methods) {
      out.key(method);
      operation(out, *route, components);
    }
    out.end();
  }
  out.end();
  out.key("components").object().key("schemas").object();
  for (const auto& [name, schema] : components) out.key(name).raw(schema);
  out.end().end().end();
  return out.take() + "\n";
}

}  // namespace request
