#include "cmd/cli/perform.hpp"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>

#include "cmd/cli/words/table.hpp"

namespace cli {
namespace {

using Values = std::vector<std::pair<std::string, std::string>>;

struct Given {
  Takes takes;
  To to;
  std::string member, word;
};

std::vector<Given> given(const Parsed& parsed) {
  std::vector<Given> out;
  for (const Param& each : parsed.command->params)
    if (const auto word = parsed.words.find(each.member); word != parsed.words.end())
      out.push_back({each.takes, each.to, std::string{each.member}, word->second});
  for (const Flag& each : parsed.command->flags)
    if (const auto word = parsed.flag(each.name); word && each.to != To::own)
      out.push_back({each.takes, each.to, std::string{each.member}, *word});
  return out;
}

bool looked_up_last(Takes takes) { return takes == Takes::principal || takes == Takes::api_key; }

std::string place_of(std::string_view path) {
  const auto open = path.find('{');
  return open == path.npos ? "" : std::string{path.substr(open + 1, path.find('}') - open - 1)};
}

/// What stands for a place of the route that no word names.
Outcome<std::string> default_place(Context& context, const std::string& member) {
  const bool at = member == "at", project = member == "project";
  auto place = at || project ? context.places.here() : context.places.own_organization();
  if (!place) return std::unexpected(place.error());
  if (at) return in_route(*place);
  if (project && place->kind != "project")
    return wrong_usage("say in which project", "Give --project PATH, or set GPUAAS_PROJECT.");
  return place->id;
}

/// A resource's charges are in its organization, wherever the caller is at home.
Outcome<std::string> place_of_resource(Context& context, const std::string& member, std::string_view word) {
  auto resource = context.places.resource(word, "");
  if (!resource) return std::unexpected(resource.error());
  if (resource->scope.empty()) return default_place(context, member);  // by id: nothing is known of it
  auto scope = context.places.scope(resource->scope, {});
  if (!scope) return std::unexpected(scope.error());
  if (member == "at") return in_route(*scope);
  auto organization = context.places.organization_of(*scope);
  if (!organization) return std::unexpected(organization.error());
  return organization->id;
}

const std::string* find(const Values& values, std::string_view member) {
  for (const auto& [name, value] : values)
    if (name == member) return &value;
  return nullptr;
}

/// "departments/dep_…" or "org_…" -> the organization in which principals are looked for.
Outcome<std::string> organization_in(Context& context, const Values& places) {
  const std::string* at = find(places, "organization");
  if (at != nullptr) return *at;
  at = find(places, "at");
  if (at == nullptr) return default_place(context, "organization");
  auto scope = context.places.scope(split_last(*at).second, {});
  if (!scope) return std::unexpected(scope.error());
  auto organization = context.places.organization_of(*scope);
  if (!organization) return std::unexpected(organization.error());
  return organization->id;
}

/// Of members whose values are JSON already.
std::string body_of(const Values& members) {
  json::Writer out;
  out.object();
  for (const auto& [name, value] : members) out.key(name).raw(value);
  return out.end().take();
}

void note_more(const Context& context, std::string_view what) {
  if (context.parsed.has("limit") && context.output != "json") return;
  const std::string text = "incomplete: " + std::string{what} + "\n";
  (void)!::write(STDERR_FILENO, text.data(), text.size());
}

Outcome<void> print_body(const std::string& body) { return print(body.ends_with('\n') ? body : body + "\n"); }

// -o json is the answer to one question, byte for byte.
Ending print_page(Context& context, const Ask& ask) {
  auto answer = context.session.call(ask);
  if (!answer) return std::unexpected(answer.error());
  if (auto printed = print_body(answer->body); !printed) return std::unexpected(printed.error());
  const auto parsed = json::Document::parse(answer->body);
  if (parsed && !(*parsed)["next"].is_null())
    note_more(context, "the list goes on; --after " + (*parsed)["next"].as_text());
  return 0;
}

std::string plural(const Command& command) {
  return std::string{command.noun} + (command.noun == "usage" ? " events" : "s");
}

void say_empty(const Command& command) {
  if (isatty(STDERR_FILENO) == 0) return;
  std::string text = "no " + plural(command) + " here";
  if (!command.when_empty.empty()) text += "; to make one: " + std::string{command.when_empty};
  fprintf(stderr, "%s\n", text.c_str());
}

Ending print_list(Context& context, Ask ask) {
  const Command& command = context.command();
  const auto limit = context.parsed.flag("limit");
  if (limit && command.only.empty())
    ask.query.emplace_back("limit", std::to_string(std::min<std::size_t>(std::stoul(*limit), 500)));
  if (const auto after = context.parsed.flag("after")) ask.query.emplace_back("after", *after);
  if (context.output == "json") return print_page(context, ask);
  // What is narrowed here (`only`) is counted after it was narrowed.
  const std::size_t most = limit ? std::stoul(*limit) : items_default;
  auto all = all_items(context.session, ask, command.only.empty() ? most : 100'000);
  if (!all) return std::unexpected(all.error());
  if (!command.only.empty()) {
    std::erase_if(all->items, [&](const json::Document& each) { return each["kind"].as_text() != command.only; });
    all->more = all->items.size() > most;
    if (all->more) all->items.resize(most);
  }
  std::string text;
  if (context.output == "yaml") {
    for (const json::Document& each : all->items) text += "---\n" + yaml(each);
  } else if (context.output == "name") {
    text = names(all->items, command.id);
  } else if (all->items.empty()) {
    say_empty(command);
    return 0;
  } else {
    text = table(all->items, command.columns, context.output == "wide", command.footnote, context.clock.now());
  }
  if (auto printed = print(text); !printed) return std::unexpected(printed.error());
  if (all->more) note_more(context, "the first " + std::to_string(most) + "; more with --limit");
  return 0;
}

struct Own {
  std::string_view noun, verb;
  Ending (*perform)(Context&);
};
constexpr Own own[] = {
    {"scope", "tree", scope_tree},
    {"lineage", "", lineage},
    {"access", "check", access_check},
    {"access", "explain", explain},
    {"explain", "", explain},
    {"version", "", version},
    {"instance", "create", instance_create},
    {"instance", "stop", instance_change},
    {"instance", "delete", instance_change},
    {"instance", "wait", instance_wait},
    {"instance", "logs", instance_logs},
    {"instance", "metrics", instance_metrics},
    {"instance", "top", instance_metrics},
    {"instance", "exec", instance_exec},
    {"terminal", "", terminal},
    {"balance", "show", balance_show},
    {"ledger", "trial-balance", trial_balance},
    {"cost", "show", cost_show},
    {"login", "", login},
    {"logout", "", logout},
};

}  // namespace

Outcome<void> print(std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(STDOUT_FILENO, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return std::unexpected(Failure{.exit = Exit::failed});
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return {};
}

Outcome<void> print_one(Context& context, const std::string& body, Answer answer) {
  if (context.output == "json") return print_body(body);
  auto parsed = json::Document::parse(body);
  if (!parsed) return std::unexpected(Failure{.what = "the answer is no JSON: " + parsed.error().detail});
  const Command& command = context.command();
  const base::Instant now = context.clock.now();
  if (context.output == "yaml") return print(yaml(*parsed));
  if (context.output == "name") return print(names({&*parsed, 1}, command.id));
  if (answer == Answer::card || context.output == "wide")
    return print(card(*parsed, command.columns, command.footnote, now));
  return print(line(*parsed, command.columns, now));
}

Outcome<Ask> make_ask(Context& context) {
  const Command& command = context.command();
  Ask ask{.method = std::string{command.method}};
  Values places, body;
  auto words = given(context.parsed);
  std::string resource_word;  // principals and keys are looked up last: where depends on the other words
  std::partition(words.begin(), words.end(), [](const Given& each) { return !looked_up_last(each.takes); });
  std::optional<std::string> within;
  const auto keep = [&](const Given& each, std::string value) {
    if (each.to == To::path)
      places.emplace_back(each.member, std::move(value));
    else if (each.to == To::query)
      ask.query.emplace_back(each.member, std::move(value));
    else if (each.to == To::body)
      body.emplace_back(each.member, each.takes == Takes::number ? std::move(value) : json::encode(value));
  };
  for (const Given& each : words) {
    if (looked_up_last(each.takes) && !is_id(each.word) && !within) {
      auto organization = organization_in(context, places);
      if (!organization) return std::unexpected(organization.error());
      within = *organization;
    }
    auto value = context.places.value(each.takes, each.word, within);
    if (!value) return std::unexpected(value.error());
    if (each.takes == Takes::resource && each.to == To::query) resource_word = each.word;
    keep(each, std::move(*value));
  }
  std::string path{command.path};
  for (std::string member = place_of(path); !member.empty(); member = place_of(path)) {
    Outcome<std::string> value;
    if (const std::string* word = find(places, member)) {
      value = *word;
    } else {
      value =
          resource_word.empty() ? default_place(context, member) : place_of_resource(context, member, resource_word);
    }
    if (!value) return std::unexpected(value.error());
    path.replace(path.find('{'), member.size() + 2, *value);
  }
  ask.path = std::move(path);
  if (ask.method == "POST") ask.body = body.empty() ? "" : body_of(body);
  return ask;
}

Ending perform(Context& context) {
  if (context.command().answer == Answer::own) return perform_own(context);
  if (context.parsed.has("follow")) return audit_follow(context);
  auto ask = make_ask(context);
  if (!ask) return std::unexpected(ask.error());
  if (context.command().answer == Answer::list) return print_list(context, std::move(*ask));
  auto answer = context.session.call(*ask);
  if (!answer) return std::unexpected(answer.error());
  if (auto printed = print_one(context, answer->body, context.command().answer); !printed)
    return std::unexpected(printed.error());
  return 0;
}

Ending perform_own(Context& context) {
  for (const Own& each : own)
    if (each.noun == context.command().noun && each.verb == context.command().verb) return each.perform(context);
  return std::unexpected(Failure{.what = "`" + words_of(context.command()) + "` does nothing"});
}

}  // namespace cli
