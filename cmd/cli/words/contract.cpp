#include "cmd/cli/words/contract.hpp"

#include <algorithm>
#include <array>

namespace cli {
namespace {

using json::Document;

/// Changes that a person asks for by other words.
constexpr std::array<std::string_view, 2> said_otherwise{
    "access.session.create",  // by `terminal` and `instance exec`
    "iam.session.end",        // a browser's; `logout` ends a key
};

struct Place {
  std::string_view name;
  Takes takes;
};
constexpr Place named_places[] = {{"instance", Takes::instance},
                                  {"resource", Takes::resource},
                                  {"principal", Takes::principal},
                                  {"key", Takes::api_key}};
constexpr Place flagged_places[] = {{"organization", Takes::organization}, {"project", Takes::project}};

const Place* find(std::span<const Place> places, std::string_view name) {
  const auto found = std::ranges::find(places, name, &Place::name);
  return found == places.end() ? nullptr : &*found;
}

/// Whether a table's path, in which {at} and {in} are any scope, is that of an operation.
bool same_path(std::string_view table, std::string_view operation) {
  for (const std::string_view any : {"{at}", "{in}"}) {
    const auto at = table.find(any);
    if (at == table.npos) continue;
    for (const std::string_view scope :
         {"organizations/{organization}", "departments/{department}", "projects/{project}"})
      if (std::string{table.substr(0, at)}.append(scope).append(table.substr(at + any.size())) == operation)
        return true;
  }
  return table == operation;
}

std::string upper(std::string_view text) {
  std::string out{text};
  for (char& c : out) c = c == '_' ? '-' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return out;
}

std::string dashed(std::string text) {
  std::ranges::replace(text, '_', '-');
  return text;
}

class Derivation final {
 public:
  Derivation(const Document& contract, Derived& out) : schemas_(contract["components"]["schemas"]), out_(out) {}

  /// Nothing when the words cannot say it.
  std::optional<Command> command(std::string_view method, std::string_view path, const Document& operation) {
    const std::string& permission = operation["x-permission"].as_text();
    const auto verb = permission.rfind('.');
    const auto noun = verb == permission.npos ? verb : permission.rfind('.', verb - 1);
    if (noun == permission.npos) return std::nullopt;
    Command made{.noun = keep(dashed(permission.substr(noun + 1, verb - noun - 1))),
                 .verb = keep(dashed(permission.substr(verb + 1))),
                 .method = keep(std::string{method}),
                 .path = keep(std::string{path}),
                 .answer = Answer::line};
    std::string example = words_of_example(made);
    add_places(made, operation, example);
    if (!add_body(made, resolved(content(operation["requestBody"])), example)) return std::nullopt;
    add_columns(made, resolved(content(operation["responses"]["200"].is_null() ? operation["responses"]["201"]
                                                                               : operation["responses"]["200"])));
    if (made.columns.empty()) return std::nullopt;
    const std::string& summary = operation["summary"].as_text();
    made.help = keep(summary.empty() ? std::string{method} + " " + std::string{path} : summary);
    made.example = keep(std::move(example));
    return made;
  }

 private:
  std::string_view keep(std::string text) { return out_.words.emplace_back(std::move(text)); }

  static std::string words_of_example(const Command& command) {
    return "gpuaas " + std::string{command.noun} + " " + std::string{command.verb};
  }

  static const Document& content(const Document& holder) { return holder["content"]["application/json"]["schema"]; }

  /// What a reference names; an optional's own schema; else the schema itself.
  const Document& resolved(const Document& schema) const {
    constexpr std::string_view prefix = "#/components/schemas/";
    const std::string& reference = schema["$ref"].as_text();
    if (reference.starts_with(prefix)) return schemas_[reference.substr(prefix.size())];
    return schema.has("anyOf") ? schema["anyOf"][0] : schema;
  }

  void add_places(Command& command, const Document& operation, std::string& example) {
    for (const Document& each : operation["parameters"].items()) {
      if (each["in"].as_text() != "path") continue;
      const std::string_view name = keep(each["name"].as_text());
      if (const Place* flagged = find(flagged_places, name)) {
        command.flags.push_back({"at", "PATH", "at this place", flagged->takes, To::path, name});
        continue;
      }
      const Place* known = find(named_places, name);
      const std::string_view shown = keep(name == command.noun ? "NAME" : upper(name));
      command.params.push_back({shown, known ? known->takes : Takes::text, To::path, name});
      example += " " + std::string{shown};
    }
  }

  /// A member is a flag; what is neither a text nor a number nobody can type.
  bool add_body(Command& command, const Document& body, std::string& example) {
    const Document& members = body["properties"];
    for (std::size_t i = 0; i < members.size(); ++i) {
      const std::string& type = resolved(members.items()[i])["type"].as_text();
      if (type != "string" && type != "integer") return false;
      const std::string_view member = keep(members.keys()[i]);
      const std::string_view flag = keep(dashed(members.keys()[i])), value = keep(upper(member));
      const bool required =
          std::ranges::any_of(body["required"].items(), [&](const Document& each) { return each.as_text() == member; });
      command.flags.push_back({flag, value, required ? "required" : "optional",
                               type == "string" ? Takes::text : Takes::number, To::body, member, required});
      if (required) example += " --" + std::string{flag} + " " + (type == "string" ? std::string{value} : "1");
    }
    return true;
  }

  void add_columns(Command& command, const Document& answer) {
    static constexpr Column shown[] = {{"ID", "id"}, {"NAME", "name"}, {"STATE", "state"}};
    for (const Column& each : shown)
      if (answer["properties"].has(each.member)) command.columns.push_back(each);
  }

  const Document& schemas_;
  Derived& out_;
};

bool is_for_people(const Document& operation) {
  return operation["x-kind"].as_text() == "change" && !operation.has("x-anyone") &&
         operation["x-scope"].as_text() != "node" &&
         std::ranges::count(said_otherwise, operation["x-permission"].as_text()) == 0;
}

}  // namespace

Derived derive(const Document& contract, const std::vector<Command>& table) {
  Derived out;
  Derivation derivation{contract, out};
  const auto has_route = [&](std::string_view method, std::string_view path) {
    return std::ranges::any_of(
        table, [&](const Command& each) { return each.method == method && same_path(each.path, path); });
  };
  const auto has_words = [](const std::vector<Command>& commands, const Command& wanted) {
    return std::ranges::any_of(
        commands, [&](const Command& each) { return each.noun == wanted.noun && each.verb == wanted.verb; });
  };
  const Document& paths = contract["paths"];
  for (std::size_t i = 0; i < paths.size(); ++i) {
    const std::string& path = paths.keys()[i];
    const Document& methods = paths.items()[i];
    for (std::size_t j = 0; j < methods.size(); ++j) {
      const Document& operation = methods.items()[j];
      const std::string method = upper(methods.keys()[j]);
      if (!is_for_people(operation) || has_route(method, path)) continue;
      auto command = derivation.command(method, path, operation);
      if (command && !has_words(table, *command) && !has_words(out.commands, *command))
        out.commands.push_back(std::move(*command));
      else
        out.needs_a_line.push_back(operation["operationId"].as_text());
    }
  }
  return out;
}

}  // namespace cli
