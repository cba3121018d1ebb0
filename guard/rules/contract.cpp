#include "guard/rules/contract.hpp"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <optional>
#include <set>

#include "guard/model/json_file.hpp"
#include "guard/rules/json.hpp"

namespace guard::rules {

using boost::json::object;
using boost::json::value;

namespace {

constexpr int references_max = 32;  // that lead on from one another

/// What a `$ref` stands for, or `given` itself; null if it leads nowhere.
const value* resolved(const value& root, const value* given) {
  for (int i = 0; i < references_max && given != nullptr; ++i) {
    const value* reference = member(given, "$ref");
    if (reference == nullptr) return given;
    const std::string to = text(reference);
    boost::system::error_code failed;
    given = to.starts_with("#/") ? root.find_pointer(to.substr(1), failed) : nullptr;
  }
  return nullptr;
}

bool is_schema(const value& root, const value* given) {
  const value* found = resolved(root, given);
  return found != nullptr && found->is_object() && !found->get_object().empty();
}

/// Whether each of the contents (`application/json`: …), of which there is one, has a schema.
bool has_schema(const value& root, const value* described) {
  const value* content = member(resolved(root, described), "content");
  const object* all = content == nullptr ? nullptr : content->if_object();
  return all != nullptr && !all->empty() &&
         std::ranges::all_of(*all, [&](const auto& each) { return is_schema(root, member(&each.value(), "schema")); });
}

void answers(const value& root, const value* responses, Operation& out) {
  const object* all = responses == nullptr ? nullptr : responses->if_object();
  if (all == nullptr) return;
  std::optional<bool> answer, refusal;
  for (const auto& each : *all) {
    const std::string_view status = each.key();
    const bool is_whole = has_schema(root, &each.value());
    if (status.starts_with('2')) answer = answer.value_or(true) && (is_whole || status == "204");
    if (status == "default" || status.starts_with('4') || status.starts_with('5'))
      refusal = refusal.value_or(true) && is_whole;
  }
  out.has_answer_schema = answer.value_or(false);
  out.has_refusal_schema = refusal.value_or(false);
}

int line_at(std::string_view contract, std::size_t at) {
  return 1 + static_cast<int>(std::ranges::count(contract.substr(0, at), '\n'));
}

/// Of `"text":` in a contract that has lines.
int line_of(std::string_view contract, std::string_view key) {
  const std::size_t at = contract.find("\"" + std::string{key} + "\"");
  return at == std::string_view::npos ? 0 : line_at(contract, at);
}

/// From its quote to after the other.
std::string_view text_at(std::string_view json, std::size_t at) {
  std::size_t end = at + 1;
  while (end < json.size() && json[end] != '"') end += json[end] == '\\' ? 2 : 1;
  return json.substr(at, end + 1 - at);
}

/// `4: "x" stands twice`: of two, a reader takes either. `json` is known to be JSON.
std::optional<std::string> twice_in(std::string_view json) {
  std::vector<std::set<std::string, std::less<>>> names;
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (json[i] == '{') names.emplace_back();
    if (json[i] == '}') names.pop_back();
    if (json[i] != '"') continue;
    const std::string_view written = text_at(json, i);
    const std::size_t after = json.find_first_not_of(" \t\r\n", i + written.size());
    const bool is_name = after != std::string_view::npos && json[after] == ':';
    if (is_name && !names.back().emplace(boost::json::parse(written).as_string()).second)
      return "has " + std::string{written} + " twice in one object, in line " + std::to_string(line_at(json, i));
    i += written.size() - 1;
  }
  return std::nullopt;
}

bool is_method(std::string_view word) {
  static constexpr std::array<std::string_view, 8> methods{"get",     "put",  "post",  "delete",
                                                           "options", "head", "patch", "trace"};
  return std::ranges::find(methods, word) != methods.end();
}

/// What a path may have beside its operations.
bool is_beside(std::string_view word) {
  static constexpr std::array<std::string_view, 4> known{"summary", "description", "servers", "parameters"};
  return word.starts_with("x-") || std::ranges::find(known, word) != known.end();
}

Operation operation(const value& root, std::string_view method, std::string_view path, const value& said,
                    const ContractNames& names) {
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
  out.has_request_schema = has_schema(root, request);
  answers(root, member(&said, "responses"), out);
  return out;
}

}  // namespace

base::Result<std::vector<Operation>> operations_of(const File& contract, const ContractNames& names) {
  const auto invalid = [&](const std::string& what) { return base::Error{base::invalid, contract.path + ": " + what}; };
  const auto root = parse_json(contract.text, contract.path);
  if (!root) return root.error();
  if (const auto twice = twice_in(contract.text)) return invalid(*twice);
  const value* paths = member(&*root, "paths");
  if (paths == nullptr || !paths->is_object()) return invalid("has no paths");
  std::vector<Operation> all;
  for (const auto& path : paths->get_object()) {
    const std::string key{path.key()};
    if (key.starts_with("x-")) continue;
    if (!key.starts_with('/')) return invalid("has the path " + key + ", which begins with no /");
    if (!path.value().is_object()) return invalid("has a path that is no object: " + key);
    const Place place{contract.path, line_of(contract.text, key)};
    for (const auto& method : path.value().get_object()) {
      if (is_beside(method.key())) continue;
      if (!is_method(method.key()))
        return invalid("has " + std::string{method.key()} + " of " + key + ", which is no method");
      if (!method.value().is_object())
        return invalid("has " + std::string{method.key()} + " of " + key + ", which is no object");
      all.push_back(operation(*root, method.key(), key, method.value(), names));
      all.back().place = place;
    }
  }
  if (all.empty()) return invalid("has no operations");
  return all;
}

std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> all;
  while (path.size() > 1) {
    path.remove_prefix(1);  // the `/`
    const std::size_t end = std::min(path.find('/'), path.size());
    all.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return all;
}

}  // namespace guard::rules
