// What is shown as no plain table: the tree, lineage, and whether somebody may.
#include "cmd/cli/perform.hpp"
#include "cmd/cli/words/lineage.hpp"
#include "cmd/cli/words/table.hpp"

namespace cli {
namespace {

constexpr std::string_view cli_version = "0.1.0";

bool is_plain(const Context& context) { return context.output == "table" || context.output == "wide"; }

Ending ended(const Outcome<void>& printed, int code = 0) {
  if (!printed) return std::unexpected(printed.error());
  return code;
}

}  // namespace

Ending scope_tree(Context& context) {
  if (!is_plain(context)) {
    Ask ask{.path = "/v1/scopes"};
    if (context.output == "json") {
      auto answer = context.session.call(ask);
      if (!answer) return std::unexpected(answer.error());
      return ended(print_one(context, answer->body, Answer::line));
    }
    auto all = all_items(context.session, ask, items_default);
    if (!all) return std::unexpected(all.error());
    std::string text;
    if (context.output == "name")
      text = names(all->items, "path");
    else
      for (const json::Document& each : all->items) text += "---\n" + yaml(each);
    return ended(print(text));
  }
  auto all = all_items(context.session, {.path = "/v1/scopes"}, 100'000);
  if (!all) return std::unexpected(all.error());
  return ended(print(tree(all->items)));
}

Ending lineage(Context& context) {
  auto id = context.places.value(Takes::resource, context.parsed.words.at("resource"));
  if (!id) return std::unexpected(id.error());
  auto answer = context.session.call({.path = "/v1/resources/" + *id + "/lineage"});
  if (!answer) return std::unexpected(answer.error());
  if (context.output == "name") return ended(print(*id + "\n"));
  if (!is_plain(context)) return ended(print_one(context, answer->body, Answer::line));
  const auto parsed = json::Document::parse(answer->body);
  if (!parsed) return std::unexpected(Failure{.what = "the answer is no JSON: " + parsed.error().detail});
  return ended(print(lineage_text(*parsed, context.output == "wide")));
}

Ending access_check(Context& context) {
  const auto& words = context.parsed.words;
  auto target = context.places.value(Takes::target, words.at("target"));
  if (!target) return std::unexpected(target.error());
  json::Writer body;
  body.object().member("principal", words.at("principal")).member("permission", words.at("permission"));
  body.member("target", *target).end();
  auto answer = context.session.call({.method = "POST", .path = "/v1/access-check", .body = body.take()});
  if (!answer) return std::unexpected(answer.error());
  const auto parsed = json::Document::parse(answer->body);
  if (!parsed) return std::unexpected(Failure{.what = "the answer is no JSON: " + parsed.error().detail});
  const json::Document& said = *parsed;
  const int code = static_cast<int>(said["allowed"].as_bool() ? Exit::done : Exit::refused);
  if (!is_plain(context)) return ended(print_one(context, answer->body, Answer::line), code);
  std::string text = said["allowed"].as_bool() ? "allow" : "deny";
  text += "  " + words.at("permission");
  if (const auto& path = said["path"].as_text(); !path.empty()) text += " at " + path;
  if (const auto& role = said["role"].as_text(); !role.empty()) text += "  by role " + role;
  if (const auto& binding = said["binding"].as_text(); !binding.empty()) text += ", binding " + binding;
  if (!said["allowed"].as_bool()) text += "  " + said["reason"].as_text();
  return ended(print(printable(text) + "\n"), code);
}

Ending explain(Context&) {
  return std::unexpected(
      Failure{.exit = Exit::failed,
              .what = "this platform does not explain decisions in full",
              .next = "`gpuaas access check PRINCIPAL PERMISSION TARGET` says yes or no, and by which role."});
}

Ending version(Context& context) {
  if (context.output == "json") return ended(print(R"({"version":")" + std::string{cli_version} + "\"}\n"));
  return ended(print("gpuaas " + std::string{cli_version} + "\n"));
}

}  // namespace cli
